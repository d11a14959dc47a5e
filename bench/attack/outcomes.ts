/** Outcomes of single images, as a file. */

import type { AutoAttackResult } from "../../attacks/autoattack/types.ts";
import type { ImageSet } from "../../datasets/types.ts";
import { nhwcToNchw } from "../../engine/arrays/layout.ts";
import { encodeSafetensors, type HostTensor } from "../../engine/files/safetensors.ts";

/**
 * The bytes of `outcomes.safetensors`, n images in the order of the set: `labels` U8 [n]; `clean`, `robust` and for each
 * attack `<name>.correct` U8 [n], 1 where correct (after this attack and all before it); `perturbation` F32 [n], the
 * distance of the attack's image; optionally `images` F32 [n, C, H, W].
 */
export function encodeOutcomes(
  result: AutoAttackResult,
  { set, images }: { set: ImageSet; images: boolean },
): Uint8Array<ArrayBuffer> {
  const { count: n, channels, height, width } = set;
  const bits = (data: Uint8Array<ArrayBuffer>): HostTensor => ({ dtype: "U8", shape: [n], data });
  const tensors = new Map<string, HostTensor>([
    ["labels", bits(set.labels)],
    ["clean", bits(result.clean)],
    ["robust", bits(result.robust)],
    ["perturbation", { dtype: "F32", shape: [n], data: result.perturbation }],
  ]);
  for (const { name, correct } of result.attacks) tensors.set(`${name}.correct`, bits(correct));
  if (images) {
    const data = nhwcToNchw(result.images, [n, height, width, channels]);
    tensors.set("images", { dtype: "F32", shape: [n, channels, height, width], data });
  }
  return encodeSafetensors(tensors);
}
