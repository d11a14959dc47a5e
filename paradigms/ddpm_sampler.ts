/** DDPM's ancestral sampler. */

import type { Gpu } from "../engine/device/device.ts";
import { asTensor } from "../engine/graph/graph.ts";
import { add, addScalar, mul, scale, sub } from "../engine/ops/arithmetic.ts";
import { assign } from "../engine/ops/assign.ts";
import { randomImages } from "../engine/ops/random_images.ts";
import { clipPixels } from "../engine/ops/steps.ts";
import { Pace } from "../engine/device/pace.ts";
import { Program } from "../engine/program/program.ts";
import { stream } from "../common/random.ts";
import { f32, type Shape, u32 } from "../engine/arrays/shape.ts";
import { type Tensor, type Value, Variable } from "../engine/graph/tensor.ts";
import { read, release, write } from "../engine/graph/variables.ts";
import { type DiffusionSchedule, stridedTimesteps } from "./diffusion_schedule.ts";

/** Options of the sampler. */
export interface SampleOptions {
  /** Records the noise that a model sees in x [B, H, W, C] at timesteps t, u32 [1]; called once. */
  predict(x: Value, call: { readonly t: Value }): Tensor;
  readonly schedule: DiffusionSchedule;
  /** Timesteps visited, evenly spread; all of the schedule's for DDPM itself. */
  readonly steps: number;
  /** [B, H, W, C] of the samples. */
  readonly shape: Shape;
  /** Of all noise. A sample depends on it and on the sample's number, not on how many there are. */
  readonly seed: number;
}

/** Numbers of one step back. */
interface Coefficients {
  /** x0 = fromX x_t - fromNoise noise. */
  readonly fromX: number;
  readonly fromNoise: number;
  /** Mean of the step's result = ofX0 x0 + ofX x_t. */
  readonly ofX0: number;
  readonly ofX: number;
  /** Its standard deviation. */
  readonly sigma: number;
}

/**
 * The posterior of x_s given x_t and x0, where s is the timestep visited before t. Source: Ho et al. 2020, equations 6,
 * 7 and 15, with the betas of the visited timesteps, 1 - alphaBar_t / alphaBar_s, as Nichol & Dhariwal 2021, section 4.
 *
 * @param left alphaBar of t, and of s (1 before the first).
 */
export function posterior([left, before]: readonly [number, number]): Coefficients {
  const beta = 1 - left / before;
  return {
    fromX: 1 / Math.sqrt(left),
    fromNoise: Math.sqrt(1 / left - 1),
    ofX0: Math.sqrt(before) * beta / (1 - left),
    ofX: Math.sqrt(1 - beta) * (1 - before) / (1 - left),
    sigma: Math.sqrt(beta * (1 - before) / (1 - left)),
  };
}

/**
 * Draws images from a model that predicts noise: from x of pure noise, step by step, the mean of the posterior plus its
 * noise; the last step adds none. Predicted images are cut off at [-1, 1] in every step.
 * Source: Ho et al. 2020, https://arxiv.org/abs/2006.11239, algorithm 2, with the smaller of the two variances of
 * section 3.2 (beta tilde); https://arxiv.org/abs/2102.09672 for fewer steps than timesteps.
 *
 * @returns [B, H, W, C] in [-1, 1], row-major.
 * @throws {RangeError} If the schedule has not that many timesteps.
 */
export async function sample(gpu: Gpu, options: SampleOptions): Promise<Float32Array> {
  const { predict, schedule, steps, shape, seed } = options;
  const visited = stridedTimesteps(schedule, steps);
  const [count, ...image] = shape, noises = stream(seed, "ddpm samples");
  const x = new Variable("samples", f32(...shape), startingNoise(shape, { seed }));
  const t = new Variable("sample timestep", u32(1));
  const step = new Variable("sample step", u32());
  const examples = new Variable(
    "sample numbers",
    u32(count),
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  const names = ["fromX", "fromNoise", "ofX0", "ofX", "sigma"] as const;
  const scalars = names.map((name) => new Variable(name, f32()));
  const [fromX, fromNoise, ofX0, ofX, sigma] = scalars;
  const program = await Program.compile(gpu, "ddpm sample step", () => {
    const now = asTensor(x);
    const raw = sub(mul(now, fromX), mul(predict(now, { t }), fromNoise));
    const x0 = addScalar(scale(clipPixels(addScalar(scale(raw, 0.5), 0.5)), 2), -1);
    const noise = randomImages(image, { examples, step, stream: noises, distribution: "normal" });
    assign(x, add(add(mul(x0, ofX0), mul(now, ofX)), mul(noise, sigma)));
  });
  const pace = new Pace(gpu);
  for (let i = steps - 1; i >= 0; i--) {
    const coefficients = posterior([
      schedule.alphaBars[visited[i]],
      i === 0 ? 1 : schedule.alphaBars[visited[i - 1]],
    ]);
    names.forEach((name, k) => write(gpu, scalars[k], Float32Array.of(coefficients[name])));
    write(gpu, t, Uint32Array.of(visited[i]));
    write(gpu, step, Uint32Array.of(i));
    program.run();
    await pace.step();
  }
  const samples = await read(gpu, x) as Float32Array;
  program.dispose();
  release(gpu, [x, t, step, examples, ...scalars]);
  return samples;
}

/** Pure noise, of each sample its own. */
function startingNoise([count, ...image]: Shape, { seed }: { seed: number }): Float32Array {
  const size = image.reduce((a, b) => a * b), noise = new Float32Array(count * size);
  const source = stream(seed, "ddpm samples start");
  for (let i = 0; i < count; i++) {
    source.fillNormal(0, noise.subarray(i * size, (i + 1) * size), { example: i });
  }
  return noise;
}
