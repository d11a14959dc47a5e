import { assertEquals, assertThrows } from "@std/assert";
import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { read, release, write } from "../graph/variables.ts";
import { ema } from "./ema.ts";

gpuTest("ema() starts at the parameter and follows it", async (gpu) => {
  const param = new Variable("w", f32(3), Float32Array.of(1, 2, 3));
  const average = ema({ decay: 0.75 });
  const program = await Program.compile(gpu, "ema", () => average.update([param]));
  program.run();
  assertEquals([...await read(gpu, average.average(param))], [1, 2, 3]);
  write(gpu, param, Float32Array.of(5, 2, -1));
  program.run();
  assertEquals([...await read(gpu, average.average(param))], [2, 2, 2]);
  assertEquals(average.state.map((v) => v.name), ["w.ema"]);
  program.dispose();
  release(gpu, [param, average.scalars, ...average.state]);
});

gpuTest("ema() with a slow decay does not drift from a parameter that stands still", async (gpu) => {
  const values = Float32Array.of(0.1, -1 / 3, 1e-6, 12345.678);
  const param = new Variable("w", f32(4), values);
  const average = ema({ decay: 0.9999 });
  const program = await Program.compile(gpu, "still", () => average.update([param]));
  for (let step = 0; step < 100; step++) program.run();
  assertEquals([...await read(gpu, average.average(param))], [...values]);
  program.dispose();
  release(gpu, [param, average.scalars, ...average.state]);
});

gpuTest("ema() with warm-up lets the decay rise", async (gpu) => {
  const param = new Variable("w", f32(1), Float32Array.of(0));
  const average = ema({ decay: 0.5, warmup: true });
  const program = await Program.compile(gpu, "warm", () => average.update([param]));
  let expected = 0;
  for (let step = 0; step < 12; step++) {
    write(gpu, param, Float32Array.of(step + 1));
    average.prepare(gpu, step);
    program.run();
    const decay = Math.min(0.5, (1 + step) / (10 + step));
    expected = decay * expected + (1 - decay) * (step + 1);
    assertClose(`step ${step}`, await read(gpu, average.average(param)), {
      expected: [expected],
      atol: 0,
      rtol: 1e-6,
    });
  }
  program.dispose();
  release(gpu, [param, average.scalars, ...average.state]);
});

Deno.test("ema() refuses a decay outside [0, 1)", () => {
  for (const decay of [-0.1, 1, NaN]) {
    assertThrows(
      () => ema({ decay }),
      RangeError,
      `Cannot set decay: it must lie in [0, 1), got ${decay}`,
    );
  }
});
