/** Conversion of F16, BF16 and F64 to float32. */
import type { Dtype, HostTensor } from "./safetensors.ts";

/** Element types that {@linkcode float32Of} converts. */
const FLOATS: readonly Dtype[] = ["F16", "BF16", "F64"];

/** Whether an element type holds floating point numbers other than float32. */
export function isFloat(dtype: Dtype): boolean {
  return FLOATS.includes(dtype);
}

/**
 * The numbers of a tensor in F16, BF16 or F64 as float32: the first two exactly, the third rounded to nearest, where
 * numbers beyond 3.4e38 become infinite. Null for every other element type.
 */
export function float32Of({ dtype, data }: HostTensor): Float32Array<ArrayBuffer> | null {
  switch (dtype) {
    case "F64":
      return Float32Array.from(data);
    case "F16":
      return Float32Array.from(new Float16Array(data.buffer, data.byteOffset, data.length));
    case "BF16":
      return new Float32Array(Uint32Array.from(data, (bits) => bits << 16).buffer);
    default:
      return null;
  }
}
