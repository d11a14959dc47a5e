/** Progress of an evaluation, and its checkpoint. */

import type { Checkpoint, Json } from "../../engine/files/checkpoint.ts";
import type { HostTensor } from "../../engine/files/safetensors.ts";
import type { SlotSnapshot } from "../slots/run_slots.ts";
import type { AttackName, Safety, StageOutcome } from "./types.ts";
import type { Examples } from "../evaluation/robustness_attack.ts";
import type { AttackWarning } from "../diagnostics/warning.ts";

/** Everything known so far. */
export interface CascadeProgress {
  readonly clean: Uint8Array<ArrayBuffer>;
  /** Logits of the clean images, [n, classes]; they rank the targets. */
  readonly logits: Float32Array<ArrayBuffer>;
  /** 1 where no attack has succeeded yet, [n]. */
  readonly robust: Uint8Array<ArrayBuffer>;
  /** Adversarial images where an attack succeeded, else the clean ones, [n, H, W, C]. */
  readonly images: Float32Array<ArrayBuffer>;
  readonly outcomes: StageOutcome[];
  readonly warnings: AttackWarning[];
  /** Seconds before the first attack. */
  cleanSeconds: number;
  /** The current attack. */
  current: CurrentAttack | null;
}

/** An attack in progress: its finished examples, and those in its slots. */
export interface CurrentAttack {
  /** Number of its examples. */
  readonly attacked: number;
  /** 1 where it found an adversarial image, not yet verified. */
  readonly misclassified: Uint8Array<ArrayBuffer>;
  /** Examples that it has finished. */
  done: number;
  /** Seconds up to the snapshot. */
  seconds: number;
  /** Null at its start and at its end. */
  snapshot: SlotSnapshot | null;
}

/** Progress before the first attack. */
export function startProgress(
  { images, labels }: Examples,
  { clean, logits }: { clean: Uint8Array<ArrayBuffer>; logits: Float32Array<ArrayBuffer> },
): CascadeProgress {
  if (clean.length !== labels.length) {
    throw new RangeError(
      `Cannot start evaluation: expected ${labels.length} clean outcomes, got ${clean.length}`,
    );
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

/** Identity of the evaluation that progress belongs to: equal values, equal evaluations. */
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
export function packProgress(progress: CascadeProgress, identity: Identity): Checkpoint {
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
 * @throws {RangeError} If it belongs to another evaluation; the message lists the differences.
 * @throws {SyntaxError} If it is not the state of an evaluation.
 */
export function unpackProgress({ tensors, state }: Checkpoint, identity: Identity): CascadeProgress {
  const { identity: kept, outcomes, warnings, cleanSeconds, current } = state as unknown as StateJson;
  if (kept === undefined || outcomes === undefined) {
    throw new SyntaxError("Cannot resume evaluation: the file is not the state of an evaluation");
  }
  checkIdentity(kept, identity);
  const take = <A>(name: string) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      throw new SyntaxError(`Cannot resume evaluation: its state lacks "${name}"`);
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
    `Cannot resume evaluation: its state belongs to another one, ${list.join("; ")}\n` +
      "Hint: resume with the same settings, or start again elsewhere",
  );
}

function bits(data: Uint8Array<ArrayBuffer>): HostTensor {
  return { dtype: "U8", shape: [data.length], data };
}

function floats(data: Float32Array<ArrayBuffer>): HostTensor {
  return { dtype: "F32", shape: [data.length], data };
}
