import { sha256 } from "../../common/sha256.ts";
import type { HostTensor } from "./safetensors.ts";

/** SHA-256, in hexadecimal, of the names, types, shapes and bytes of tensors, whatever their order, and of a text. */
export function hashTensors(tensors: ReadonlyMap<string, HostTensor>, text = ""): string {
  const hash = sha256();
  for (const name of [...tensors.keys()].sort()) {
    const { dtype, shape, data } = tensors.get(name)!;
    hash.update(JSON.stringify([name, dtype, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.update(text).hex();
}
