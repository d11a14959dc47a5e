/**
 * The safetensors file format: an 8-byte little-endian header length, a JSON header, the tensors' bytes.
 * Source: https://github.com/huggingface/safetensors#format
 *
 * @module
 */
import { writeFileAtomic } from "./atomic_file.ts";

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

/** A tensor on the host, row-major. `data.length` is the product of `shape` (1 for `[]`). */
export type HostTensor<D extends Dtype = Dtype> = {
  [K in D]: { readonly dtype: K; readonly shape: readonly number[]; readonly data: DtypeArrays[K] };
}[D];

/** The content of a file. */
export interface Safetensors {
  /** By name, in the order of their bytes. */
  readonly tensors: Map<string, HostTensor>;
  readonly metadata: Record<string, string>;
  /** Where it was read from, for error messages. */
  readonly path: string;
}

const ARRAYS = {
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

/** The limit of the reference implementation, in bytes. */
const MAX_HEADER_BYTES = 100_000_000;

/** One entry of the header, checked. */
interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a safetensors file.
 *
 * @throws {SyntaxError} If the header is cut short, too long, not JSON, or an entry has the wrong form.
 * @throws {RangeError} If offsets overlap, leave holes, pass the end of the file or do not fit the shape.
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  return parseSafetensors(await Deno.readFile(path), { path });
}

/**
 * Parses the bytes of a safetensors file. Tensors are views of `bytes` where aligned, else copies.
 *
 * @throws {SyntaxError} See {@linkcode readSafetensors}.
 * @throws {RangeError} See {@linkcode readSafetensors}.
 */
export function parseSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  { path = "safetensors data" } = {},
): Safetensors {
  const { header, dataStart } = parseHeader(bytes, path);
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = checkMetadata(value, path);
    else entries.push(checkEntry(value, { name, path }));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkLayout(entries, { path, dataBytes: bytes.length - dataStart });
  const tensors = new Map<string, HostTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors.set(name, view(bytes.subarray(dataStart + begin, dataStart + end), dtype, shape));
  }
  return { tensors, metadata, path };
}

/**
 * Takes one tensor out of a file and checks its element type and shape.
 *
 * @throws {RangeError} If the tensor is missing, or its dtype or shape is not the one asked for.
 */
export function getTensor<D extends Dtype>(
  file: Safetensors,
  name: string,
  { dtype, shape }: { dtype: D; shape?: readonly number[] },
): HostTensor<D> {
  const tensor = file.tensors.get(name);
  const what = `Cannot read tensor "${name}" of ${file.path}`;
  if (!tensor) {
    const known = [...file.tensors.keys()];
    const some = known.length > 12 ? [...known.slice(0, 12), `and ${known.length - 12} more`] : known;
    throw new RangeError(`${what}: it is not there, the file holds ${some.join(", ") || "nothing"}`);
  }
  if (tensor.dtype !== dtype) throw new RangeError(`${what}: it must be ${dtype}, it is ${tensor.dtype}`);
  if (shape && shape.join() !== tensor.shape.join()) {
    throw new RangeError(
      `${what}: its shape must be [${shape.join(", ")}], it is [${tensor.shape.join(", ")}]`,
    );
  }
  return tensor as HostTensor<D>;
}

/**
 * Writes a safetensors file atomically; equal content gives equal bytes. See {@linkcode encodeSafetensors}.
 *
 * @throws {Error} If the file cannot be written.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, HostTensor>,
  { metadata = {} }: { metadata?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  await writeFileAtomic(path, encodeSafetensors(tensors, { metadata }));
}

/**
 * The bytes of a safetensors file. Tensors are ordered by element size (largest first, so that all are aligned),
 * then by name; the header is padded with spaces to a multiple of 8 bytes.
 *
 * @throws {RangeError} If a tensor's data does not fit its shape or its name is reserved.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  { metadata = {} }: { metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array<ArrayBuffer> {
  const size = (dtype: Dtype) => ARRAYS[dtype].BYTES_PER_ELEMENT;
  const sorted = [...tensors].sort(([nameA, a], [nameB, b]) =>
    size(b.dtype) - size(a.dtype) || (nameA < nameB ? -1 : 1)
  );
  // Written by hand: a JavaScript object would move names such as "0" to the front.
  const parts: string[] = [];
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0) {
    const pairs = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    parts.push(`"__metadata__":{${pairs.join(",")}}`);
  }
  let offset = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    checkWritable(name, { dtype, shape, data } as HostTensor);
    const entry = { dtype, shape, data_offsets: [offset, offset += data.byteLength] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const json = new TextEncoder().encode(`{${parts.join(",")}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + headerBytes + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerBytes), true);
  out.set(json, 8);
  out.fill(0x20, 8 + json.length, 8 + headerBytes);
  let at = 8 + headerBytes;
  for (const [, { data }] of sorted) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

function checkWritable(name: string, { dtype, shape, data }: HostTensor): void {
  const what = `Cannot write tensor "${name}"`;
  if (name === "__metadata__") throw new RangeError(`${what}: the name is reserved`);
  if (!(data instanceof ARRAYS[dtype])) {
    throw new RangeError(
      `${what}: ${dtype} takes a ${ARRAYS[dtype].name}, the data is a ${data.constructor.name}`,
    );
  }
  if (!shape.every((d) => Number.isSafeInteger(d) && d >= 0) || elements(shape) !== data.length) {
    throw new RangeError(`${what}: shape [${shape.join(", ")}] does not fit ${data.length} values`);
  }
}

function parseHeader(bytes: Uint8Array, path: string): { header: object; dataStart: number } {
  const fail = (reason: string, cause?: unknown) =>
    new SyntaxError(`Cannot read ${path}: ${reason}`, { cause });
  if (bytes.length < 8) throw fail(`a safetensors file has at least 8 bytes, this has ${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    throw fail(
      `its header claims ${length} bytes, the limit is ${MAX_HEADER_BYTES}; it may not be safetensors`,
    );
  }
  if (8 + length > bytes.length) {
    throw fail(
      `its header claims ${length} bytes, only ${bytes.length - 8} follow; the file may be cut short`,
    );
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (cause) {
    throw fail(`its header is not JSON, ${cause instanceof Error ? cause.message : cause}`, cause);
  }
  if (!isObject(header)) throw fail("its header is not a JSON object");
  return { header, dataStart: 8 + length };
}

function checkMetadata(value: unknown, path: string): Record<string, string> {
  if (!isObject(value) || !Object.values(value).every((v) => typeof v === "string")) {
    throw new SyntaxError(`Cannot read ${path}: __metadata__ must map strings to strings`);
  }
  return value as Record<string, string>;
}

function checkEntry(value: unknown, { name, path }: { name: string; path: string }): Entry {
  const what = `Cannot read ${path}: tensor "${name}"`;
  if (!isObject(value)) throw new SyntaxError(`${what} is not an object with dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype)) {
    const known = Object.keys(ARRAYS).join(", ");
    throw new SyntaxError(`${what} has an unknown dtype, ${JSON.stringify(dtype)}; known are ${known}`);
  }
  if (!isSizes(shape)) {
    throw new SyntaxError(`${what} has an invalid shape, ${JSON.stringify(shape)}`);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new SyntaxError(`${what} has invalid data_offsets, ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets;
  const expected = elements(shape) * ARRAYS[dtype as Dtype].BYTES_PER_ELEMENT;
  if (end - begin !== expected) {
    const need = `${dtype} [${shape.join(", ")}] needs ${expected} bytes`;
    throw new RangeError(
      `${what} has the wrong size, ${need}, its offsets [${begin}, ${end}] hold ${end - begin}`,
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
    const what = `Cannot read ${path}: tensor "${name}" at [${begin}, ${end}]`;
    if (end > dataBytes) {
      throw new RangeError(`${what} lies beyond the end, the file holds ${dataBytes} data bytes`);
    }
    if (begin < at) throw new RangeError(`${what} overlaps ${before}, which ends at ${at}`);
    if (begin > at) throw new RangeError(`${what} leaves a hole of ${begin - at} bytes after ${before}`);
    at = end;
    before = `tensor "${name}"`;
  }
  if (at !== dataBytes) {
    throw new RangeError(`Cannot read ${path}: ${dataBytes - at} bytes after ${before} belong to no tensor`);
  }
}

function view(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype, shape: readonly number[]): HostTensor {
  const TypedArray = ARRAYS[dtype];
  const size = TypedArray.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const data = new TypedArray(aligned.buffer, aligned.byteOffset, bytes.length / size);
  return { dtype, shape, data } as HostTensor;
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && v >= 0);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
