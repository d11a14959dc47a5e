/** A scale and an offset per channel: BatchNorm in eval mode, and its relu. */

import type { OpDef } from "../graph/op.ts";
import { f32, formatShape, lastDim, type Spec } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import reluSource from "../wgsl/relu.wgsl" with { type: "text" };
import { mul } from "./arithmetic.ts";
import {
  applyElementwise,
  defineElementwise,
  type ElementwiseAttrs,
  type ElementwiseRule,
} from "./elementwise.ts";
import { reluGradOp } from "./relu.ts";

/** a * b + c. Inputs: x [..., C], scale [C], offset [C]. */
export const channelAffineOp = defineAffine({
  name: "channel_affine",
  expression: "a * b + c",
  apply: ([x, scale, offset]) => x * scale + offset,
  gradient: (g) => g,
});

/** max(a * b + c, 0), NaN where that is NaN, likewise. */
export const channelAffineReluOp = defineAffine({
  name: "channel_affine_relu",
  expression: "relu(a * b + c)",
  include: [reluSource],
  apply: ([x, scale, offset]) => Math.max(x * scale + offset, 0),
  gradient: (g, y) => applyElementwise(reluGradOp, [g, y]),
});

interface AffineRule extends Pick<ElementwiseRule, "name" | "expression" | "include" | "apply"> {
  /** Gradient of the affine map's value. */
  readonly gradient: (g: Tensor, y: Tensor) => Tensor;
}

/** An elementwise operation, which therefore fuses into the kernel before it; checks the shapes of channels. */
function defineAffine({ gradient, ...rule }: AffineRule): OpDef<ElementwiseAttrs> {
  const op = defineElementwise({
    ...rule,
    arity: 3,
    keepsZero: true,
    backward: ({ inputs: [x, scale], outputs: [y], grads: [g], needs }) => {
      const inner = gradient(g!, y);
      return [needs(0) ? mul(inner, scale) : null, needs(1) ? mul(inner, x) : null, needs(2) ? inner : null];
    },
  });
  return {
    ...op,
    shape: (inputs, attrs) => {
      checkChannels(inputs);
      return op.shape(inputs, attrs);
    },
    cases: affineCases().map(({ x, ...c }) => ({
      ...c,
      attrs: { k: 0 },
      inputs: [f32(...x), f32(lastDim(x)), f32(lastDim(x))],
    })),
  };
}

function checkChannels([x, ...vectors]: readonly Spec[]): void {
  const wrong = vectors.find(({ shape }) => shape.length !== 1 || shape[0] !== lastDim(x.shape));
  if (wrong === undefined) return;
  throw new RangeError(
    `Cannot scale channels: expected [${lastDim(x.shape)}] for x ${formatShape(x.shape)}, got ${
      formatShape(wrong.shape)
    }`,
  );
}

/**
 * x * scale + offset per channel, followed by relu if `relu` (default false).
 *
 * @param x [..., C].
 * @param scale [C], as is the offset.
 * @throws {RangeError} If they have another number of channels.
 */
export function channelAffine(
  x: Value,
  scale: Value,
  { offset, relu = false }: { offset: Value; relu?: boolean },
): Tensor {
  return applyElementwise(relu ? channelAffineReluOp : channelAffineOp, [x, scale, offset]);
}

function affineCases() {
  return [
    { name: "one element", x: [1, 1] },
    { name: "below eight rows", x: [7, 4] },
    { name: "odd channels", x: [3, 3, 7] },
    { name: "many rows", x: [4099, 6], large: true },
  ];
}
