import { assert, assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parsePreset } from "./parse_preset.ts";
import { UsageError } from "../../common/usage_error.ts";

const HEAD = "name: mine\ndescription: a try\n";
const parse = (body: string) => parsePreset(HEAD + body, { source: "mine.yaml" });

/** Checks that a preset is refused; returns the error's text. */
function refusal(body: string): string {
  const { message, exitCode } = assertThrows(() => parse(body), UsageError);
  assertEquals(exitCode, 2);
  assertMatch(message, /^Cannot read preset mine\.yaml[,:]/);
  return message.replace(/^Cannot read preset mine\.yaml(, |: )/, "");
}

Deno.test("parsePreset() fills in everything that is not said", () => {
  const preset = parse("");
  assertEquals(preset.dataset.name, "planted");
  assertEquals(preset.model, { arch: "resnet8", widths: [16, 32, 64] });
  assertEquals(Object.keys(preset.featureSets), ["robust", "non-robust", "D_det", "D_rand"]);
  assertEquals(preset.seeds, [0]);
  assertEquals(preset.quick, false);
  const undefinedKeys = JSON.stringify(preset, (_, value) => value === undefined ? "undefined!" : value);
  assertEquals(undefinedKeys.includes("undefined!"), false);
});

Deno.test("parsePreset() sets defaults by data set", () => {
  const planted = parse("dataset: { name: planted, size: 24 }").training.augmentation;
  assertEquals([planted.flip, planted.cropPadding], [false, 3]);
  const cifar10 = parse("dataset: { name: cifar10 }");
  const { flip, cropPadding } = cifar10.training.augmentation;
  assertEquals([flip, cropPadding], [true, 4]);
  assertEquals(cifar10.dataset, { name: "cifar10", trainSize: 50_000, testSize: 10_000 });
  assertEquals(cifar10.featureSets.robust?.count, 50_000);
});

Deno.test("parsePreset() lets adversarial training inherit what it does not name", () => {
  const { training, adversarialTraining } = parse(
    "training: { epochs: 7, lr: 0.2 }\nadversarialTraining: { epochs: 3, attack: { eps: 0.5, steps: 4 } }",
  );
  assert(adversarialTraining !== null);
  const { attack, ...own } = adversarialTraining;
  assertEquals(own, { ...training, epochs: 3 });
  assertEquals(own.lr, 0.2);
  assertEquals(attack.eps.value, 0.5);
});

Deno.test("parsePreset() keeps how a radius was written, and derives the step size from it", () => {
  const { attack } = parse("evaluation: { attack: { norm: Linf, eps: 8/255, steps: 5 } }").evaluation;
  assertEquals(attack.eps, { value: 8 / 255, label: "8/255" });
  assertAlmostEquals(attack.stepSize.value, 2.5 * 8 / 255 / 5);
  const { D_det } = parse("featureSets: { D_det: { eps: 0.4, steps: 10 } }").featureSets;
  assert(D_det?.method === "targeted-pgd");
  assertAlmostEquals(D_det.stepSize.value, 0.1);
});

Deno.test("parsePreset() builds the sets that are named, each by its own method", () => {
  const { featureSets } = parse("featureSets:\n  D_rand:\n  robust: { steps: 9 }\n");
  assertEquals(Object.keys(featureSets), ["robust", "D_rand"]);
  assertEquals(featureSets.robust?.encoder, "robust");
  assert(featureSets.D_rand?.method === "targeted-pgd");
  assertEquals(featureSets.D_rand.targets, "random");
  const other = parse("featureSets: { non-robust: { method: targeted-pgd } }").featureSets["non-robust"];
  assertEquals(other?.method, "targeted-pgd");
  assertEquals(parse("featureSets: {}").featureSets, {});
});

Deno.test("parsePreset() takes null for what may be absent", () => {
  const preset = parse("probe: null\nadversarialTraining: null\nfeatureSets: { D_det: {} }");
  assertEquals([preset.probe, preset.adversarialTraining], [null, null]);
  assertMatch(refusal("adversarialTraining: null"), /featureSets\.robust\.encoder is robust, but/);
});

Deno.test("parsePreset() gives a paradigm the encoder that it names, or the model", () => {
  const named = "model: { arch: resnet18 }\nparadigms: { cl: { encoder: { arch: vit, depth: 2 } } }";
  const { cl } = parse(named).paradigms;
  assertEquals([
    (cl!.encoder as Record<string, unknown>).arch,
    (cl!.encoder as Record<string, unknown>).depth,
  ], ["vit", 2]);
  assertEquals(parse("model: { arch: resnet18 }\nparadigms: { cl: {} }").paradigms.cl!.encoder, {
    arch: "resnet18",
  });
});

Deno.test("parsePreset() names line, path and the nearest key for an unknown key", () => {
  assertMatch(
    refusal("training:\n  lr: 0.1\n  wieghtDecay: 0\n"),
    /^line 5: training\.wieghtDecay is not a known key, did you mean weightDecay, known are epochs, /,
  );
  assertMatch(refusal("trainig: {}"), /^line 3: trainig is not a known key, did you mean training, /);
  assertMatch(
    refusal("evaluation:\n  attack:\n    step: 3\n"),
    /^line 5: evaluation\.attack\.step .* did you mean steps/,
  );
  assertMatch(
    refusal("featureSets: { D_dot: {} }"),
    /featureSets\.D_dot is not a known key, did you mean D_det/,
  );
  assertMatch(
    refusal("featureSets: { robust: { eps: 1 } }"),
    /robust\.eps is not a known key of feature-matching/,
  );
  assertMatch(refusal("dataset: { name: cifar10, size: 16 }"), /dataset\.size is not a known key of cifar10/);
});

Deno.test("parsePreset() says what was given and what was expected", () => {
  const cases: [body: string, problem: RegExp][] = [
    [
      "training: { epochs: many }",
      /training\.epochs must be an integer of at least 1 and at most 1000000, given the text "many"/,
    ],
    [
      "training: { epochs: 1.5 }",
      /training\.epochs must be an integer of at least 1 and .*, given the number 1.5/,
    ],
    [
      "training: { epochs: 0 }",
      /training\.epochs must be an integer of at least 1 and .*, given the number 0/,
    ],
    ['training: { lr: "0.1" }', /training\.lr must be a number of at least 1e-10 .*, given the text "0.1"/],
    [
      "training: { momentum: 1 }",
      /training\.momentum must be a number of at least 0 and below 1, given the number 1/,
    ],
    ["training: { nesterov: 1 }", /training\.nesterov must be true or false, given the number 1/],
    ["training: { clipNorm: 0 }", /training\.clipNorm must be a number of at least 0.000001 or null/],
    [
      "training: { optimizer: sdg }",
      /training\.optimizer is "sdg", did you mean sgd, known are sgd, adam, adamw/,
    ],
    ["training: 3", /training must be a mapping of keys to values, given the number 3/],
    ["training: [1]", /training must be a mapping of keys to values, given a list \[1\]/],
    ["seeds: 3", /seeds must be a list of distinct integers of at least 0, given the number 3/],
    ["seeds: [1, 1]", /seeds must be a list of distinct integers/],
    ["seeds: []", /seeds must be a list of distinct integers/],
    ["quick: null", /quick must be true or false, given nothing/],
    ["model: { widths: [8, 16] }", /model\.widths must be a list of 3 integers/],
    [
      "model: { arch: resnet18, widths: [8, 16, 32] }",
      /model\.widths must be a list of 4 integers .* or null, given a list \[8,16,32\]/,
    ],
    ["model: { arch: vit, widths: [8] }", /model\.widths is not a known key of vit, .*known are patchSize/],
    [
      "model: { arch: vit, patchSize: 5 }",
      /model cannot be trained, .*patches of 5 x 5 and images of 16 x 16/,
    ],
    [
      "paradigms: { cl: { encoder: { arch: vgg } } }",
      /cl\.encoder\.arch is "vgg", did you mean vit, known are resnet8, /,
    ],
    ["paradigms: { mim: { encoder: {} } }", /mim\.encoder is not a known key/],
    ["dataset: { trainSize: .inf }", /dataset\.trainSize must be an integer/],
  ];
  for (const [body, problem] of cases) assertMatch(refusal(body), problem);
});

Deno.test("parsePreset() refuses a name that would lead out of the folder it is part of, with the alphabet and the line", () => {
  for (const name of ["../../evil", "a\nb", "x".repeat(300), "con", ".."]) {
    const text = `description: a try\nname: ${JSON.stringify(name)}\n`;
    const { message } = assertThrows(() => parsePreset(text, { source: "own.yaml" }), UsageError);
    assertMatch(
      message,
      /^Cannot read preset own\.yaml, line 2: name must be a name of letters, digits, [^\n]*$/,
    );
    assert(message.endsWith(`given the text ${JSON.stringify(name)}`));
  }
});

Deno.test("parsePreset() refuses a radius that no image can have", () => {
  const linf = (eps: string) => `evaluation: { attack: { norm: Linf, eps: ${eps} } }`;
  assertMatch(refusal(linf("8")), /evaluation\.attack\.eps must be at most 1 in Linf, given 8/);
  assertMatch(
    refusal(linf("0")),
    /eps must be a number or a fraction such as "8\/255" of at least 1e-7, given the number 0/,
  );
  assertMatch(refusal(linf("-1/255")), /at least 1e-7, given the text "-1\/255"/);
  assertMatch(refusal(linf("8/x")), /given the text "8\/x"/);
  assertEquals(parse(linf("1")).evaluation.attack.eps.value, 1);
  const l2 = (eps: number) => `featureSets: { D_det: { eps: ${eps} } }\ndataset: { size: 16 }`;
  assertMatch(
    refusal(l2(28)),
    /featureSets\.D_det\.eps must be at most 27\.71, the diagonal of 16x16 images in L2/,
  );
  assertEquals(parse(l2(27.7)).featureSets.D_det?.method, "targeted-pgd");
});

Deno.test("parsePreset() refuses sizes that contradict each other", () => {
  const small = "dataset: { trainSize: 100 }\n";
  assertMatch(
    refusal(small + "training: { batchSize: 128 }"),
    /batchSize must be at most dataset\.trainSize 100, given 128/,
  );
  assertMatch(
    refusal(small + "featureSets: { D_det: { count: 200 } }"),
    /count must be at most dataset\.trainSize 100/,
  );
  assertMatch(
    refusal("featureSets: { D_det: { count: 32 } }"),
    /count must be at least the largest training batch 64/,
  );
  assertMatch(
    refusal("training: { epochs: 2, warmupEpochs: 3 }"),
    /warmupEpochs must be at most epochs 2, given 3/,
  );
  assertMatch(
    refusal("training: { augmentation: { cropPadding: 99 } }"),
    /cropPadding must be at most the image size 16, given 99/,
  );
});

Deno.test("parsePreset() refuses what is no YAML, no mapping, or has no name", () => {
  const read = (text: string) =>
    assertThrows(() => parsePreset(text, { source: "a.yaml" }), UsageError).message;
  assertMatch(read("a: [1"), /^Cannot read preset a\.yaml: it is not valid YAML, /);
  assertMatch(read("a: 1\na: 2"), /^Cannot read preset a\.yaml: a key occurs twice, line 2$/);
  assertMatch(read("- 1"), /^Cannot read preset a\.yaml: the file must be a mapping/);
  assertMatch(
    read(""),
    /^Cannot read preset a\.yaml: the file must be a mapping of keys to values, given nothing/,
  );
  assertMatch(read("description: x"), /^Cannot read preset a\.yaml: name is missing, name of the preset/);
});
