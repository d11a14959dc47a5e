import { encode } from "fast-png";
import type { ExampleImages } from "../bench/records/mod.ts";

/** The factors a difference may be amplified by, largest first; the last always fits. */
const FACTORS = [100, 50, 20, 10, 5, 2, 1, 0.5] as const;

/** One source, its result, and what lies between, as PNG data URIs. */
export interface Triple {
  readonly source: string;
  readonly result: string;
  /** 127.5 + factor x (result - source) per channel, clipped to a byte: mid grey means no difference. */
  readonly difference: string;
  readonly label: string;
  readonly sourceLabel: string;
}

/** The examples of one set with the one factor that all its differences were amplified by. */
export interface ImageGrid {
  readonly height: number;
  readonly width: number;
  readonly factor: number;
  /** Largest difference of a pixel's channel in 1/255, over the examples shown. */
  readonly largest: number;
  readonly triples: readonly Triple[];
}

/** Share of the differences that an amplified picture may clip: a few outliers would leave the rest invisible. */
const CLIPPED = 0.01;

/** Decodes examples and amplifies their differences by the largest factor that clips no more than {@linkcode CLIPPED}. */
export function imageGrid(images: ExampleImages, { count = 8 } = {}): ImageGrid {
  const { height, width, classNames } = images;
  const pairs = images.examples.slice(0, count).map((example) => ({
    ...example,
    sourcePixels: base64Bytes(example.source),
    resultPixels: base64Bytes(example.result),
  }));
  const sizes = pairs.flatMap(({ sourcePixels, resultPixels }) =>
    Array.from(resultPixels, (value, i) => Math.abs(value - sourcePixels[i]))
  ).sort((a, b) => a - b);
  const largest = sizes.at(-1) ?? 0;
  const factor = amplification(sizes[Math.ceil((1 - CLIPPED) * sizes.length) - 1] ?? 0);
  const png = (data: Uint8Array) => pngDataUri(data, { height, width });
  const name = (label: number) => classNames[label] ?? `class ${label}`;
  const triples = pairs.map(({ sourcePixels, resultPixels, label, sourceLabel }) => ({
    source: png(sourcePixels),
    result: png(resultPixels),
    difference: png(
      Uint8Array.from(
        Uint8ClampedArray.from(resultPixels, (value, i) => 127.5 + factor * (value - sourcePixels[i])),
      ),
    ),
    label: name(label),
    sourceLabel: name(sourceLabel),
  }));
  return { height, width, factor, largest, triples };
}

/** The largest factor of the list that keeps 127.5 + factor x difference within a byte; 1 where nothing differs. */
export function amplification(largest: number): number {
  return largest === 0 ? 1 : FACTORS.find((factor) => factor * largest <= 127.5) ?? 0.5;
}

/** An RGB image, 8 bits a channel, row by row, as a PNG data URI. */
export function pngDataUri(data: Uint8Array, { height, width }: { height: number; width: number }): string {
  const png = encode({ data, height, width, channels: 3, depth: 8 });
  return `data:image/png;base64,${btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""))}`;
}

/** The bytes that a base64 text stands for. */
export function base64Bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
