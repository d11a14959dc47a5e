/** Random damage to files; equal numbers give equal damage. */
import { stream } from "../../common/random.ts";

/** A damaged copy. */
export interface Mutation {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What was done, for messages: "bit 3 of byte 17 flipped". */
  readonly what: string;
}

/** One kind of damage, given random integers below a bound. */
type Damage = (bytes: Uint8Array<ArrayBuffer>, below: (n: number) => number) => Mutation;

/**
 * Damages a file: bits flipped, bytes replaced, cut, lengthened, swapped; one of these or several.
 *
 * @param bytes At least one; they stay as they are.
 * @param number Which damage: a whole number from 0.
 * @returns It may happen to be the file as it was.
 */
export function mutate(bytes: Uint8Array, number: number): Mutation {
  const draws = stream(number, "damage to files");
  let index = 0;
  const below = (n: number) => draws.below(n, { step: 0, example: 0, index: index++ });
  let mutation: Mutation = { bytes: Uint8Array.from(bytes), what: "" };
  for (let times = below(4) === 0 ? 3 : 1; times > 0 && mutation.bytes.length > 0; times--) {
    const { bytes, what } = DAMAGES[below(DAMAGES.length)](mutation.bytes, below);
    mutation = { bytes, what: mutation.what === "" ? what : `${mutation.what}, then ${what}` };
  }
  return mutation;
}

/** A place: headers and the first and last bytes are hit as often as all the rest. */
function place(length: number, below: (n: number) => number): number {
  const near = Math.min(length, 64);
  return [below(near), length - 1 - below(near), below(length), below(length)][below(4)];
}

/** A stretch of at least one byte. */
function stretch(length: number, below: (n: number) => number): readonly [from: number, to: number] {
  const from = place(length, below);
  return [from, Math.min(length, from + 1 + below(Math.min(length, 256)))];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) out.set(part, at), at += part.length;
  return out;
}

const DAMAGES: readonly Damage[] = [
  (bytes, below) => {
    const at = place(bytes.length, below), bit = below(8);
    bytes[at] ^= 1 << bit;
    return { bytes, what: `bit ${bit} of byte ${at} flipped` };
  },
  (bytes, below) => {
    const at = place(bytes.length, below);
    bytes[at] = [0, 0x22, 0x2c, 0x39, 0x7b, 0xff, below(256)][below(7)];
    return { bytes, what: `byte ${at} made ${bytes[at]}` };
  },
  (bytes, below) => {
    const [from, to] = stretch(bytes.length, below);
    bytes.fill(0, from, to);
    return { bytes, what: `bytes ${from} to ${to} made 0` };
  },
  (bytes, below) => {
    const length = below(2) === 0 ? place(bytes.length, below) : 0;
    return { bytes: bytes.slice(0, length), what: `cut to ${length} bytes` };
  },
  (bytes, below) => {
    const [from, to] = stretch(bytes.length, below);
    return {
      bytes: joined(bytes.subarray(0, from), bytes.subarray(to)),
      what: `bytes ${from} to ${to} cut out`,
    };
  },
  (bytes, below) => {
    const tail = Uint8Array.from({ length: 1 + below(64) }, () => below(256));
    return { bytes: joined(bytes, tail), what: `${tail.length} bytes added at the end` };
  },
  (bytes, below) => {
    const [from, to] = stretch(bytes.length, below);
    const parts = [bytes.subarray(0, to), bytes.subarray(from)];
    return { bytes: joined(...parts), what: `bytes ${from} to ${to} doubled` };
  },
  (bytes, below) => {
    const [a, b] = [place(bytes.length, below), place(bytes.length, below)].sort((a, b) => a - b);
    const [c, d] = [b, Math.min(bytes.length, b + 1 + below(64))];
    const parts = [bytes.subarray(0, a), bytes.subarray(c, d), bytes.subarray(a, c), bytes.subarray(d)];
    return { bytes: joined(...parts), what: `bytes ${a} to ${c} and ${c} to ${d} swapped` };
  },
];
