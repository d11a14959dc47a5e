import { assertAlmostEquals, assertEquals } from "@std/assert";
import { asTensor, trace } from "../engine/graph/graph.ts";
import { stream } from "../common/random.ts";
import { evaluateReference } from "../engine/graph/reference.ts";
import { f32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { patchTargets, pixelsOfTargets } from "./_patch_targets.ts";

const PATCHES = new Variable(
  "patches",
  f32(2, 3, 12),
  stream(0, "patches").fillNormal(0, new Float32Array(72)),
);

Deno.test("patchTargets() has mean 0 and unbiased variance 1 in each patch", () => {
  const { graph, result } = trace(() => patchTargets(asTensor(PATCHES), { normalise: true }));
  const { data } = evaluateReference(graph, [result])[0];
  for (let patch = 0; patch < 6; patch++) {
    const values = [...data.subarray(patch * 12, patch * 12 + 12)];
    assertAlmostEquals(values.reduce((a, b) => a + b), 0, 1e-10);
    assertAlmostEquals(values.reduce((a, b) => a + b * b, 0) / 11, 1, 1e-4);
  }
});

Deno.test("patchTargets() is the patches themselves unless they are to be normalised", () => {
  const { graph, result } = trace(() => patchTargets(asTensor(PATCHES), { normalise: false }));
  assertEquals([...evaluateReference(graph, [result])[0].data], [...PATCHES.initial]);
});

Deno.test("pixelsOfTargets() undoes patchTargets()", () => {
  for (const normalise of [false, true]) {
    const { graph, result } = trace(() => {
      const patches = asTensor(PATCHES);
      return pixelsOfTargets(patchTargets(patches, { normalise }), { patches, normalise });
    });
    const { data } = evaluateReference(graph, [result])[0];
    assertClose("pixels", data, { expected: PATCHES.initial, atol: 1e-12, rtol: 0 });
  }
});
