/** Checkpoints: tensors and a JSON state in one safetensors file with the hash of both, written atomically.
 *
 * @module
 */
import { hashTensors } from "./hash_tensors.ts";
import { type HostTensor, readSafetensors, writeSafetensors } from "./safetensors.ts";

export { writeFileAtomic } from "../../common/atomic_file.ts";

/** What JSON can hold. Numbers must be finite. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Everything needed to resume: weights and optimiser state, and step, cursor and the like as JSON. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly state: Json;
}

const FORMAT_KEY = "realfeatures.checkpoint";
const STATE_KEY = "realfeatures.state";
const HASH_KEY = "realfeatures.sha256";
const FORMAT = "2";

/**
 * Saves a checkpoint. A kill at any moment leaves the previous file at `path` whole.
 *
 * @throws {TypeError} If `state` holds what JSON would lose: a number that is not finite, undefined, a class instance.
 * @throws {Error} If the file cannot be written.
 */
export async function saveCheckpoint(path: string, { tensors, state }: Checkpoint): Promise<void> {
  checkJson(state, "state");
  const text = JSON.stringify(state);
  const metadata = { [FORMAT_KEY]: FORMAT, [STATE_KEY]: text, [HASH_KEY]: hashTensors(tensors, text) };
  await writeSafetensors(path, tensors, { metadata });
}

/**
 * Loads what {@linkcode saveCheckpoint} saved.
 *
 * @throws {SyntaxError} If the file is not a safetensors file or not a checkpoint of this version, or damaged: tensors and
 * state have another hash than they were written with.
 * @throws {RangeError} If its offsets are wrong.
 */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata[FORMAT_KEY] !== FORMAT) {
    const found = metadata[FORMAT_KEY] ? `version ${metadata[FORMAT_KEY]}` : "a plain safetensors file";
    throw new SyntaxError(
      `Cannot load checkpoint ${path}: it must be a checkpoint of version ${FORMAT}, it is ${found}`,
    );
  }
  const text = metadata[STATE_KEY] ?? "";
  if (metadata[HASH_KEY] !== hashTensors(tensors, text)) {
    throw new SyntaxError(
      `Cannot load checkpoint ${path}: it has another sha256 than what was written, the file is damaged`,
    );
  }
  try {
    return { tensors, state: JSON.parse(text) };
  } catch (cause) {
    throw new SyntaxError(`Cannot load checkpoint ${path}: its state is not JSON`, { cause });
  }
}

function checkJson(value: unknown, where: string): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (Array.isArray(value)) return value.forEach((item, i) => checkJson(item, `${where}[${i}]`));
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, item] of Object.entries(value)) checkJson(item, `${where}.${key}`);
    return;
  }
  throw new TypeError(
    `Cannot save checkpoint: ${where} must be JSON with finite numbers, it is ${String(value)}`,
  );
}
