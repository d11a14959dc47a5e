/** The result of the constructions of feature sets, and its files. */

import type { ImageSet } from "./types.ts";
import { imageSet } from "./types.ts";
import { encodeSafetensors, getTensor, parseSafetensors } from "../engine/files/safetensors.ts";

/** A constructed set, with the origin of each image and the distance it moved. Arrays hold one number per image. */
export interface Construction {
  /** float32 images with the labels they carry. */
  readonly set: ImageSet;
  /** Number, in the natural set, of the image each one started from. */
  readonly sources: Uint32Array;
  /** Number of the image whose features are matched; equal to `sources` where no features are matched. */
  readonly targets: Uint32Array;
  /** L2 distance from the start. */
  readonly l2: Float32Array;
  /** L-infinity distance from the start. */
  readonly linf: Float32Array;
  /** 1 where the encoder it was made with predicts the label it carries; null for an encoder without a classifier. */
  readonly reached: Float32Array | null;
  /** Feature distance at the end over that at the start; null where no features are matched. */
  readonly remaining: Float32Array | null;
}

/** Everything needed to build a constructed set again, bit for bit on the same adapter and kernels. */
export interface ConstructionManifest {
  readonly schemaVersion: 1 | 2;
  readonly name: string;
  readonly method: string;
  /** Complete settings. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly source: { readonly name: string; readonly sha256: string };
  /** sha256 of the weights file of the encoder. */
  readonly encoder: string;
  readonly adapter: string;
  /** The memory that kernels read from: "buffer" or "texture". Version 1 calls it `kernelVariant`. */
  readonly readPath: string;
  /** Of the images and labels. */
  readonly sha256: string;
  readonly classNames: readonly string[];
}

/** The bytes of the set as a safetensors file: `images` [N, 3, H, W] float32, `labels`, `sources`, `targets` [N]. */
export function encodeConstruction({ set, sources, targets }: Construction): Uint8Array<ArrayBuffer> {
  const shape = [set.count, 3, set.height, set.width];
  return encodeSafetensors(
    new Map([
      ["images", { dtype: "F32" as const, shape, data: set.images as Float32Array<ArrayBuffer> }],
      ["labels", { dtype: "U8" as const, shape: [set.count], data: set.labels }],
      ["sources", { dtype: "U32" as const, shape: [set.count], data: Uint32Array.from(sources) }],
      ["targets", { dtype: "U32" as const, shape: [set.count], data: Uint32Array.from(targets) }],
    ]),
  );
}

/**
 * Parses the file of a set made by {@linkcode encodeConstruction}, and checks it against its manifest.
 *
 * @param options.path Where it was read from, for error messages.
 * @throws {RangeError} If the images are not those the manifest speaks of.
 */
export function parseConstruction(
  bytes: Uint8Array<ArrayBuffer>,
  { path, manifest }: { path: string; manifest: ConstructionManifest },
): ImageSet {
  const file = parseSafetensors(bytes, { path });
  const images = getTensor(file, "images", { dtype: "F32" });
  const labels = getTensor(file, "labels", { dtype: "U8" });
  const [, , height, width] = images.shape;
  const { name, classNames } = manifest;
  const set = imageSet({ name, classNames, height, width, images: images.data, labels: labels.data });
  if (set.sha256 !== manifest.sha256) {
    throw new RangeError(
      `Cannot read feature set ${path}: its content has sha256 ${set.sha256}, the manifest says ${manifest.sha256}`,
    );
  }
  return set;
}
