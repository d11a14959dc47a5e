import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { parseHTML } from "linkedom";
import { renderReport } from "./page.ts";
import { renderPerformance } from "./performance.ts";
import { makePeers, makePerf } from "../testing_performance.ts";
import { makePlantedRun } from "../testing_planted.ts";

/** The little of the DOM that these tests ask for. */
interface Element {
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  readonly textContent: string;
}

const parse = (page: string) => (parseHTML(page) as unknown as { document: Element }).document;
const all = (root: Element, selector: string) => [...root.querySelectorAll(selector)];
const texts = (root: Element, selector: string) =>
  all(root, selector).map(({ textContent }) => textContent.trim());

/** The rows of the table whose caption holds a text. */
function rowsOf(page: Element, caption: string): string[][] {
  const table = all(page, "table").find((one) =>
    one.querySelector("caption")!.textContent.includes(caption)
  )!;
  return all(table, "tbody tr").map((row) => texts(row, "th, td"));
}

Deno.test("renderPerformance() shows kernels with their bound and share, numbered as in the figure", () => {
  const page = parse(renderPerformance({ perf: makePerf() }));
  assertEquals(rowsOf(page, "Kernels"), [
    ["1", "matmul", "40", "40–50", "50", "0.25", "200", "arithmetic", "50\u00a0%"],
    ["2", "add <b>", "5", "4–6", "–", "6", "–", "memory", "60\u00a0%"],
  ]);
  const [figure] = all(page, "figure");
  assertEquals(texts(figure, "strong"), ["Kernels under the measured roof"]);
  assertStringIncludes(
    figure.querySelector("svg")!.getAttribute("aria-label")!,
    "1 matmul, 50 GFLOP/s at 200 flops",
  );
});

Deno.test("renderPerformance() shows ceilings, steps, starts and the soak", () => {
  const soak = {
    network: "a network",
    steps: 40,
    every: 20,
    liveBytes: [2 ** 20, 2 ** 20],
    rssBytes: [2 ** 27, 2 ** 26],
  };
  const page = parse(renderPerformance({ perf: makePerf({ soak }) }));
  assertEquals(rowsOf(page, "own limits")[0], ["Multiply-adds in registers", "100", "90–110", "GFLOP/s"]);
  assertEquals(rowsOf(page, "Training steps"), [
    ["resnet8", "128", "320", "250–400", "400", "20", "140", "2.50 s", "1 MiB", "2 MiB"],
  ]);
  assertEquals(rowsOf(page, "Attack steps")[0].slice(0, 4), ["PGD", "128", "320", "250–400"]);
  assertEquals(rowsOf(page, "Start of resnet8")[2].slice(0, 3), ["full (warm)", "2.00 s", "1.9–2.1"]);
  const text =
    "40 steps of a network: device memory stayed at 1 MiB; the process held 128 MiB at the first look";
  assertStringIncludes(page.querySelector("#performance")!.textContent, text);
});

Deno.test("renderPerformance() offers every sample as a download", () => {
  const page = parse(renderPerformance({ perf: makePerf() }));
  const link = all(page, "a[download]").find((a) => a.getAttribute("download") === "performance.json")!;
  const rows = JSON.parse(decodeURIComponent(link.getAttribute("href")!.replace(/^[^,]*,/, "")));
  assertEquals(rows.length, 9 + 6 + 3 + 3 + 9);
  assertEquals(rows[9], { part: "kernels", name: "matmul", unit: "ms", sample: 1, value: 40 });
});

Deno.test("renderPerformance() shows what was measured and no more", () => {
  const nothing = { ceilings: [], training: [], attacks: [], start: null };
  const page = parse(renderPerformance({ perf: makePerf(nothing) }));
  assertEquals(all(page, "table").length, 1);
  assertEquals(all(page, "figure").length, 0);
  assertEquals(rowsOf(page, "Kernels")[0].slice(-2), ["not measured", "–"]);
});

Deno.test("renderPerformance() shows peers with times, ratios and who is missing", () => {
  const page = parse(renderPerformance({ peers: makePeers() }));
  assertEquals(rowsOf(page, "Training step"), [
    ["realfeatures", "1", "WebGPU, llvmpipe", "42", "40–44", "–", ""],
    ["Slow & Sons", "2.3", "CPU, 1 thread", "420", "400–440", "10", "alone"],
  ]);
  assertEquals(all(page, "table").length, 1);
  assertEquals(texts(page, "#peers li"), ["Gone is left out: it is not installed"]);
});

Deno.test("renderPerformance() gives a page of its own with a name for every section, table and figure", () => {
  const page = parse(renderPerformance({ perf: makePerf(), peers: makePeers() }));
  assertEquals(texts(page, "h1"), ["How fast is it?"]);
  assertEquals(texts(page, "h2"), ["Performance", "Beside other packages"]);
  assertEquals(page.querySelector(".skip")!.getAttribute("href"), "#performance");
  for (const table of all(page, "table")) assert(table.querySelector("caption")!.textContent);
  for (const head of all(page, "th")) assert(["col", "row"].includes(head.getAttribute("scope")!));
});

Deno.test("renderPerformance() refuses to make a page of nothing", () => {
  assertThrows(() => renderPerformance({}), TypeError, "Cannot make page: no record was given");
});

Deno.test("renderReport() shows speeds after the run's own results where they are given", () => {
  const without = parse(renderReport(makePlantedRun()));
  const page = parse(
    renderReport(makePlantedRun(), { performance: { perf: makePerf(), peers: makePeers() } }),
  );
  assertEquals(texts(page, "h2"), [...texts(without, "h2"), "Performance", "Beside other packages"]);
  assertFalse(texts(without, "h2").includes("Performance"));
});
