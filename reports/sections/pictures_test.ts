import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { groupOverSeeds } from "../groups.ts";
import { FOUR, makePlantedRun } from "../testing_planted.ts";
import { picturesSection } from "./pictures.ts";

const section = (run: ReturnType<typeof makePlantedRun>) =>
  picturesSection(run, groupOverSeeds(run, "train"))?.text ?? null;

Deno.test("picturesSection() shows every picture under its paradigm, each with a name", () => {
  const text = section(makePlantedRun({ paradigms: FOUR }))!;
  const pictures = [
    ...text.matchAll(/<img width="16" height="16" src="data:image\/png;base64,[^"]+" alt="([^"]+)"/g),
  ];
  assertEquals(pictures.length, 3 * 2 * 8);
  assertEquals(pictures[8][1], "Reconstruction, 1 of 8");
  assertEquals([...text.matchAll(/<h3>([^<]+)/g)].map(([, name]) => name), [
    "Contrastive learning (CL)",
    "Masked image modelling (MIM)",
    "Diffusion models (DM)",
  ]);
});

Deno.test("picturesSection() shows one seed, and folds all sets but the first", () => {
  const run = makePlantedRun({ paradigms: ["cl"], seeds: [3, 4] });
  const [{ path, content }] = run.pictures;
  const pictures = ["natural/seed-3", "natural/seed-4", "robust/seed-4"].map((name) => ({
    cell: `cl/${name}`,
    path,
    content,
  }));
  const text = section({ ...run, pictures })!;
  assertEquals(text.match(/<figure>/g)?.length, 2);
  assertStringIncludes(text, "Encoder trained on natural, seed 3.");
  assert(text.indexOf("<details>") > text.indexOf("seed 3"));
  assertStringIncludes(text, "The same, trained on robust");
});

Deno.test("picturesSection() ends a caption once, with a full stop or without", () => {
  const run = makePlantedRun({ paradigms: ["cl"] });
  const stopped = run.pictures.map(({ content, ...rest }) => ({
    ...rest,
    content: { ...content, sheets: content.sheets.map((sheet) => ({ ...sheet, caption: "A caption." })) },
  }));
  const text = section({ ...run, pictures: stopped })!;
  assertStringIncludes(text, "A caption. Encoder trained on");
});

Deno.test("picturesSection() is absent without pictures", () => {
  assertEquals(section(makePlantedRun()), null);
});
