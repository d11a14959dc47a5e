import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { explainKey } from "./explain_key.ts";
import { PRESETS } from "./load_preset.ts";
import { presetSections } from "./reference.ts";

Deno.test("explainKey() says type, unit, default by paradigm, and the presets that set a key", () => {
  assertEquals(
    explainKey("training.warmupEpochs"),
    "training.warmupEpochs: linear warm-up\n  a number of at least 0, in epochs\n  default: 0\n" +
      "  set by quick, planted, cifar10-small, cifar10-sl, paper\n",
  );
  assertMatch(explainKey("training.lr"), /default: 0\.1 under sl.*; 0\.001 under cl, mim, dm/);
  assertMatch(
    explainKey("training.augmentation.flip"),
    /true \(false where flips change the label\) under sl, cl, dm/,
  );
});

Deno.test("explainKey() finds a key by its end, in sections with the same keys, and for each choice", () => {
  assertEquals(explainKey("paradigms.cl.training.lr"), explainKey("training.lr"));
  assertEquals(explainKey("lr"), explainKey("training.lr") + "\n" + explainKey("probe.lr"));
  assertEquals(explainKey("adversarialTraining.attack.eps"), explainKey("evaluation.attack.eps"));
  assertEquals(explainKey("paradigms.cl.encoder.widths").match(/where model\.arch is resnet/g)?.length, 3);
  assertMatch(explainKey("featureSets.robust.radius"), /^featureSets\.<set>\.radius: L2 ball/);
  assertMatch(explainKey("dataset.size"), /where dataset\.name is planted/);
  assertMatch(explainKey("evaluation"), /evaluation\.autoAttack\.queries/);
});

Deno.test("explainKey() names the nearest key where there is none", () => {
  for (
    const [key, nearest] of [["training.wieghtDecay", "training.weightDecay"], [
      "wieghtDecay",
      "training.weightDecay",
    ]]
  ) {
    const { message } = assertThrows(() => explainKey(key), UsageError);
    assertMatch(
      message,
      new RegExp(`^Cannot explain ${key}: no preset has such a key, did you mean ${nearest}\nHint: `),
    );
  }
});

Deno.test("presetSections() says of every key what it means, and of every number its unit", () => {
  const keys = presetSections().flatMap(({ keys }) => keys);
  assert(keys.length > 100);
  for (const { path, field } of keys) {
    assert(field.help.length > 3, path);
    if (["integer", "number", "amount", "integers", "numbers"].includes(field.kind)) {
      assert("unit" in field, path);
    }
  }
  assert(Object.keys(PRESETS).length > 0);
});
