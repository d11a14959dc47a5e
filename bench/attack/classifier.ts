/** The network that is attacked: from a file of weights. */

import { basename } from "node:path";
import type { Model } from "../../engine/nn/model.ts";
import { resnet, type ResnetArch } from "../../engine/nn/resnet.ts";
import { resnetArchOf, resnetFromWeights } from "../../engine/nn/resnet_from_weights.ts";
import { plainStateDict } from "../../engine/nn/state_dict.ts";
import { checkWeights } from "../../engine/nn/weights.ts";
import { type HostTensor, parseSafetensors } from "../../engine/safetensors.ts";
import { sha256Hex } from "../../engine/sha256.ts";
import { UsageError } from "../terminal/usage_error.ts";
import type { AttackConfiguration } from "./record.ts";

/** A network and its weights, which are not on a device yet. */
export interface Classifier {
  readonly model: Model;
  /** Under the model's names. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** Which network, and the hash of the file. */
  readonly configuration: AttackConfiguration["weights"];
  /** Name of the file, without its folder. */
  readonly file: string;
}

/** Which network a file is to be read as. */
export interface ClassifierOptions {
  readonly arch: ResnetArch;
  readonly mean: readonly number[] | null;
  readonly std: readonly number[] | null;
  /** Told what was done to the names. */
  readonly note: (text: string) => void;
}

/**
 * Reads a network from safetensors under PyTorch's names, with or without a `module.` or `model.` before all of them.
 *
 * @throws {UsageError} If the file cannot be read, or its tensors are not those of the architecture: all that are
 * missing, unexpected or of another shape are listed.
 */
export async function readClassifier(path: string, options: ClassifierOptions): Promise<Classifier> {
  const { arch, mean, std, note } = options;
  const refuse = (cause: unknown, hint = "") => {
    const message = cause instanceof Error ? cause.message : String(cause);
    return new UsageError(message + hint, { cause });
  };
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "no such file" : (cause as Error).message;
    throw new UsageError(`Cannot read weights ${path}: ${reason}`, { cause });
  }
  let file: Map<string, HostTensor>;
  try {
    file = parseSafetensors(bytes, { path }).tensors;
  } catch (cause) {
    throw refuse(cause, "\nHint: docs/attacks.md shows how to write safetensors from PyTorch");
  }
  const { tensors, prefix, added } = plainStateDict(file);
  if (prefix !== "") note(`All names in ${path} begin with ${prefix}, which is left out`);
  if (added.length > 0) {
    note(`${path} has no num_batches_tracked for ${added.length} layers; no score needs it`);
  }
  try {
    const config = {
      ...resnetFromWeights(arch, tensors),
      ...(mean === null ? {} : { mean }),
      ...(std === null ? {} : { std }),
    };
    const model = resnet(config, { seed: 0 });
    checkWeights(model, tensors);
    const { widths, inputChannels, classes } = config;
    const sha256 = await sha256Hex(bytes);
    return {
      model,
      tensors,
      configuration: { sha256, arch, widths, inputChannels, classes, mean, std },
      file: basename(path),
    };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const hint = hintFor(arch, tensors);
    throw refuse(
      new RangeError(cause.message.replace(/^Cannot load weights:/, `Cannot load weights ${path}:`)),
      hint,
    );
  }
}

/** What the names say of weights that do not fit. */
function hintFor(arch: ResnetArch, tensors: ReadonlyMap<string, HostTensor>): string {
  const other = resnetArchOf(tensors.keys());
  if (other === null) return "";
  if (other !== arch) return `\nHint: the names are those of ${other}: --arch ${other}`;
  if (tensors.has("linear.weight")) return "";
  return "\nHint: this is an encoder without its last layer, linear; docs/attacks.md says which weights can be attacked";
}
