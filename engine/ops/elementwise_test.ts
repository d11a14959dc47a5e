import { assertEquals, assertThrows } from "@std/assert";
import { gpuTest } from "../testing/gpu.ts";
import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { addScalar, div } from "./arithmetic.ts";
import { sumAll } from "./reduce_sum.ts";
import { broadcastStrides, wgslFloat } from "./elementwise.ts";

Deno.test("wgslFloat() writes literals that WGSL reads as float32", () => {
  assertEquals(wgslFloat(1), "(1.0)");
  assertEquals(wgslFloat(-0.5), "(-0.5)");
  assertEquals(wgslFloat(1e-12), "(9.999999960041972e-13)");
  assertEquals(wgslFloat(2 ** 70), "(1.1805916207174113e+21)");
});

Deno.test("wgslFloat() refuses what float32 cannot hold", () => {
  for (const value of [NaN, Infinity, 1e39]) {
    assertThrows(() => wgslFloat(value), RangeError, `expected a finite float32, got ${value}`);
  }
});

Deno.test("broadcastStrides() are 0 where a dimension stretches", () => {
  assertEquals(broadcastStrides([2, 1, 5], [2, 3, 5]), [5, 0, 1]);
  assertEquals(broadcastStrides([5], [2, 3, 5]), [0, 0, 1]);
  assertEquals(broadcastStrides([3, 1], [2, 3, 5]), [0, 1, 0]);
});

// Sums over a padded innermost dimension see the padding if anything but zero is left there.
gpuTest("applyElementwise() leaves zeros in the padding whatever the operation", async (gpu) => {
  const x = new Variable("x", f32(3, 5), new Float32Array(15).fill(2));
  const program = await Program.compile(gpu, "padding", () => ({
    shifted: sumAll(addScalar(x, 1)),
    quotient: sumAll(div(x, x)),
  }));
  program.run();
  assertEquals([...await program.read("shifted"), ...await program.read("quotient")], [45, 15]);
  program.dispose();
});
