import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parsePreset } from "./parse_preset.ts";
import { UsageError } from "../../common/usage_error.ts";

const HEAD = "name: mine\ndescription: a try\n";
const parse = (body: string) => parsePreset(HEAD + body, { source: "mine.yaml" });
const refusal = (body: string) => assertThrows(() => parse(body), UsageError).message;

Deno.test("readParadigms() runs the paradigms that are named, with their published optimisers", () => {
  assertEquals(Object.values(parse("").paradigms).every((config) => config === null), true);
  const { cl, mim, dm } = parse("paradigms: { cl: {}, mim: { depth: 2 }, dm: }").paradigms;
  assert(cl !== null && mim !== null && dm !== null);
  assertEquals([cl.training.optimizer, mim.training.optimizer, dm.training.optimizer], [
    "adam",
    "adamw",
    "adam",
  ]);
  assertEquals([mim.depth, mim.training.betas, dm.training.clipNorm], [2, [0.9, 0.95], 1]);
});

Deno.test("readParadigms() augments contrastive learning as SimCLR does, and turns no grating round", () => {
  const cifar10 = parse("dataset: { name: cifar10 }\nparadigms: { cl: {}, dm: {} }").paradigms;
  const { flip, jitter, resizedCrop, greyscale, blur, cropPadding } = cifar10.cl!.training.augmentation;
  assertEquals([flip, cropPadding, greyscale], [true, 0, 0.2]);
  assertEquals([resizedCrop?.minScale, jitter?.hue, blur?.kernel], [0.08, 0.2, 3]);
  assertEquals(cifar10.dm!.training.augmentation.flip, true);
  const planted = parse("paradigms: { cl: { training: { augmentation: { jitter: null } } } }").paradigms;
  assertEquals([planted.cl!.training.augmentation.flip, planted.cl!.training.augmentation.jitter], [
    false,
    null,
  ]);
});

Deno.test("readParadigms() refuses what could not be trained, before anything is", () => {
  for (
    const [body, pattern] of [
      ["cl: { temperature: 0 }", /line 3: paradigms\.cl\.temperature must be .*, given the number 0/],
      [
        "cl: { training: { batchSize: 1 } }",
        /batchSize must be an integer of at least 2, given the number 1/,
      ],
      ["mim: { patchSize: 5 }", /paradigms\.mim cannot be trained, .*5 does not divide images of 16/],
      ["mim: { maskRatio: 1 }", /paradigms\.mim cannot be trained, .*mask.* 1/],
      ["mim: { maskRatio: 0 }", /paradigms\.mim cannot be trained, .*mask.* 0/],
      [
        "mim: { heads: 5 }",
        /paradigms\.mim cannot be trained, .*64.*5|paradigms\.mim cannot be trained, .*5.*64/,
      ],
      ["dm: { featureTimestep: 1000 }", /paradigms\.dm cannot be trained, .*1000/],
      ["dm: { featureBlock: nowhere }", /paradigms\.dm cannot be trained, .*nowhere.*mid/],
      ["dm: { multipliers: [1, 2, 2, 2, 2, 2] }", /paradigms\.dm cannot be trained, .*16/],
      ["gan: {}", /paradigms\.gan is not a known key, .*known are cl, mim, dm/],
      ["mim: { patchsize: 4 }", /paradigms\.mim\.patchsize is not a known key, did you mean patchSize/],
    ] as const
  ) {
    assertMatch(refusal(`paradigms: { ${body} }`), pattern);
  }
});

Deno.test("readParadigms() needs a probe, and sets only of paradigms that run", () => {
  assertMatch(refusal("probe: null\nparadigms: { mim: {} }"), /probe is null, but mim cannot be judged/);
  assertMatch(
    refusal("featureSets: { robust: { paradigms: [sl, dm] } }"),
    /featureSets\.robust\.paradigms holds dm, which does not run, those that do are sl/,
  );
  const { featureSets } = parse("paradigms: { cl: {}, mim: {} }");
  assertEquals(featureSets.robust?.paradigms, ["sl", "cl", "mim"]);
  assertEquals(featureSets.D_rand?.paradigms, ["sl"]);
});
