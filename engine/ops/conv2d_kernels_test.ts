import { assertLess } from "@std/assert";
import { MOST_ROUNDS } from "../op.ts";
import { f32 } from "../shape.ts";
import { gradWeightsKernels } from "./conv2d_kernels.ts";
import { convSizes } from "./conv2d_sizes.ts";
import { gradWeightsTiles } from "./conv2d_tiles.ts";

Deno.test("gradWeightsKernels() splits rows so that no invocation runs more rounds than a software adapter does", () => {
  const x = [64, 48, 48, 256], w = [256, 3, 3, 256];
  const sizes = convSizes(x, w, { stride: 1, padding: 1 });
  for (const software of [true, false]) {
    const [{ source }] = gradWeightsKernels({
      x: { spec: f32(...x) },
      dy: { spec: f32(64, 48, 48, 256) },
      dw: { spec: f32(...w) },
      sizes,
      target: { software, storageBuffers: 8 },
      tile: gradWeightsTiles(sizes)[0],
      scratch: (spec) => ({ spec }),
    });
    const rows = Number(/const PART: u32 = (\d+)u;/.exec(source)![1]);
    assertLess(rows * (sizes.OW + 1), MOST_ROUNDS);
  }
});
