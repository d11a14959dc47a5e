/**
 * The header of a safetensors file: an 8-byte little-endian length, then a JSON object that says of each tensor what it is
 * and where its bytes lie. Checked as the reference implementation does, and for names that stand there twice.
 * Source: https://github.com/huggingface/safetensors#format
 */
import { duplicateKey } from "./duplicate_key.ts";
import { printable } from "../../common/printable.ts";
import { isObject } from "../../common/is_object.ts";

/** The array that holds each dtype. `F16` and `BF16` are raw bits, `BOOL` is 0 or 1. */
export interface DtypeArrays {
  F64: Float64Array<ArrayBuffer>;
  F32: Float32Array<ArrayBuffer>;
  F16: Uint16Array<ArrayBuffer>;
  BF16: Uint16Array<ArrayBuffer>;
  I64: BigInt64Array<ArrayBuffer>;
  I32: Int32Array<ArrayBuffer>;
  I16: Int16Array<ArrayBuffer>;
  I8: Int8Array<ArrayBuffer>;
  U64: BigUint64Array<ArrayBuffer>;
  U32: Uint32Array<ArrayBuffer>;
  U16: Uint16Array<ArrayBuffer>;
  U8: Uint8Array<ArrayBuffer>;
  BOOL: Uint8Array<ArrayBuffer>;
}

/** Names of the element types. */
export type Dtype = keyof DtypeArrays;

/** The constructor of each dtype's array. */
export const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** Bytes of the length before the header. */
export const LENGTH_BYTES = 8;

/** The limit of the reference implementation, in bytes. */
const MAX_HEADER_BYTES = 100_000_000;

/** Type and shape of a tensor. */
export interface TensorInfo {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** One entry of the header, checked; offsets count from the end of the header. */
export interface Entry extends TensorInfo {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

/** A whole header, checked. */
export interface Header {
  /** In the order of their bytes. */
  readonly entries: readonly Entry[];
  readonly metadata: Record<string, string>;
}

/** Which file, for errors, and how large it is. */
export interface HeaderOf {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Reads the length of the header from the first bytes of a file.
 *
 * @param start The first 8 bytes; fewer where the file is shorter.
 * @throws {SyntaxError} If the file is not a safetensors file: too short, or the length exceeds the file or the limit.
 */
export function headerLength(start: Uint8Array, { path, sizeBytes }: HeaderOf): number {
  checkOther(start, path);
  if (start.length < LENGTH_BYTES) {
    throw fail(path, `a safetensors file has at least ${LENGTH_BYTES} bytes, this has ${start.length}`);
  }
  const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    throw fail(
      path,
      `its header claims ${length} bytes, the limit is ${MAX_HEADER_BYTES}; it may not be safetensors`,
    );
  }
  const rest = sizeBytes - LENGTH_BYTES;
  if (length > rest) {
    throw fail(path, `its header claims ${length} bytes, only ${rest} follow; the file may be cut short`);
  }
  return length;
}

/** Maximum length of names in error messages. */
const MAX_SHOWN = 120;

/** First bytes of other formats. PyTorch writes a zip archive, before version 1.6 a pickle of a number. */
const OTHERS: readonly { readonly starts: readonly number[]; readonly what: string }[] = [
  { starts: [0x50, 0x4b, 0x03, 0x04], what: "a PyTorch archive (or another zip file)" },
  { starts: [0x80, 0x02, 0x8a, 0x0a], what: "a PyTorch archive of the old format" },
  { starts: [0x80, 0x02], what: "a pickle, such as PyTorch's" },
  { starts: [0x80, 0x04], what: "a pickle, such as PyTorch's" },
  { starts: [0x89, 0x48, 0x44, 0x46], what: "an HDF5 file, such as those of Keras" },
  { starts: [0x93, 0x4e, 0x55, 0x4d], what: "a NumPy array" },
];

/** A file of another format, most often one of PyTorch's own. */
export class OtherFormatError extends SyntaxError {
  override readonly name = "OtherFormatError";
}

/** A length of 32,896 or 1,152 bytes begins like a pickle: the object's brace behind it tells them apart. */
function checkOther(start: Uint8Array, path: string): void {
  const found = OTHERS.find(({ starts }) => starts.every((byte, i) => start[i] === byte));
  const isLength = start.length >= LENGTH_BYTES &&
    start.subarray(4, LENGTH_BYTES).every((byte) => byte === 0);
  if (found !== undefined && !isLength) {
    throw new OtherFormatError(`Cannot read ${printable(path)}: this is ${found.what}, not safetensors`);
  }
}

/**
 * Parses and checks a header.
 *
 * @param json Its bytes, without the length.
 * @throws {SyntaxError} If it is not JSON, has a name twice, or an entry has the wrong form.
 * @throws {RangeError} If offsets overlap, leave holes, pass the end of the file or do not fit the shape.
 */
export function parseHeader(json: Uint8Array, { path, sizeBytes }: HeaderOf): Header {
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseObject(json, path))) {
    if (name === "__metadata__") metadata = checkMetadata(value, path);
    else entries.push(checkEntry(value, { name, path }));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkLayout(entries, { path, dataBytes: sizeBytes - LENGTH_BYTES - json.length });
  return { entries, metadata };
}

function parseObject(json: Uint8Array, path: string): object {
  let header: unknown, text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
    header = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? printable(cause.message, { max: MAX_SHOWN }) : String(cause);
    throw fail(path, json.length === 0 ? "its header is empty" : `its header is not JSON, ${reason}`, cause);
  }
  if (!isObject(header)) throw fail(path, "its header is not a JSON object");
  const twice = duplicateKey(text);
  if (twice !== null) throw fail(path, `its header has the name ${quoted(twice)} twice`);
  return header;
}

function checkMetadata(value: unknown, path: string): Record<string, string> {
  if (!isObject(value) || !Object.values(value).every((v) => typeof v === "string")) {
    throw fail(path, "__metadata__ must map strings to strings");
  }
  return value as Record<string, string>;
}

function checkEntry(value: unknown, { name, path }: { name: string; path: string }): Entry {
  const what = `tensor ${quoted(name)}`;
  if (!isObject(value)) throw fail(path, `${what} is not an object with dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype)) {
    const known = Object.keys(ARRAYS).join(", ");
    throw fail(path, `${what} has an unknown dtype, ${describe(dtype)}; known are ${known}`);
  }
  if (!isSizes(shape)) throw fail(path, `${what} has an invalid shape, ${describe(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw fail(path, `${what} has invalid data_offsets, ${describe(offsets)}`);
  }
  const [begin, end] = offsets;
  const expected = shape.reduce((product, size) => product * size, 1) *
    ARRAYS[dtype as Dtype].BYTES_PER_ELEMENT;
  if (end - begin !== expected) {
    const need = `${dtype} ${describe(shape)} needs ${expected} bytes`;
    throw new RangeError(
      `Cannot read ${
        printable(path)
      }: ${what} has the wrong size, ${need}, its offsets [${begin}, ${end}] hold ${end - begin}`,
    );
  }
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

/** The tensors, in the order of their offsets, must cover the data without overlap, hole or remainder. */
function checkLayout(
  entries: readonly Entry[],
  { path, dataBytes }: { path: string; dataBytes: number },
): void {
  let at = 0;
  let before = "the header";
  for (const { name, begin, end } of entries) {
    const what = `Cannot read ${printable(path)}: tensor ${quoted(name)} at [${begin}, ${end}]`;
    if (end > dataBytes) {
      throw new RangeError(`${what} lies beyond the end, the file holds ${dataBytes} data bytes`);
    }
    if (begin < at) throw new RangeError(`${what} overlaps ${before}, which ends at ${at}`);
    if (begin > at) throw new RangeError(`${what} leaves a hole of ${begin - at} bytes after ${before}`);
    at = end;
    before = `tensor ${quoted(name)}`;
  }
  if (at !== dataBytes) {
    throw new RangeError(
      `Cannot read ${printable(path)}: ${dataBytes - at} bytes after ${before} belong to no tensor`,
    );
  }
}

function fail(path: string, reason: string, cause?: unknown): SyntaxError {
  return new SyntaxError(`Cannot read ${printable(path)}: ${reason}`, { cause });
}

function quoted(name: string): string {
  return `"${printable(name, { max: MAX_SHOWN })}"`;
}

/** A value of the header, short; lists within lists of any depth are not walked. */
function describe(value: unknown): string {
  if (Array.isArray(value)) {
    const parts = value.slice(0, 8).map((item) => typeof item === "object" ? "..." : describe(item));
    return `[${parts.join(", ")}${value.length > 8 ? `, ... ${value.length} in all` : ""}]`;
  }
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? quoted(value) : String(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && v >= 0);
}
