import { trace } from "../engine/graph/graph.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import { evaluateReference } from "../engine/graph/reference.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { release } from "../engine/graph/variables.ts";
import { diffusionSchedule } from "./diffusion_schedule.ts";
import { createNoising } from "./q_sample.ts";

const T = 40, SHAPE = [3, 2, 2, 3], SIZE = 12;
const schedule = diffusionSchedule("linear", { timesteps: T });
const normal = (purpose: string) => stream(0, purpose).fillNormal(0, new Float32Array(3 * SIZE));

/** The first timestep, one between, and the last. */
const T_GIVEN = [0, 17, T - 1];

function made() {
  const noising = createNoising(schedule);
  const x0 = new Variable("x0", f32(...SHAPE), normal("x0"));
  const noise = new Variable("noise", f32(...SHAPE), normal("noise"));
  const t = new Variable("t", u32(3), Uint32Array.from(T_GIVEN));
  return { noising, x0, noise, t };
}

/** By the products of 1 - beta, written out. */
function closedForm(): number[] {
  const x0 = normal("x0"), noise = normal("noise");
  return Array.from(x0, (v, i) => {
    let left = 1;
    for (let s = 0; s <= T_GIVEN[Math.floor(i / SIZE)]; s++) left *= 1 - schedule.betas[s];
    return Math.sqrt(left) * v + Math.sqrt(1 - left) * noise[i];
  });
}

Deno.test("qSample() equals its closed form at the first, a middle and the last timestep", () => {
  const { noising, x0, noise, t } = made();
  const { graph, result } = trace(() => noising.qSample(x0, { t, noise }));
  const [{ data }] = evaluateReference(graph, [result]);
  assertClose("x_t", data, { expected: closedForm(), atol: 1e-6, rtol: 1e-6 });
});

Deno.test("qSample() equals, in mean and variance, the chain of single steps", () => {
  // x_s = sqrt(1 - beta_s) x_{s-1} + sqrt(beta_s) noise: mean and variance follow by recursion.
  let mean = 1, variance = 0;
  for (const beta of schedule.betas) {
    mean *= Math.sqrt(1 - beta);
    variance = (1 - beta) * variance + beta;
  }
  const { noising } = made(), last = new Variable("t", u32(1), Uint32Array.of(T - 1));
  const one = new Variable("one", f32(1, 1, 1, 1), Float32Array.of(1));
  const { graph, result } = trace(() => {
    const alone = noising.qSample(one, { t: last, noise: null });
    return [alone, noising.qSample(one, { t: last, noise: one })];
  });
  const [m, both] = evaluateReference(graph, result).map(({ data }) => data[0]);
  assertClose("mean and variance", [m, (both - m) ** 2], {
    expected: [mean, variance],
    atol: 1e-6,
    rtol: 1e-6,
  });
});

gpuTest("qSample() takes one timestep and one noise image for all examples", async (gpu) => {
  const { noising, x0, noise, t } = made();
  const one = new Variable("t", u32(1), Uint32Array.of(5));
  const image = new Variable("noise image", f32(1, 2, 2, 3), normal("noise").slice(0, SIZE));
  const program = await Program.compile(gpu, "q_sample", () => ({
    each: noising.qSample(x0, { t, noise }),
    shared: noising.qSample(x0, { t: one, noise: image }),
  }));
  program.run();
  assertClose("each", await program.read("each"), { expected: closedForm(), atol: 1e-6, rtol: 1e-5 });
  const [a, b] = [schedule.alphaBars[5], 1 - schedule.alphaBars[5]].map(Math.sqrt);
  const expected = Array.from(normal("x0"), (v, i) => a * v + b * image.initial[i % SIZE]);
  assertClose("shared", await program.read("shared"), { expected, atol: 1e-6, rtol: 1e-5 });
  program.dispose();
  release(gpu, [...noising.tables, x0, noise, t, one, image]);
});
