/**
 * Counter-based random numbers: a value is a pure function of (seed, purpose, step, example, index), so it
 * never depends on batch size, on the order of calls or on what else was drawn.
 *
 * The generator is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
 * https://doi.org/10.1145/2063384.2063405). `engine/wgsl/philox.wgsl` computes the same bits on the device.
 *
 * Counter layout: word 0 = example, word 1 = step, word 2 = block, word 3 = 0. One block yields four words;
 * value `index` of an example is lane `index % 4` of block `floor(index / 4)`.
 *
 * @module
 */

/** Four unsigned 32-bit words. */
export type U32x4 = readonly [number, number, number, number];
/** Two unsigned 32-bit words. */
export type U32x2 = readonly [number, number];

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;
const TWO_TO_MINUS_24 = 2 ** -24;

/** High 32 bits of the 64-bit product of two unsigned 32-bit words. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff, aHigh = a >>> 16;
  const bLow = b & 0xffff, bHigh = b >>> 16;
  const middle = (Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bLow) >>> 16);
  const carry = (Math.imul(aLow, bHigh) >>> 0) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

/** Writes the Philox4x32-10 block of one counter into `out`; the hot path, so no arrays. */
function block(out: Uint32Array, key: U32x2, c0: number, c1: number, c2: number, c3: number): void {
  let k0 = key[0], k1 = key[1];
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = mulHigh(MULTIPLIER_0, c0), low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = mulHigh(MULTIPLIER_1, c2), low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = low1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * Encrypts one counter: the four output words of Philox4x32-10.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(philox4x32([0, 0, 0, 0], [0, 0])[0], 0x6627e8d5);
 * ```
 */
export function philox4x32(counter: U32x4, key: U32x2): U32x4 {
  const out = new Uint32Array(4);
  block(out, key, counter[0], counter[1], counter[2], counter[3]);
  return [out[0], out[1], out[2], out[3]];
}

/** Maps 32 random bits to [0, 1): the upper 24 bits times 2^-24, exact in float32. */
export function uniform01(bits: number): number {
  return (bits >>> 8) * TWO_TO_MINUS_24;
}

/**
 * Two independent standard normal values from two words (Box-Muller), each rounded to float32.
 * r = sqrt(-2 ln((a >> 8) + 1) 2^-24), angle = 2 pi (b >> 8) 2^-24; returns (r cos, r sin). |value| < 5.77.
 */
export function normal2(a: number, b: number): [number, number] {
  const radius = normalRadius(a), angle = 2 * Math.PI * uniform01(b);
  return [Math.fround(radius * Math.cos(angle)), Math.fround(radius * Math.sin(angle))];
}

function normalRadius(bits: number): number {
  return Math.sqrt(-2 * Math.log(((bits >>> 8) + 1) * TWO_TO_MINUS_24));
}

/** A stream of random numbers for one purpose; has no state beyond its key. Made by {@linkcode stream}. */
export class Stream {
  /** The Philox key, as the kernels need it. */
  readonly key: U32x2;

  constructor(readonly seed: number, readonly purpose: string) {
    this.key = deriveKey(seed, purpose);
  }

  /** The four words of block `block` of one example at one step. */
  bits(step: number, example: number, blockIndex = 0): U32x4 {
    checkWord("step", step);
    checkWord("example", example);
    checkWord("block", blockIndex);
    return philox4x32([example, step, blockIndex, 0], this.key);
  }

  /** Uniform value number `index` of one example at one step, in [0, 1), with 24 random bits. */
  uniform(step: number, example: number, index = 0): number {
    return uniform01(this.bits(step, example, Math.floor(index / 4))[index % 4]);
  }

  /** Standard normal value number `index` of one example at one step; see {@linkcode normal2}. */
  normal(step: number, example: number, index = 0): number {
    const words = this.bits(step, example, Math.floor(index / 4));
    const pair = index % 4 < 2 ? normal2(words[0], words[1]) : normal2(words[2], words[3]);
    return pair[index % 2];
  }

  /** Uniform integer in [0, n) from value number `index`; the bias is below n / 2^32. */
  below(n: number, { step, example, index = 0 }: { step: number; example: number; index?: number }): number {
    if (!Number.isInteger(n) || n < 1 || n > 0xffffffff) {
      throw new RangeError(`Cannot draw an integer: the bound must be between 1 and 2^32 - 1, it is ${n}`);
    }
    return mulHigh(this.bits(step, example, Math.floor(index / 4))[index % 4], n);
  }

  /** Fills `out`: element i is `uniform(step, example, i)`. Returns `out`. */
  fillUniform<B extends ArrayBufferLike>(
    step: number,
    out: Float32Array<B>,
    { example = 0 } = {},
  ): Float32Array<B> {
    this.#eachBlock({ step, example, length: out.length }, (words, start, count) => {
      for (let lane = 0; lane < count; lane++) out[start + lane] = uniform01(words[lane]);
    });
    return out;
  }

  /** Fills `out`: element i is `normal(step, example, i)`. Returns `out`. */
  fillNormal<B extends ArrayBufferLike>(
    step: number,
    out: Float32Array<B>,
    { example = 0 } = {},
  ): Float32Array<B> {
    this.#eachBlock({ step, example, length: out.length }, (words, start, count) => {
      for (let lane = 0; lane < count; lane += 2) { // normal2 without its arrays
        const radius = normalRadius(words[lane]), angle = 2 * Math.PI * uniform01(words[lane + 1]);
        out[start + lane] = radius * Math.cos(angle);
        if (lane + 1 < count) out[start + lane + 1] = radius * Math.sin(angle);
      }
    });
    return out;
  }

  /**
   * A shuffle of 0..n-1 (Fisher-Yates from the end; each draw is the high word of a 32 x 32 product, so its
   * bias is below n / 2^32).
   *
   * @throws {RangeError} If `n` is not an integer between 0 and 2^32 - 1.
   */
  permutation(step: number, n: number): Uint32Array<ArrayBuffer> {
    checkWord("n", n);
    const out = new Uint32Array(n);
    for (let i = 0; i < n; i++) out[i] = i;
    this.#eachBlock({ step, example: 0, length: Math.max(0, n - 1) }, (words, start, count) => {
      for (let lane = 0; lane < count; lane++) {
        const last = n - 1 - start - lane;
        const other = mulHigh(words[lane], last + 1);
        const value = out[last];
        out[last] = out[other];
        out[other] = value;
      }
    });
    return out;
  }

  #eachBlock(
    { step, example, length }: { step: number; example: number; length: number },
    visit: (words: Uint32Array, start: number, count: number) => void,
  ): void {
    checkWord("step", step);
    checkWord("example", example);
    const words = new Uint32Array(4);
    for (let start = 0; start < length; start += 4) {
      block(words, this.key, example, step, start / 4, 0);
      visit(words, start, Math.min(4, length - start));
    }
  }
}

/**
 * The stream of a seed and a purpose, such as `stream(0, "init")` or `stream(0, "planted/noise")`.
 * Equal arguments give equal streams; different purposes give unrelated ones.
 *
 * @throws {RangeError} If `seed` is not an integer between 0 and 2^53 - 1.
 */
export function stream(seed: number, purpose: string): Stream {
  return new Stream(seed, purpose);
}

/** Key: the purpose through 64-bit FNV-1a (UTF-8), then seed and hash through Philox as a mixer. */
function deriveKey(seed: number, purpose: string): U32x2 {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `Cannot make a random stream: the seed must be an integer in [0, 2^53), it is ${seed}`,
    );
  }
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(purpose)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  const counter: U32x4 = [
    Number(hash & 0xffffffffn),
    Number(hash >> 32n),
    seed >>> 0,
    Math.floor(seed / 2 ** 32),
  ];
  const [k0, k1] = philox4x32(counter, [0x7265616c, 0x66656174]); // "real", "feat"
  return [k0, k1];
}

function checkWord(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError(
      `Cannot draw random numbers: ${name} must be an integer between 0 and 2^32 - 1, it is ${value}`,
    );
  }
}
