/** Shared parts of the augmentations: random numbers per example, shapes, recording. */

import { record } from "../graph/graph.ts";
import type { OpCase, OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { philox4x32, type U32x2, type U32x4 } from "../../common/random.ts";
import { f32, formatShape, type Spec, u32 } from "../arrays/shape.ts";
import type { Tensor, Value } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import philoxSource from "../wgsl/philox.wgsl" with { type: "text" };
import type { RandomSource } from "./random_images.ts";
import sharedSource from "./_augmentation.wgsl" with { type: "text" };

/** Settings of an augmentation, and the key of its stream. */
export interface AugmentationAttrs {
  readonly [key: string]: unknown;
  readonly key: U32x2;
}

/** Height and width of images in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Input of an augmentation's reference. */
export interface Example<A> extends Size {
  /** [H, W, 3], row by row. */
  readonly pixels: Float64Array;
  /** The four words of a block of the example's random numbers. */
  readonly draw: (block: number) => U32x4;
  readonly attrs: A;
}

/** Definition of one augmentation. */
export interface AugmentationRule<A> {
  readonly name: string;
  /** Verb of its errors: "blur images". */
  readonly verb: string;
  /** WGSL template; `_augmentation.wgsl` comes in front of it. */
  readonly source: string;
  /** Whether an invocation owns a row of an image, or a workgroup an image. */
  readonly unit: "row" | "image";
  /** Template values, in addition to B, H, W and the key. */
  fill(attrs: A, size: Size): { consts?: Record<string, number>; text?: Record<string, string> };
  /** @throws {RangeError} If a setting is invalid. */
  check(attrs: A, size: Size): void;
  /** One example's result in float64. */
  apply(example: Example<A>): Float64Array;
  readonly cases: readonly OpCase<A>[];
}

/** Makes the operation of a rule. Inputs: images [B, H, W, 3], example numbers [B], step []. Out: [B, H, W, 3]. */
export function defineAugmentation<A extends AugmentationAttrs>(rule: AugmentationRule<A>): OpDef<A> {
  return {
    name: rule.name,
    shape: ([images, examples, step], attrs) => {
      const [batch, height, width, channels] = images.shape;
      if (
        images.shape.length !== 4 || channels !== 3 || examples.dtype !== "u32" || step.dtype !== "u32" ||
        examples.shape.length !== 1 || examples.shape[0] !== batch || step.shape.length !== 0
      ) {
        throw new RangeError(
          `Cannot ${rule.verb}: expected [B, H, W, 3] with u32 example numbers [B] and u32 step [], got ` +
            [images, examples, step].map((s) => `${s.dtype} ${formatShape(s.shape)}`).join(", "),
        );
      }
      rule.check(attrs, { height, width });
      return [f32(...images.shape)];
    },
    lower: ({ inputs: [images, examples, step], outputs: [out], attrs }) => {
      const [B, H, W] = images.spec.shape, [KEY0, KEY1] = attrs.key;
      const { consts, text } = rule.fill(attrs, { height: H, width: W });
      return [{
        label: rule.name,
        source: fillTemplate(rule.source, {
          consts: { B, H, W, KEY0, KEY1, ...consts },
          text,
          include: [philoxSource, sharedSource],
        }),
        bindings: [
          ...[images, examples, step].map((operand) => ({ operand, kind: "read" as const })),
          { operand: out, kind: "read_write" },
        ],
        workgroups: splitGrid(rule.unit === "image" ? B : Math.ceil(B * H / 64)),
      }];
    },
    backward: null,
    reference: ([images, examples, step], attrs, [out]) => {
      const [batch, height, width] = out.shape, size = 3 * height * width;
      const data = new Float64Array(batch * size);
      for (let b = 0; b < batch; b++) {
        const pixels = images.data.subarray(b * size, (b + 1) * size);
        const draw = (block: number) => philox4x32([examples.data[b], step.data[0], block, 0], attrs.key);
        data.set(rule.apply({ pixels, height, width, draw, attrs }), b * size);
      }
      return [{ shape: out.shape, data }];
    },
    flops: () => 0,
    cases: rule.cases,
  };
}

/** Records an augmentation; `options` holds its settings and the source of random numbers. */
export function applyAugmentation<A extends AugmentationAttrs>(
  op: OpDef<A>,
  images: Value,
  options: { readonly random: RandomSource },
): Tensor {
  const { random, ...settings } = options;
  const attrs = { ...settings, key: random.stream.key } as unknown as A;
  return record(op, [images, random.examples, random.step], attrs)[0];
}

/** A size case of an augmentation's suite. */
export function augmentationCase<S>(
  name: string,
  { shape: [b, h, w], ...settings }: S & { shape: readonly [number, number, number] },
): {
  name: string;
  inputs: Spec[];
  attrs: Omit<S & { shape: unknown }, "shape"> & { key: U32x2 };
  below: number;
} {
  const attrs = { ...settings, key: [0x12345678, 0x9abcdef0] as const };
  return { name, inputs: [f32(b, h, w, 3), u32(b), u32()], attrs, below: 2 ** 32 };
}

/** @throws {RangeError} If a setting is outside [min, max]. */
export function checkSetting(
  verb: string,
  settings: Readonly<Record<string, number>>,
  { min = 0, max = Infinity }: { min?: number; max?: number } = {},
): void {
  for (const [name, value] of Object.entries(settings)) {
    if (value >= min && value <= max && Number.isFinite(value)) continue;
    const range = max === Infinity ? `at least ${min}` : `in [${min}, ${max}]`;
    throw new RangeError(`Cannot ${verb}: ${name} must be ${range}, got ${value}`);
  }
}

/** Grey level of a pixel by ITU-R 601-2, with torchvision's constants, which sum to 0.9999. */
export function luma(r: number, g: number, b: number): number {
  return 0.2989 * r + 0.587 * g + 0.114 * b;
}
