/** The head of a probe, from the device to a file and back. */
import type { Gpu } from "../../engine/device/device.ts";
import { linear } from "../../engine/ops/linear.ts";
import type { HostTensor } from "../../engine/files/safetensors.ts";
import { read, release, write } from "../../engine/graph/variables.ts";
import { type LinearHead, newHead } from "../../paradigms/linear_head.ts";
import type { Probe } from "../../paradigms/probe.ts";
import type { Learner } from "../../paradigms/types.ts";

/** A head as tensors: `weight` [classes, features] and `bias` [classes]. */
export type HeadTensors = ReadonlyMap<string, HostTensor>;

/** Copies a head from the device. */
export async function exportHead(gpu: Gpu, head: LinearHead): Promise<Map<string, HostTensor>> {
  const tensor = async (variable: LinearHead["weight"]): Promise<HostTensor> => ({
    dtype: "F32",
    shape: [...variable.spec.shape],
    data: await read(gpu, variable) as Float32Array<ArrayBuffer>,
  });
  return new Map([["weight", await tensor(head.weight)], ["bias", await tensor(head.bias)]]);
}

/**
 * A probe of an encoder with the head of {@linkcode exportHead}.
 *
 * @throws {RangeError} If the tensors are not those of such a head.
 */
export function restoreProbe(
  gpu: Gpu,
  { learner, head, classes }: { learner: Learner; head: HeadTensors; classes: number },
): Probe {
  const { weight, bias } = newHead(classes, learner.featureSize);
  write(gpu, weight, head.get("weight")!.data as Float32Array<ArrayBuffer>);
  write(gpu, bias, head.get("bias")!.data as Float32Array<ArrayBuffer>);
  return {
    weight,
    bias,
    logits: (images) => linear(learner.features(images), weight, bias),
    dispose: () => release(gpu, [weight, bias]),
  };
}
