/** The type of data sets.
 *
 * @module
 */
import { sha256 as startSha256 } from "../common/sha256.ts";
import type { Stream } from "../common/random.ts";

/** Images with labels. */
export interface ImageSet {
  /** "CIFAR-10/train". */
  readonly name: string;
  /** Of the bytes of `images`, then of `labels`. */
  readonly sha256: string;
  readonly classNames: readonly string[];
  readonly count: number;
  readonly channels: 3;
  readonly height: number;
  readonly width: number;
  /**
   * NCHW. Bytes stand for byte / 255, as natural images come; constructed sets are float32 in [0, 1], because
   * rounding would change the perturbations they are made of.
   */
  readonly images: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  /** One class index per image. */
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** A data set with its splits. */
export interface Dataset {
  readonly name: string;
  /** Of the hashes of all splits: changes if any image or label does. */
  readonly sha256: string;
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Splits of planted data in which only one of the two cues is present. */
  readonly extraTests?: { readonly robustCueOnly: ImageSet; readonly nonRobustCueOnly: ImageSet };
  /** sha256 of the files it was read from, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly licence: string;
  /** Its origin: an address, or the method that generates it. */
  readonly source: string;
}

/**
 * Makes an image set: counts, checks and hashes it.
 *
 * @throws {RangeError} If the number of values or labels does not fit, a label has no class, or a float32 pixel is
 * not in [0, 1].
 */
export function imageSet(parts: Omit<ImageSet, "sha256" | "count" | "channels">): ImageSet {
  const { name, images, labels, height, width, classNames } = parts;
  const count = labels.length;
  const expected = count * 3 * height * width;
  if (images.length !== expected) {
    throw new RangeError(
      `Cannot make image set ${name}: ${count} images of 3 x ${height} x ${width} are ${expected} values, ` +
        `there are ${images.length}`,
    );
  }
  const bad = labels.findIndex((label) => label >= classNames.length);
  if (bad >= 0) {
    throw new RangeError(
      `Cannot make image set ${name}: there are ${classNames.length} classes, label ${bad} is ${labels[bad]}`,
    );
  }
  // Written so that a pixel that is not a number is refused, too.
  const odd = images instanceof Float32Array ? images.findIndex((pixel) => !(pixel >= 0 && pixel <= 1)) : -1;
  if (odd >= 0) {
    throw new RangeError(
      `Cannot make image set ${name}: pixels are in [0, 1], image ${Math.floor(odd * count / expected)} has ${
        images[odd]
      }`,
    );
  }
  const sha256 = startSha256().update(bytesOf(images)).update(labels).hex();
  return { ...parts, count, channels: 3, sha256 };
}

/** Makes a data set: its hash covers the hashes of all splits. */
export function dataset(parts: Omit<Dataset, "sha256">): Dataset {
  const { train, test, extraTests } = parts;
  const hash = startSha256();
  for (const split of [train, test, extraTests?.robustCueOnly, extraTests?.nonRobustCueOnly]) {
    if (split) hash.update(split.sha256);
  }
  return { ...parts, sha256: hash.hex() };
}

/** The pixels as float32 in [0, 1], NCHW; a copy only where the set holds bytes. */
export function toFloat({ images }: Pick<ImageSet, "images">): Float32Array<ArrayBuffer> {
  return images instanceof Float32Array ? images : Float32Array.from(images, (byte) => byte / 255);
}

/**
 * `n` images of a set: the first `n`, or with a stream `n` different ones in random order.
 *
 * @throws {RangeError} If `n` is not an integer between 1 and the number of images.
 */
export function subset(set: ImageSet, n: number, { stream }: { stream?: Stream } = {}): ImageSet {
  if (!Number.isInteger(n) || n < 1 || n > set.count) {
    throw new RangeError(
      `Cannot take a subset of ${set.name}: it has ${set.count} images, ${n} were asked for`,
    );
  }
  if (!stream && n === set.count) return set;
  const size = set.channels * set.height * set.width;
  if (!stream) {
    return imageSet({ ...set, images: set.images.slice(0, n * size), labels: set.labels.slice(0, n) });
  }
  const chosen = stream.permutation(0, set.count).subarray(0, n);
  const images = set.images instanceof Float32Array ? new Float32Array(n * size) : new Uint8Array(n * size);
  chosen.forEach((from, to) => images.set(set.images.subarray(from * size, (from + 1) * size), to * size));
  return imageSet({ ...set, images, labels: Uint8Array.from(chosen, (i) => set.labels[i]) });
}

function bytesOf(array: Uint8Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
