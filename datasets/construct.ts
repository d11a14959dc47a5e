/** The loop that both constructions share: batch by batch, walk, measure, collect. */

import { l2 } from "../attacks/threat_model/threat_model.ts";
import type { Walk } from "../attacks/walk/walk.ts";
import type { Gpu } from "../engine/device/device.ts";
import { assign } from "../engine/ops/assign.ts";
import { exampleNorm } from "../engine/ops/example_norm.ts";
import { sub } from "../engine/ops/arithmetic.ts";
import { nhwcToNchw } from "../engine/arrays/layout.ts";
import { asTensor } from "../engine/graph/graph.ts";
import { Program } from "../engine/program/program.ts";
import type { Tensor } from "../engine/graph/tensor.ts";
import { read } from "../engine/graph/variables.ts";
import type { Construction } from "./constructed.ts";
import { type Feed, inOrder } from "./feed.ts";
import { type ImageSet, imageSet } from "./types.ts";

/** The progress of a construction. */
export interface ConstructProgress {
  readonly done: number;
  readonly total: number;
  /** The finished part; it does not change any more. */
  readonly part: ConstructionPart;
}

/** The first images of a construction, and the measurements of each. */
export interface ConstructionPart {
  /** [done, 3, H, W]. */
  readonly images: Float32Array<ArrayBuffer>;
  /** By name, [done] each. */
  readonly judgements: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
}

/** Options of both constructions. */
export interface ConstructOptions {
  /** Name of the new set. */
  readonly name: string;
  readonly source: ImageSet;
  /** How many images to make. */
  readonly count: number;
  readonly batchSize: number;
  readonly steps: number;
  /** Called after each batch, and waited for; throw from it to stop. */
  readonly onProgress?: (progress: ConstructProgress) => void | Promise<void>;
  /** The finished part of the same construction by an earlier process, in whole batches of the same size. Default: nothing. */
  readonly from?: ConstructionPart;
}

/** The part of the loop that depends on the construction. */
export interface Maker {
  readonly walk: Walk;
  /** The images the walk starts from. */
  readonly starts: Feed;
  /** Numbers of the starting images of a batch of targets. */
  startOf(example: number): number;
  /** The label the new image carries. */
  labelOf(example: number): number;
  /** Called when the starts are loaded, before the walk. */
  prepare(examples: Uint32Array, labels: Uint32Array): void;
  /** Recorded judgements of the finished batch, [B, 1] each. */
  judge(): { reached?: Tensor; remaining?: Tensor };
}

/** Runs a construction over the first `count` images. */
export async function construct(gpu: Gpu, options: ConstructOptions, maker: Maker): Promise<Construction> {
  const { source, count, batchSize, steps, onProgress, from: kept } = options;
  const { walk, starts } = maker;
  const size = 3 * source.height * source.width;
  const images = new Float32Array(count * size), labels = new Uint8Array(count);
  const sources = new Uint32Array(count), targets = new Uint32Array(count);
  const columns: Record<string, Float32Array<ArrayBuffer>> = {};
  const begin = await Program.compile(gpu, "construct start", () => assign(walk.origin, starts.images()));
  const end = await Program.compile(gpu, "construct judge", () => ({
    l2: l2(null).distance(walk.images, walk.origin),
    linf: exampleNorm(sub(walk.images, asTensor(walk.origin)), "Linf"),
    ...definedOnly(maker.judge()),
  }));
  for (const name of end.outputNames) columns[name] = new Float32Array(count);
  const done = kept === undefined ? 0 : takeUp(kept, { images, columns }) / size;
  for (const examples of inOrder(count, batchSize)) {
    const from = examples[0], until = from + examples.length;
    const startNumbers = examples.map((i) => maker.startOf(i));
    const carried = new Uint32Array(batchSize).fill(maker.labelOf(from));
    examples.forEach((i, b) => {
      labels[i] = carried[b] = maker.labelOf(i);
      sources[i] = startNumbers[b];
      targets[i] = i;
    });
    if (until <= done) continue;
    starts.load(startNumbers);
    begin.run();
    maker.prepare(examples, carried);
    walk.start({ random: false });
    await walk.take(steps);
    end.run();
    const found = nhwcToNchw(await read(gpu, walk.images) as Float32Array, [
      batchSize,
      source.height,
      source.width,
      3,
    ]);
    images.set(found.subarray(0, examples.length * size), from * size);
    for (const name of end.outputNames) {
      columns[name].set((await end.read(name) as Float32Array).subarray(0, examples.length), from);
    }
    const judged = Object.entries(columns).map(([name, column]) => [name, column.subarray(0, until)]);
    const part = { images: images.subarray(0, until * size), judgements: Object.fromEntries(judged) };
    await onProgress?.({ done: until, total: count, part });
  }
  begin.dispose();
  end.dispose();
  const { classNames, height, width } = source;
  return {
    set: imageSet({ name: options.name, classNames, height, width, images, labels }),
    sources,
    targets,
    l2: columns.l2,
    linf: columns.linf,
    reached: columns.reached ?? null,
    remaining: columns.remaining ?? null,
  };
}

/** Copies what an earlier process had done; gives back how many numbers of images that is. */
function takeUp(
  { images, judgements }: ConstructionPart,
  into: { images: Float32Array; columns: Readonly<Record<string, Float32Array>> },
): number {
  into.images.set(images);
  for (const [name, column] of Object.entries(into.columns)) column.set(judgements[name]);
  return images.length;
}

function definedOnly(judgements: { reached?: Tensor; remaining?: Tensor }): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(judgements).filter(([, tensor]) => tensor !== undefined));
}

/** @throws {RangeError} If there are fewer images than asked for, or a number is not a positive integer. */
export function checkConstruction({ source, count, batchSize, steps }: ConstructOptions): void {
  for (const [name, value] of Object.entries({ count, batchSize, steps })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot construct a feature set: ${name} must be a positive integer, got ${value}`,
      );
    }
  }
  if (count > source.count) {
    throw new RangeError(
      `Cannot construct a feature set: ${count} images asked, ${source.name} has ${source.count}`,
    );
  }
}
