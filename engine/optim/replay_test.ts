import { assert, assertEquals } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import type { Gpu } from "../device/device.ts";
import { trace } from "../graph/graph.ts";
import type { NdArray } from "../graph/op.ts";
import { add, mul, square, sub } from "../ops/arithmetic.ts";
import { adamScalars } from "../ops/optim_adam.ts";
import { meanAll } from "../ops/reduce_sum.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, sizeOf } from "../arrays/shape.ts";
import { type Tensor, Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest } from "../testing/gpu.ts";
import { read, release } from "../graph/variables.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { clipGradNorm } from "./clip.ts";
import { ema } from "./ema.ts";
import { decayMatricesOnly, type Optimizer } from "./optimizer.ts";
import { cosine } from "./schedules.ts";
import { sgd } from "./sgd.ts";

const STEPS = 10;
const schedule = cosine({ lr: 0.05, warmupSteps: 2, totalSteps: STEPS });
const betas = [0.9, 0.95] as const;

/** The numbers that the host gives an update, in float64. */
type HostNumbers = (step: number) => number[];

const plain: HostNumbers = (step) => [schedule(step)];
const corrected: HostNumbers = (step) =>
  adamScalars(step, { learningRate: schedule(step), beta1: betas[0], beta2: betas[1] });

const CASES: Record<string, { create: () => Optimizer; numbers: HostNumbers }> = {
  "sgd() without momentum": { create: () => sgd({ weightDecay: 0.1 }), numbers: plain },
  "sgd() with momentum": { create: () => sgd({ momentum: 0.9, weightDecay: 0.1 }), numbers: plain },
  "sgd() with Nesterov's momentum, decaying matrices only": {
    create: () => sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.5, decays: decayMatricesOnly }),
    numbers: plain,
  },
  "adam()": { create: () => adam({ betas, weightDecay: 0.1 }), numbers: corrected },
  "adamw()": {
    create: () => adamw({ betas, weightDecay: 0.5, decays: decayMatricesOnly }),
    numbers: corrected,
  },
};

for (const [name, { create, numbers }] of Object.entries(CASES)) {
  gpuTest(`${name} replayed ${STEPS} times holds its memory and agrees with float64`, async (gpu) => {
    const before = gpu.buffers.liveBytes;
    const task = createTask(create());
    const program = await Program.compile(gpu, name, () => task.build());
    const compiled = gpu.buffers.liveBytes;
    const losses = await replay(gpu, program, task.optimizer);
    assertEquals(gpu.buffers.liveBytes, compiled);
    const expected = expectedRun(task, numbers);
    const tolerance = { atol: 1e-6, rtol: 1e-5 };
    assertClose(`${name} losses`, losses, { expected: expected.losses, ...tolerance });
    for (const variable of task.changed()) {
      const { data } = expected.state.get(variable)!;
      assertClose(`${name} ${variable.name}`, await read(gpu, variable), { expected: data, ...tolerance });
    }
    assert(losses[STEPS - 1] < losses[0], `the loss did not fall: ${losses}`);
    program.dispose();
    release(gpu, task.everything());
    assertEquals(gpu.buffers.liveBytes, before);
  });
}

gpuTest("adamw() gives the same bits on every run", async (gpu) => {
  const runs: number[][] = [];
  for (let run = 0; run < 2; run++) {
    const task = createTask(adamw());
    const program = await Program.compile(gpu, "twice", () => task.build());
    const losses = await replay(gpu, program, task.optimizer);
    runs.push([...losses, ...await read(gpu, task.averages[0])]);
    program.dispose();
    release(gpu, task.everything());
  }
  assertEquals(runs[0], runs[1]);
});

/** Fits scale and shift of random numbers, with gradients clipped where they exceed 0.5 and parameters averaged. */
function createTask(optimizer: Optimizer) {
  const random = (name: string, ...shape: number[]) => {
    const data = new Float32Array(sizeOf(shape));
    stream(3, name).fillNormal(0, data);
    return new Variable(name, f32(...shape), data);
  };
  const x = random("x", 6, 3, 5), y = random("y", 6, 3, 5);
  const params = [random("scale", 3, 5), random("shift", 5)];
  const average = ema({ decay: 0.75 });
  return {
    optimizer,
    averages: params.map((p) => average.average(p)),
    build(): { loss: Tensor } {
      const loss = meanAll(square(sub(add(mul(x, params[0]), params[1]), y)));
      optimizer.step(params, clipGradNorm(gradients(loss, params), 0.5));
      average.update(params);
      return { loss };
    },
    changed: () => [...params, ...optimizer.state, ...average.state],
    everything:
      () => [x, y, ...params, optimizer.scalars, ...optimizer.state, average.scalars, ...average.state],
  };
}

async function replay(gpu: Gpu, program: Program, optimizer: Optimizer): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    optimizer.prepare(gpu, { step, learningRate: schedule(step) });
    program.run();
    losses.push((await program.read("loss"))[0]);
  }
  return losses;
}

/** The same steps through the float64 references of the operations. */
function expectedRun(task: ReturnType<typeof createTask>, numbers: HostNumbers) {
  const { graph, result } = trace(() => task.build());
  const state = new Map<Variable, NdArray>();
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const { scalars } = task.optimizer;
    state.set(scalars, { shape: scalars.shape, data: Float64Array.from(numbers(step)) });
    losses.push(evaluateReference(graph, [result.loss], state)[0].data[0]);
  }
  return { losses, state };
}
