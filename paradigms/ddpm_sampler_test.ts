import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { mul, sub } from "../engine/ops/arithmetic.ts";
import { embedding } from "../engine/ops/embedding.ts";
import { reshape } from "../engine/ops/reshape.ts";
import { stream } from "../common/random.ts";
import { f32 } from "../engine/arrays/shape.ts";
import { type Value, Variable } from "../engine/graph/tensor.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { release } from "../engine/graph/variables.ts";
import { posterior, sample } from "./ddpm_sampler.ts";
import { diffusionSchedule } from "./diffusion_schedule.ts";

const schedule = diffusionSchedule("linear", { timesteps: 30 });
const SHAPE = [2, 3, 3, 3];

Deno.test("posterior() undoes a step of the chain, in mean and variance", () => {
  // x_t given x0 has mean sqrt(left) and variance 1 - left; a step back has to give those of x_s.
  const { alphaBars } = schedule;
  for (const [t, s] of [[29, 28], [29, 11], [1, 0]]) {
    const { ofX0, ofX, sigma } = posterior([alphaBars[t], alphaBars[s]]);
    assertAlmostEquals(ofX0 + ofX * Math.sqrt(alphaBars[t]), Math.sqrt(alphaBars[s]), 1e-12);
    assertAlmostEquals(ofX ** 2 * (1 - alphaBars[t]) + sigma ** 2, 1 - alphaBars[s], 1e-12);
  }
});

Deno.test("posterior() gives the predicted image alone at the first timestep", () => {
  const { ofX0, ofX, sigma } = posterior([schedule.alphaBars[0], 1]);
  assertAlmostEquals(ofX0, 1, 1e-12);
  assertEquals([ofX, sigma], [0, 0]);
});

/** A model that knows the image: the noise it sees is (x - sqrt(left) x0) / sqrt(1 - left). */
function oracle() {
  const image = stream(0, "image").fillUniform(0, new Float32Array(54)).map((v) => 2 * v - 1);
  const x0 = new Variable("x0", f32(...SHAPE), image);
  const table = (of: (left: number) => number) =>
    new Variable("table", f32(30, 1), Float32Array.from(schedule.alphaBars, of));
  const signal = table(Math.sqrt), inverse = table((left) => 1 / Math.sqrt(1 - left));
  const predict = (x: Value, { t }: { t: Value }) => {
    const at = (numbers: Variable) => reshape(embedding(numbers, t), [1, 1, 1, 1]);
    return mul(sub(x, mul(x0, at(signal))), at(inverse));
  };
  return { image, predict, variables: [x0, signal, inverse] };
}

for (const steps of [30, 7, 1]) {
  gpuTest(`sample() recovers the image from the true noise, ${steps} of 30 steps`, async (gpu) => {
    const before = gpu.buffers.liveBytes;
    const { image, predict, variables } = oracle();
    const found = await sample(gpu, { predict, schedule, steps, shape: SHAPE, seed: 1 });
    release(gpu, variables);
    // At the last timestep 1 / sqrt(alphaBar) is about 100; what it magnifies is gone by the first.
    assertClose("image", found, { expected: image, atol: steps === 1 ? 1e-3 : 1e-5, rtol: 0 });
    assertEquals(gpu.buffers.liveBytes, before);
  });
}

gpuTest("sample() draws by seed and number, not by count", async (gpu) => {
  const draw = (count: number, seed: number) =>
    sample(gpu, { predict: (x) => mul(x, x), schedule, steps: 5, shape: [count, 2, 2, 3], seed });
  const [two, one, other] = [await draw(2, 0), await draw(1, 0), await draw(1, 1)];
  assertEquals(two.slice(0, 12), one);
  assertNotEquals(two.slice(12), one);
  assertNotEquals(other, one);
});

gpuTest("sample() refuses more steps than timesteps", async (gpu) => {
  const draw = () => sample(gpu, { predict: (x) => mul(x, x), schedule, steps: 31, shape: SHAPE, seed: 0 });
  await assertRejects(draw, RangeError, "sampleSteps must be a whole number from 1 to 30, got 31");
});
