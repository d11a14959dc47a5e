/** Sinusoidal embedding of integers. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, rowVec4s, sizeOf, u32, vec4Count } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import philoxSource from "../wgsl/philox.wgsl" with { type: "text" };
import source from "./sinusoidal_embedding.wgsl" with { type: "text" };

interface SinusoidalAttrs {
  readonly [key: string]: unknown;
  readonly size: number;
}

/** Angle per unit of t, in radians: from 1 down to 1 / 10,000. */
function frequencies(size: number): number[] {
  const half = size / 2;
  return Array.from({ length: half }, (_, k) => Math.exp(-Math.log(10_000) * k / (half - 1)));
}

/** out [B, size] of t [B]. */
export const sinusoidalEmbeddingOp: OpDef<SinusoidalAttrs> = {
  name: "sinusoidal_embedding",
  shape: ([t], { size }) => {
    if (t.dtype !== "u32" || t.shape.length !== 1) {
      throw new RangeError(`Cannot embed numbers: expected u32 [B], got ${t.dtype} ${formatShape(t.shape)}`);
    }
    if (!Number.isSafeInteger(size) || size < 4 || size % 2 !== 0) {
      throw new RangeError(`Cannot embed numbers: size must be even and from 4 up, got ${size}`);
    }
    return [f32(t.shape[0], size)];
  },
  lower: ({ inputs: [t], outputs: [out], attrs: { size } }) => {
    const turns = frequencies(size).map((f) => `${Math.round(f / (2 * Math.PI) * 2 ** 32)}u`);
    const { shape } = out.spec, COUNT = vec4Count(shape);
    return [{
      label: "sinusoidal_embedding",
      source: fillTemplate(source, {
        consts: { COUNT, ROW: rowVec4s(shape), HALF: size / 2 },
        text: { TURNS: turns.join(", ") },
        include: [philoxSource],
      }),
      bindings: [{ operand: t, kind: "read" }, { operand: out, kind: "read_write" }],
      workgroups: splitGrid(Math.ceil(COUNT / 64)),
    }];
  },
  backward: null,
  reference: ([t], { size }, [out]) => {
    const data = new Float64Array(sizeOf(out.shape)), half = size / 2;
    t.data.forEach((time, b) =>
      frequencies(size).forEach((f, k) => {
        data[b * size + k] = Math.sin(time * f);
        data[b * size + half + k] = Math.cos(time * f);
      })
    );
    return [{ shape: out.shape, data }];
  },
  flops: () => 0,
  cases: [
    { name: "one number", inputs: [u32(1)], attrs: { size: 4 }, below: 1000 },
    { name: "half a vec4", inputs: [u32(5)], attrs: { size: 6 }, below: 1000 },
    { name: "above a workgroup", inputs: [u32(17)], attrs: { size: 32 }, below: 4000 },
    { name: "empty batch", inputs: [u32(0)], attrs: { size: 8 }, below: 10 },
  ],
};

/**
 * Embeds integers, such as timesteps: sin(t f_0), ..., sin(t f_{h-1}), cos(t f_0), ..., cos(t f_{h-1}) with h = size /
 * 2 and f_i = exp(-ln(10000) i / (h - 1)) radians. The angle is exact to 2^-33 t turns, whatever the adapter. Source:
 * Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.5, in the form of Ho et al. 2020,
 * https://arxiv.org/abs/2006.11239, appendix B (`get_timestep_embedding` of its code).
 *
 * @param t [B] of u32.
 * @returns [B, size].
 * @throws {RangeError} If t is not u32 [B], or the size is odd or below 4.
 */
export function sinusoidalEmbedding(t: Value, { size }: { readonly size: number }): Tensor {
  return record(sinusoidalEmbeddingOp, [t], { size })[0];
}
