/** The step of Auto-PGD: a step with momentum, or the start of a run, for every slot. */

import { record } from "../../engine/graph/graph.ts";
import type { NdArray, OpDef } from "../../engine/graph/op.ts";
import { wgslFloat } from "../../engine/ops/elementwise.ts";
import type { Norm } from "../../engine/ops/example_norm.ts";
import { splitGrid } from "../../engine/device/pipeline_cache.ts";
import { normal2, philox4x32, type U32x2, uniform01 } from "../../common/random.ts";
import { f32, lastDim, type Shape, sizeOf, type Spec, u32, vec4Count } from "../../engine/arrays/shape.ts";
import type { Variable } from "../../engine/graph/tensor.ts";
import finiteSource from "../../engine/wgsl/finite.wgsl" with { type: "text" };
import magnitudeSource from "../../engine/wgsl/magnitude.wgsl" with { type: "text" };
import philoxSource from "../../engine/wgsl/philox.wgsl" with { type: "text" };
import { fillTemplate } from "../../engine/wgsl/template.ts";
import slotSource from "../slots/slot.wgsl" with { type: "text" };
import { STATUS } from "../slots/slot_attack.ts";
import source from "./apgd_step.wgsl" with { type: "text" };

/** Settings of the step. */
export interface ApgdStepAttrs {
  readonly [key: string]: unknown;
  readonly norm: Norm;
  readonly eps: number;
  /** Start a run at a random point instead of the clean image. */
  readonly randomStart: boolean;
  /** Key of the stream of random starts. */
  readonly key: U32x2;
  /** Add 1e-12 to the gradient's length, as the official code does. */
  readonly officialConstants: boolean;
}

/** Added to lengths of images before a division; the official code adds it to the gradient's length too. */
const TINY = 1e-12;

/**
 * Inputs: points, previous, origin, gradient [B, H, W, C], progress [B, 8] with the step size first, slot [B, 4],
 * examples [B]. The first two are updated in place.
 */
export const apgdStepOp: OpDef<ApgdStepAttrs> = {
  name: "apgd_step",
  shape: () => [],
  lower: ({ inputs, attrs: { norm, eps, randomStart, key, officialConstants } }) => {
    const { shape } = inputs[0].spec, B = shape[0];
    const consts = { B, PIXELS: vec4Count(shape) / Math.max(1, B), C: lastDim(shape) };
    const flags = {
      LINF: norm === "Linf" ? 1 : 0,
      RANDOM: randomStart ? 1 : 0,
      OFFICIAL: officialConstants ? 1 : 0,
    };
    return [{
      label: "apgd_step",
      source: fillTemplate(source, {
        consts: { ...consts, ...flags, KEY0: key[0], KEY1: key[1] },
        text: { EPS: wgslFloat(eps) },
        include: [slotSource, philoxSource, finiteSource, magnitudeSource],
      }),
      bindings: inputs.map((operand, i) => ({ operand, kind: i < 2 ? "read_write" : "read" })),
      workgroups: splitGrid(B),
      leading: true,
    }];
  },
  backward: null,
  mutates: [0, 1],
  reference: ([points, previous, origin, gradient, progress, slot, examples], attrs) => {
    const size = sizeOf(origin.shape.slice(1));
    const row = ({ data }: NdArray, b: number) => data.subarray(b * size, (b + 1) * size);
    for (let b = 0; b < origin.shape[0]; b++) {
      const [status, run, iteration] = slot.data.subarray(4 * b);
      if (status !== STATUS.running) continue;
      const x = row(points, b), x0 = row(origin, b);
      if (iteration === 0) {
        x.set(startPoint(x0, { ...attrs, channels: lastDim(origin.shape), example: examples.data[b], run }));
        row(previous, b).set(x);
        continue;
      }
      const stepSize = progress.data[8 * b], a = iteration === 1 ? 1 : 0.75;
      const next = stepPoint({ x, x0, before: row(previous, b), g: row(gradient, b) }, {
        ...attrs,
        stepSize,
        a,
      });
      row(previous, b).set(x);
      x.set(next);
    }
    return [];
  },
  flops: ([points]) => 8 * sizeOf(points.shape),
  cases: (["Linf", "L2"] as const).flatMap((norm) => {
    const attrs = {
      norm,
      eps: norm === "Linf" ? 0.25 : 1.5,
      randomStart: true,
      key: [5, 6] as const,
      officialConstants: false,
    };
    return [
      { name: `${norm}, one pixel`, inputs: stepInputs([1, 1, 1, 3]), attrs, below: 1 },
      { name: `${norm}, images`, inputs: stepInputs([9, 5, 3, 3]), attrs, below: 3 },
      { name: `${norm}, above a workgroup`, inputs: stepInputs([19, 9, 15, 4]), attrs, below: 3 },
      {
        name: `${norm}, clean start`,
        inputs: stepInputs([17, 2, 3, 1]),
        attrs: { ...attrs, randomStart: false },
        below: 3,
      },
      {
        name: `${norm}, official constants`,
        inputs: stepInputs([9, 5, 3, 3]),
        attrs: { ...attrs, officialConstants: true },
        below: 3,
      },
    ];
  }),
};

function stepInputs(images: Shape): Spec[] {
  const B = images[0], image = f32(...images);
  return [image, image, image, image, f32(B, 8), u32(B, 4), u32(B)];
}

interface StartSettings extends ApgdStepAttrs {
  readonly channels: number;
  readonly example: number;
  readonly run: number;
}

function startPoint(x0: Float64Array, { norm, eps, randomStart, key, ...at }: StartSettings): Float64Array {
  if (!randomStart) return x0.slice();
  const u = x0.map((_, i) => {
    const lane = i % at.channels;
    const bits = philox4x32([at.example, at.run, Math.floor(i / at.channels), 0], key);
    if (norm === "Linf") return 2 * uniform01(bits[lane]) - 1;
    return (lane < 2 ? normal2(bits[0], bits[1]) : normal2(bits[2], bits[3]))[lane % 2];
  });
  const size = lengthOf(u, norm) + TINY;
  return x0.map((v, i) => clip(v + eps * u[i] / size, 0, 1));
}

interface Where {
  readonly x: Float64Array;
  readonly x0: Float64Array;
  readonly before: Float64Array;
  readonly g: Float64Array;
}

function stepPoint(
  { x, x0, before, g }: Where,
  { norm, eps, stepSize, a, officialConstants }: ApgdStepAttrs & { stepSize: number; a: number },
): Float64Array {
  const project = (y: Float64Array) => {
    if (norm === "Linf") return y.map((v, i) => clip(clip(v, x0[i] - eps, x0[i] + eps), 0, 1));
    const n = lengthOf(y.map((v, i) => v - x0[i]), "L2");
    return y.map((v, i) => clip(x0[i] + (v - x0[i]) * Math.min(eps, n) / (n + TINY), 0, 1));
  };
  const usable = norm === "Linf" || g.every(Number.isFinite);
  const n = lengthOf(g, "L2") + (officialConstants ? TINY : 0) || 1;
  const direction = g.map((v) => norm === "Linf" ? Math.sign(v) || 0 : usable ? v / n : 0);
  const z = project(x.map((v, i) => v + stepSize * direction[i]));
  return project(x.map((v, i) => v + a * (z[i] - v) + (1 - a) * (v - before[i])));
}

function lengthOf(v: Float64Array, norm: Norm): number {
  return norm === "L2"
    ? Math.sqrt(v.reduce((sum, d) => sum + d * d, 0))
    : v.reduce((largest, d) => Math.max(largest, Math.abs(d)), 0);
}

function clip(v: number, low: number, high: number): number {
  return Math.min(Math.max(v, low), high);
}

/** Inputs of the step, a row for each slot; the first two are updated in place. */
export interface ApgdStepInputs {
  readonly points: Variable;
  readonly previous: Variable;
  readonly origin: Variable;
  readonly gradient: Variable;
  readonly progress: Variable;
  readonly slot: Variable;
  readonly examples: Variable;
}

/** Records the step of all running slots: `previous` takes the points, `points` the next ones (or the start of a run). */
export function apgdStep(variables: ApgdStepInputs, attrs: ApgdStepAttrs): void {
  const { points, previous, origin, gradient, progress, slot, examples } = variables;
  record(apgdStepOp, [points, previous, origin, gradient, progress, slot, examples], attrs);
}
