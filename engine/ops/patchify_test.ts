import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { joinPatches, joinPatchesOp, patchify, patchifyOp } from "./patchify.ts";

checkOp(patchifyOp);
checkOp(joinPatchesOp);

const x = new Variable("x", f32(1, 2, 4, 1), Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));

Deno.test("patchify() takes patches row by row, and joinPatches() undoes it", () => {
  const { graph, result } = trace(() => {
    const patches = patchify(x, { patchSize: 2 });
    return [patches, joinPatches(patches, { patchSize: 2, height: 2, width: 4 })];
  });
  const [patches, joined] = evaluateReference(graph, result);
  assertEquals([...patches.data], [1, 2, 5, 6, 3, 4, 7, 8]);
  assertEquals(patches.shape, [1, 2, 4]);
  assertEquals([...joined.data], [...x.initial]);
});

Deno.test("patchify() and joinPatches() refuse sizes that do not fit", () => {
  const error = assertThrows(() => trace(() => patchify(x, { patchSize: 3 })), RangeError);
  assertEquals(
    error.message,
    "Cannot cut images into patches: [1, 2, 4, 1] is not divisible into 3 x 3 pixels",
  );
  const tokens = new Variable("tokens", f32(1, 3, 4));
  assertThrows(
    () => trace(() => joinPatches(tokens, { patchSize: 2, height: 2, width: 4 })),
    RangeError,
    "Cannot join patches: [1, 3, 4] are not the 2 x 2 pixels of 2 x 4 images",
  );
});
