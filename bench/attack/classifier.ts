/** The attacked network, read from a file of weights. */

import { basename } from "node:path";
import { readBytes } from "../../common/read_file.ts";
import type { Model } from "../../engine/nn/model.ts";
import { resnet, type ResnetArch } from "../../engine/nn/resnet.ts";
import { resnetArchOf, resnetFromWeights } from "../../engine/nn/resnet_from_weights.ts";
import { plainOutline, type PlainStateDict, plainStateDict } from "../../engine/nn/state_dict.ts";
import { checkOutline, checkWeights } from "../../engine/nn/weights.ts";
import { printable } from "../../common/printable.ts";
import {
  type HostTensor,
  OtherFormatError,
  parseSafetensors,
  readSafetensorsHeader,
  type TensorInfo,
} from "../../engine/files/safetensors.ts";
import { sha256Hex } from "../../common/sha256.ts";
import { UsageError } from "../../common/usage_error.ts";
import type { AttackConfiguration } from "../records/attack_record.ts";

/** A network and its weights on the host. */
export interface LoadedClassifier {
  readonly model: Model;
  /** Under the model's names. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** Architecture, and the hash of the file. */
  readonly configuration: AttackConfiguration["weights"];
  /** Name of the file, without its folder. */
  readonly file: string;
}

/** The network that a file is read as. */
export interface ClassifierOptions {
  readonly arch: ResnetArch;
  readonly mean: readonly number[] | null;
  readonly std: readonly number[] | null;
  /** Receives notes on changes of names and numbers. */
  readonly note: (text: string) => void;
}

/**
 * Reads a network from safetensors under PyTorch's names; {@linkcode plainStateDict} normalises them. Names,
 * types and shapes are checked before the numbers are read, so that a wrong file is refused whatever its size.
 *
 * @throws {UsageError} If the file cannot be read, or its tensors are not those of the architecture: those that are
 * missing, unexpected or of another shape are named.
 */
export async function readClassifier(path: string, options: ClassifierOptions): Promise<LoadedClassifier> {
  const { arch, mean, std, note } = options;
  let outline: ReadonlyMap<string, TensorInfo> = new Map();
  try {
    outline = plainOutline(await readSafetensorsHeader(path));
    const config = {
      ...resnetFromWeights(arch, outline),
      ...(mean === null ? {} : { mean }),
      ...(std === null ? {} : { std }),
    };
    checkSize(config, outline);
    const model = resnet(config, { seed: 0 });
    checkOutline(model, outline);
    const bytes = await readBytes(path);
    const plain = plainStateDict(parseSafetensors(bytes, { path }).tensors);
    checkWeights(model, plain.tensors);
    for (const text of describeChanges(plain)) note(`${printable(path)}: ${text}`);
    const { widths, inputChannels, classes } = config;
    const sha256 = sha256Hex(bytes);
    const configuration = { sha256, arch, widths, inputChannels, classes, mean, std };
    return { model, tensors: plain.tensors, configuration, file: basename(path) };
  } catch (cause) {
    throw refusal(cause, { path, hint: hintFor(cause, { path, arch, outline }) });
  }
}

/** Changes of names and numbers, in sentences. */
function describeChanges({ prefix, added, converted }: PlainStateDict): string[] {
  const types = [...converted].map(([dtype, count]) => `${count} in ${dtype}`);
  return [
    ...(prefix === "" ? [] : [`all names begin with ${prefix}, which is left out`]),
    ...(added.length === 0
      ? []
      : [`${added.length} layers have no usable num_batches_tracked; no score needs it`]),
    ...(types.length === 0 ? [] : [`tensors are converted to float32, ${types.join(", ")}`]),
  ];
}

/** Size of a layer, in numbers, that is never refused: above any layer of the published networks. */
const USUAL_SIZE = 5e6;

/**
 * Refuses sizes that the file cannot hold, before a network of these sizes is created.
 *
 * @throws {RangeError} If a layer of the network alone has more numbers than the file.
 */
function checkSize(
  { arch, widths, inputChannels, classes }: ReturnType<typeof resnetFromWeights>,
  outline: ReadonlyMap<string, TensorInfo>,
): void {
  const count = [...outline.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const largest = Math.max(
    ...widths.map((width) => 9 * width * width),
    9 * inputChannels * widths[0],
    classes * widths[widths.length - 1],
  );
  if (largest <= Math.max(count, USUAL_SIZE)) return;
  throw new RangeError(
    `Cannot load weights: their shapes ask for ${arch} of widths ${
      widths.join(", ")
    }, ${inputChannels} input ` +
      `channels and ${classes} classes, where one layer has ${largest} numbers, the file holds ${count}`,
  );
}

/** Turns an error about the file into an error of usage with its path; bugs are returned as they are. */
function refusal(cause: unknown, { path, hint }: { path: string; hint: string }): unknown {
  if (!(cause instanceof Error) || !cause.message.startsWith("Cannot ")) return cause;
  const message = cause.message.replace(/^Cannot load weights:/, `Cannot load weights ${printable(path)}:`);
  return new UsageError(message + hint, { cause });
}

/** A hint for unusable weights; "" if there is no advice. */
function hintFor(
  cause: unknown,
  { path, arch, outline }: {
    path: string;
    arch: ResnetArch;
    outline: ReadonlyMap<string, TensorInfo>;
  },
): string {
  if (cause instanceof OtherFormatError) return pythonHint(path);
  if (cause instanceof SyntaxError) {
    return "\nHint: docs/attacks.md shows how to write safetensors from PyTorch";
  }
  const other = resnetArchOf(outline.keys());
  if (other === null) return "";
  if (other !== arch) return `\nHint: the names are those of ${other}: option arch ${other}`;
  if (outline.has("linear.weight")) return "";
  return "\nHint: this is an encoder without its last layer, linear; docs/attacks.md says which weights can be attacked";
}

/** Lines of Python that convert a PyTorch archive to safetensors. */
function pythonHint(path: string): string {
  const quoted = (text: string) => JSON.stringify(text);
  return `
Hint: if PyTorch wrote it, save it by these lines of Python (packages torch and safetensors):
  import torch
  from safetensors.torch import save_file
  state = torch.load(${quoted(path)}, map_location="cpu", weights_only=True)
  state = state.get("state_dict", state.get("model", state.get("net", state)))
  save_file({name: x.contiguous() for name, x in state.items()}, ${
    quoted(`${path.replace(/\.[^./]+$/, "")}.safetensors`)
  })`;
}
