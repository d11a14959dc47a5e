import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { parseHTML } from "linkedom";
import { renderReport } from "./page.ts";
import { makeRecord, makeRun, makeTrained } from "../testing.ts";
import { makeExamples, makePictures } from "../testing_images.ts";
import { FOUR, makePlantedRun } from "../testing_planted.ts";

/** The little of the DOM that these tests ask for. */
interface Element {
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  readonly textContent: string;
}

const parse = (page: string) => (parseHTML(page) as unknown as { document: Element }).document;
const all = (root: Element, selector: string) => [...root.querySelectorAll(selector)];

Deno.test("renderReport() gives the same page for the same run", () => {
  assertEquals(renderReport(makePlantedRun()), renderReport(makePlantedRun()));
});

Deno.test("renderReport() has one h1, landmarks, and a name for every section, table and picture", () => {
  const page = parse(renderReport(makePlantedRun({ paradigms: FOUR })));
  assertEquals(all(page, "h1").length, 1);
  for (const landmark of ["header", "nav", "main", "footer"]) {
    assertEquals(all(page, landmark).length, 1, landmark);
  }
  for (const section of all(page, "section")) {
    assert(page.querySelector(`#${section.getAttribute("aria-labelledby")}`));
  }
  for (const table of all(page, "table")) assert(table.querySelector("caption")?.textContent);
  for (const head of all(page, "th")) assertMatch(head.getAttribute("scope") ?? "", /^(col|row|rowgroup)$/);
  for (const image of all(page, "img")) assert(image.getAttribute("alt"));
  for (const chart of all(page, "figure > svg")) {
    assertEquals(chart.getAttribute("role"), "img");
    assert(chart.getAttribute("aria-label"));
  }
  for (const figure of all(page, "figure")) assert(figure.querySelector("figcaption")?.textContent);
});

Deno.test("renderReport() begins with relative usefulness, then the calibration, then accuracies", () => {
  const page = parse(renderReport(makePlantedRun({ paradigms: FOUR })));
  const titles = all(page, "figure strong").map((title) => title.textContent);
  assertEquals(titles.slice(0, 5), [
    "Relative usefulness of each feature set under each paradigm",
    "Calibration: accuracy on test images with one cue",
    "Usefulness: probe accuracy",
    "Robustness: accuracy on attacked test images",
    "Supervised learning (SL)",
  ]);
});

Deno.test("renderReport() calls AutoAttack's the robust accuracy where it was run, with PGD next to it", () => {
  const record = makeTrained("natural", { seed: 0, clean: 0.6, robust: 0.05, auto: 0.01 });
  const page = parse(renderReport(makeRun([record])));
  const titles = all(page, "figure strong").map((title) => title.textContent);
  for (
    const title of [
      "Robustness: accuracy under AutoAttack",
      "For comparison: accuracy under PGD, all test images",
    ]
  ) assert(titles.includes(title), titles.join());
  assertStringIncludes(page.querySelector("#results")!.textContent, "AutoAttack, attack by attack");
  const text = renderReport(makeRun([record])).replaceAll("\u00a0", " ");
  assertStringIncludes(
    text,
    "Robust accuracy under AutoAttack standard, L2, eps 0.25; first 128 test images: natural 1.0 % (clean 62.0 %).",
  );
});

Deno.test("renderReport() gives natural the untrained encoder's probe, under every paradigm", () => {
  const page = parse(renderReport(makePlantedRun({ paradigms: FOUR })));
  const rows = all(page, "#results tbody tr").filter((row) =>
    row.textContent.includes("untrained encoder 21.4")
  );
  assertEquals(rows.map((row) => row.querySelector("th")!.textContent), FOUR.map(() => "natural"));
});

Deno.test("renderReport() needs no script and no network", () => {
  const page = renderReport(makePlantedRun({ paradigms: FOUR }));
  assertFalse(/<script|<link|@import|url\(|\son[a-z]+=/i.test(page));
  const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
  assertEquals(addresses.filter((address) => !/^(data:|#|records\/|artifacts\/)/.test(address)), []);
});

Deno.test("renderReport() links inside the page lead somewhere", () => {
  const page = parse(renderReport(makePlantedRun()));
  for (const link of all(page, 'a[href^="#"]')) {
    assert(page.querySelector(link.getAttribute("href")!), link.textContent);
  }
});

Deno.test("renderReport() shows planted cues, all sets and the images of each constructed set", () => {
  const page = parse(renderReport(makePlantedRun()));
  const rows = all(page, "#results tbody tr").map((row) => row.querySelector("th")!.textContent);
  assertEquals(rows, [
    "natural",
    "robust",
    "non-robust",
    "D_det",
    "D_rand",
    "natural, adversarially trained",
  ]);
  assertEquals(all(page, "#calibration figure").length, 1);
  assertEquals(all(page, "#sets img").length, 4 * 8 * 3);
  assertStringIncludes(
    page.querySelector("#sets")!.textContent,
    "Difference × 20 (at most 1 % of the values clipped), mid grey is no change",
  );
});

Deno.test("renderReport() says how sets were constructed and what the probe was trained on", () => {
  const page = parse(renderReport(makePlantedRun()));
  const rows = all(page, "#sets tbody tr").map((row) => row.querySelector("td")?.textContent);
  assertEquals(rows.slice(0, 3), [
    "feature-matchingrobust encoder, 100 steps of 0.1",
    "feature-matchingstandard encoder, 100 steps of 0.1",
    "targeted-pgdstandard encoder, L2, eps 0.35, 100 steps of 0.1",
  ]);
  assertStringIncludes(page.querySelector("#results thead")!.textContent, "trained on the same set");
});

Deno.test("renderReport() escapes every text that comes from a record", () => {
  const bad = `"><script>alert(1)</script><img src=x onerror=alert(1)>&amp;'`;
  const record = makeRecord({
    cell: bad,
    preset: bad,
    featureSet: bad,
    config: {
      [bad]: bad,
      paradigm: { [bad]: bad },
      evaluation: {
        attack: { name: bad, norm: bad, eps: 1, epsLabel: bad },
        autoAttack: { version: bad, images: 3, attacks: [bad] },
      },
      method: bad,
    },
    warnings: [bad],
    checks: [{ name: bad, passed: false, detail: bad }],
    artifacts: [{ kind: bad, path: `artifacts/${bad}`, sha256: bad }],
    metrics: {
      cleanAccuracy: { value: 0.5, unit: "fraction" },
      robustAccuracy: { value: 0, unit: "fraction" },
      autoAttackAccuracy: { value: 0, unit: "fraction", samples: [0] },
      probeAccuracy: { value: 0.4, unit: "fraction" },
      probeCurve: { value: 0.4, unit: "fraction", samples: [0.4] },
      probeCurveEpochs: { value: 1, unit: "epochs", samples: [1] },
      [bad]: { value: 1, unit: bad },
    },
    commit: bad,
  });
  const sheets = makePictures();
  const failed = { ...record, cell: `${bad}/2`, seed: 1, status: "failed" as const, reason: bad };
  const set = { ...record, cell: `construct ${bad}`, kind: "construct" as const };
  const run = makeRun([record, failed, set], {
    problems: [{ path: bad, reason: bad }],
    examples: [{
      cell: set.cell,
      path: bad,
      images: { ...makeExamples(), classNames: [bad, bad] },
    }],
    pictures: [{
      cell: record.cell,
      path: bad,
      content: {
        ...sheets,
        sheets: [{ title: bad, caption: bad, rows: [{ ...sheets.sheets[0].rows[0], label: bad }] }],
      },
    }],
  });
  const text = renderReport({
    ...run,
    manifest: { ...run.manifest!, preset: bad, description: bad, runId: bad, command: bad },
  });
  assertFalse(text.includes("<script"));
  assertFalse(text.includes("<img src=x"));
  const page = parse(text);
  assertEquals(all(page, "script, [onerror], img:not([src^='data:image/png;base64,'])").length, 0);
  assertStringIncludes(page.querySelector("#problems")!.textContent, bad);
});

Deno.test("renderReport() shows failed, skipped, missing and unreadable as such, never as zero", () => {
  const run = makeRun([
    makeRecord({ metrics: { cleanAccuracy: { value: 0.5, unit: "fraction" } } }),
    makeRecord({
      cell: "sl/robust/seed-0",
      featureSet: "robust",
      status: "failed",
      reason: "loss is NaN",
    }),
    makeRecord({
      cell: "sl/D_det/seed-0",
      featureSet: "D_det",
      status: "skipped",
      reason: "its input failed",
    }),
  ]);
  const page = parse(renderReport({
    ...run,
    manifest: { ...run.manifest!, cells: [...run.manifest!.cells, "sl/gone/seed-0"] },
    problems: [{ path: "records/cut.json", reason: "Unexpected end of JSON input" }],
  }));
  const rows = all(page, "#results tbody tr").map((row) => row.textContent.replaceAll(/\s+/g, " ").trim());
  assertStringIncludes(rows[1], "failed: loss is NaN");
  assertStringIncludes(rows[2], "skipped: its input failed");
  for (const row of rows.slice(1)) assertFalse(/0\.0|\b0 %/.test(row), row);
  const problems = page.querySelector("#problems")!.textContent;
  for (
    const text of [
      "loss is NaN",
      "its input failed",
      "sl/gone/seed-0: missing",
      "records/cut.json: Unexpected end",
    ]
  ) {
    assertStringIncludes(problems, text);
  }
  assertStringIncludes(
    page.querySelector("header")!.textContent,
    "2 cells failed or were skipped, 1 left no record",
  );
});

Deno.test("renderReport() marks a quick run, and only that", () => {
  const quick = makeRun([makeRecord({ status: "quick" })]);
  assertStringIncludes(renderReport(quick), "Too small to draw conclusions");
  assertFalse(renderReport(makeRun([makeRecord()])).includes("Too small to draw conclusions"));
});

Deno.test("renderReport() marks a perturbation above the radius that was asked for", () => {
  const of = (value: number) =>
    renderReport(makeRun([makeRecord({ metrics: { largestPerturbation: { value, unit: "pixels" } } })]));
  assertStringIncludes(of(0.6), '<span class="bad">0.6000</span>');
  assertStringIncludes(of(0.25), '<span class="within">0.2500</span>');
});

Deno.test("renderReport() makes a page of an empty run without run.json", () => {
  const page = renderReport(makeRun([], { manifest: null }));
  assertStringIncludes(page, "run.json could not be read");
  assertStringIncludes(page, "nothing to summarise");
});
