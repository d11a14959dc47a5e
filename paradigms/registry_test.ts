import { assertEquals, assertThrows } from "@std/assert";
import type { Field } from "../settings/field.ts";
import { readField } from "../settings/read_field.ts";
import { ARCHITECTURES, checkEncoder, createEncoder } from "./architectures/registry.ts";
import { EVALUATION_ATTACKS } from "./attacks/registry.ts";
import { checkParadigm, createLearner, paradigmOf, PARADIGMS } from "./registry.ts";

const SHAPE = { height: 16, width: 16 };

Deno.test("paradigmOf() names the known paradigms where there is no such one", () => {
  assertEquals(paradigmOf("cl").label, "contrastive learning (CL)");
  assertThrows(() => paradigmOf("gan"), RangeError, 'Cannot find paradigm "gan": known are sl, cl, mim, dm');
});

Deno.test("createEncoder() makes every architecture by its defaults, and refuses unknown ones", () => {
  for (const { name, fields } of ARCHITECTURES) {
    const defaults = Object.fromEntries(
      Object.entries<Field>(fields).map(([key, field]) => [key, field.default]),
    );
    checkEncoder({ arch: name, ...defaults }, SHAPE);
    if (name === "resnet50") continue; // a second of random numbers
    const { parameters, featureSize } = createEncoder({ arch: name, ...defaults }, { ...SHAPE, seed: 0 });
    assertEquals(parameters.length > 5 && featureSize >= 64, true, name);
  }
  assertThrows(
    () => checkEncoder({ arch: "vgg" }, SHAPE),
    RangeError,
    "known are resnet8, resnet18, resnet50, vit",
  );
});

Deno.test("createLearner() makes every paradigm with every architecture that it takes", () => {
  for (const { name, fields, takesEncoder, classifies } of PARADIGMS) {
    const own = Object.fromEntries(Object.entries<Field>(fields).map(([key, field]) => [key, field.default]));
    const encoders = takesEncoder
      ? [{ arch: "resnet8", widths: [4, 4, 4] }, { arch: "vit", patchSize: 4, dim: 8, depth: 1, heads: 2 }]
      : [undefined];
    for (const encoder of encoders) {
      const config = { ...own, ...(encoder && { encoder }) }, sizes = { ...SHAPE, classes: 4 };
      checkParadigm({ name, config }, { ...sizes, batchSize: 8 });
      const learner = createLearner({ name, config }, { ...sizes, seed: 0 });
      assertEquals(learner.logits !== null, classifies, name);
    }
  }
});

Deno.test("fields of all registries have defaults that they accept", () => {
  for (const { fields } of [...PARADIGMS, ...ARCHITECTURES, ...EVALUATION_ATTACKS]) {
    for (const field of Object.values<Field>(fields)) {
      const { default: given } = field;
      if (given === undefined) continue;
      assertEquals(readField(field, given), given);
    }
  }
});
