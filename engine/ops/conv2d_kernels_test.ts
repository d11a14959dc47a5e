import { assertLess } from "@std/assert";
import { MAX_LOOP_ITERATIONS } from "../graph/op.ts";
import { rowsPerPart } from "./conv2d_kernels.ts";
import { convSizes } from "./conv2d_sizes.ts";

Deno.test("rowsPerPart() keeps an invocation below the rounds that a software adapter runs", () => {
  const sizes = convSizes([64, 48, 48, 256], [256, 3, 3, 256], { stride: 1, padding: 1 });
  for (const software of [true, false]) {
    const rows = rowsPerPart(sizes, { software, storageBuffers: 8 });
    assertLess(rows * (sizes.OW + 1), MAX_LOOP_ITERATIONS);
  }
});
