/** What an evaluation in progress consists of, and how it is kept. */

import type { Checkpoint, Json } from "../../engine/files/checkpoint.ts";
import type { HostTensor } from "../../engine/files/safetensors.ts";
import type { SlotSnapshot } from "../slots/run_slots.ts";
import type { AttackName, Examples, Safety, StageOutcome } from "./types.ts";
import type { AttackWarning } from "../diagnostics/warning.ts";

/** Everything that is known so far. */
export interface Progress {
  readonly clean: Uint8Array<ArrayBuffer>;
  /** Scores of the clean images, [n, classes]: targets are chosen by them. */
  readonly logits: Float32Array<ArrayBuffer>;
  /** 1 where nothing has misclassified the model yet, [n]. */
  readonly robust: Uint8Array<ArrayBuffer>;
  /** Fooling images where there are such, [n, H, W, C]. */
  readonly images: Float32Array<ArrayBuffer>;
  readonly outcomes: StageOutcome[];
  readonly warnings: AttackWarning[];
  /** Seconds before the first attack. */
  cleanSeconds: number;
  /** The attack under way. */
  current: CurrentAttack | null;
}

/** An attack under way: examples that it has done, and those in its slots. */
export interface CurrentAttack {
  /** Examples that it was given. */
  readonly attacked: number;
  /** 1 where it found an image that fools; not yet judged again. */
  readonly misclassified: Uint8Array<ArrayBuffer>;
  /** Examples that it has done. */
  done: number;
  /** Seconds up to the snapshot. */
  seconds: number;
  /** Null at its beginning and at its end. */
  snapshot: SlotSnapshot | null;
}

/** Before anything is known. */
export function startProgress(
  { images, labels }: Examples,
  { clean, logits }: { clean: Uint8Array<ArrayBuffer>; logits: Float32Array<ArrayBuffer> },
): Progress {
  if (clean.length !== labels.length) {
    throw new RangeError("Cannot begin: clean outcomes do not fit the labels");
  }
  return {
    clean,
    logits,
    robust: clean.slice(),
    images: Float32Array.from(images),
    outcomes: [],
    warnings: [],
    cleanSeconds: 0,
    current: null,
  };
}

/** What of the evaluation the progress belongs to: equal texts, equal evaluations. */
export type Identity = Readonly<Record<string, string | number>>;

interface StateJson {
  readonly identity: Identity;
  readonly outcomes: readonly { name: AttackName; attacked: number; safety: Safety; seconds: number }[];
  readonly warnings: readonly AttackWarning[];
  readonly cleanSeconds: number;
  readonly current: {
    attacked: number;
    done: number;
    seconds: number;
    snapshot: { live: readonly number[]; ages: readonly number[]; waiting: readonly number[] } | null;
  } | null;
}

/** Packs progress for a file. */
export function packProgress(progress: Progress, identity: Identity): Checkpoint {
  const { clean, robust, images, logits, outcomes, warnings, cleanSeconds, current } = progress;
  const tensors = new Map<string, HostTensor>([
    ["clean", bits(clean)],
    ["robust", bits(robust)],
    ["logits", floats(logits)],
    ["images", floats(images)],
    ...outcomes.map(({ correct }, i) => [`correct ${i}`, bits(correct)] as const),
  ]);
  if (current !== null) tensors.set("misclassified", bits(current.misclassified));
  for (const [name, data] of current?.snapshot?.rows ?? []) {
    tensors.set(
      `slot ${name}`,
      data instanceof Float32Array
        ? floats(Float32Array.from(data))
        : { dtype: "U32", shape: [data.length], data: Uint32Array.from(data) },
    );
  }
  const state: StateJson = {
    identity,
    outcomes: outcomes.map(({ name, attacked, safety, seconds }) => ({ name, attacked, safety, seconds })),
    warnings,
    cleanSeconds,
    current: current && {
      attacked: current.attacked,
      done: current.done,
      seconds: current.seconds,
      snapshot: current.snapshot && {
        live: current.snapshot.live,
        ages: current.snapshot.ages,
        waiting: current.snapshot.waiting,
      },
    },
  };
  return { tensors, state: state as unknown as Json };
}

/**
 * Unpacks what {@linkcode packProgress} packed.
 *
 * @throws {RangeError} If it is of another evaluation: the message says in what they differ.
 * @throws {SyntaxError} If it does not hold what an evaluation's state holds.
 */
export function unpackProgress({ tensors, state }: Checkpoint, identity: Identity): Progress {
  const { identity: kept, outcomes, warnings, cleanSeconds, current } = state as unknown as StateJson;
  if (kept === undefined || outcomes === undefined) {
    throw new SyntaxError("Cannot go on with evaluation: the state is not that of an evaluation by attacks");
  }
  checkIdentity(kept, identity);
  const take = <A>(name: string) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      throw new SyntaxError(`Cannot go on with evaluation: its state lacks "${name}"`);
    }
    return tensor.data as A;
  };
  type Bits = Uint8Array<ArrayBuffer>;
  return {
    clean: take<Bits>("clean"),
    robust: take<Bits>("robust"),
    logits: take<Float32Array<ArrayBuffer>>("logits"),
    images: take<Float32Array<ArrayBuffer>>("images"),
    outcomes: outcomes.map((outcome, i) => ({ ...outcome, correct: take<Bits>(`correct ${i}`) })),
    warnings: [...warnings],
    cleanSeconds,
    current: current && {
      attacked: current.attacked,
      done: current.done,
      seconds: current.seconds,
      misclassified: take<Bits>("misclassified"),
      snapshot: current.snapshot && {
        ...current.snapshot,
        rows: new Map(
          [...tensors].filter(([name]) => name.startsWith("slot ")).map(([name, { data }]) =>
            [name.slice(5), data as Float32Array | Uint32Array] as const
          ),
        ),
      },
    },
  };
}

/** @throws {RangeError} If the two differ. */
export function checkIdentity(kept: Identity, asked: Identity): void {
  const names = [...new Set([...Object.keys(kept), ...Object.keys(asked)])];
  const other = names.filter((name) => kept[name] !== asked[name]);
  if (other.length === 0) return;
  const list = other.map((name) => `${name} was ${kept[name] ?? "absent"} and is ${asked[name] ?? "absent"}`);
  throw new RangeError(
    `Cannot go on with evaluation: its state is of another one, ${list.join("; ")}\n` +
      "Hint: ask for the same again, or begin anew in another place",
  );
}

function bits(data: Uint8Array<ArrayBuffer>): HostTensor {
  return { dtype: "U8", shape: [data.length], data };
}

function floats(data: Float32Array<ArrayBuffer>): HostTensor {
  return { dtype: "F32", shape: [data.length], data };
}
