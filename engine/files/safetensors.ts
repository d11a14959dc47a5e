/**
 * The safetensors file format: an 8-byte little-endian header length, a JSON header, the tensors' bytes.
 * Source: https://github.com/huggingface/safetensors#format
 *
 * @module
 */
import { writeFileAtomic } from "../../common/atomic_file.ts";
import { openFile, readInto } from "../../common/read_file.ts";
import { printable, someNames } from "../../common/printable.ts";
import {
  ARRAYS,
  type Dtype,
  type DtypeArrays,
  type Entry,
  headerLength,
  LENGTH_BYTES,
  parseHeader,
  type TensorInfo,
} from "./safetensors_header.ts";

export { type Dtype, type DtypeArrays, OtherFormatError, type TensorInfo } from "./safetensors_header.ts";

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

/**
 * Reads only the header of a safetensors file: the tensors' types and shapes.
 *
 * @returns The tensors' types and shapes by name, in the order of their bytes.
 * @throws {Error} If there is no such file, or it cannot be read.
 * @throws {SyntaxError} See {@linkcode readSafetensors}.
 * @throws {RangeError} See {@linkcode readSafetensors}.
 */
export async function readSafetensorsHeader(path: string): Promise<Map<string, TensorInfo>> {
  using opened = await openFile(path);
  const { entries } = await readHeader(opened, path);
  return new Map(entries.map(({ name, dtype, shape }) => [name, { dtype, shape }]));
}

/**
 * Reads a safetensors file. Its header is checked before its data are read.
 *
 * @throws {Error} If there is no such file, or it cannot be read.
 * @throws {SyntaxError} If the header is cut short, too long, not JSON, has a name twice, or an entry has the wrong form;
 * an {@linkcode OtherFormatError} if it is a file of PyTorch's or another known format.
 * @throws {RangeError} If offsets overlap, leave holes, pass the end of the file or do not fit the shape.
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  using opened = await openFile(path);
  const { entries, metadata, dataBytes } = await readHeader(opened, path);
  const data = new Uint8Array(dataBytes);
  const count = await readInto(opened.file, data);
  if (count < dataBytes) {
    throw new RangeError(
      `Cannot read ${printable(path)}: it was cut short meanwhile, ${dataBytes - count} bytes are missing`,
    );
  }
  return { tensors: tensorsOf(entries, data), metadata, path };
}

async function readHeader({ file, sizeBytes }: { file: Deno.FsFile; sizeBytes: number }, path: string) {
  const start = new Uint8Array(Math.min(LENGTH_BYTES, sizeBytes));
  const count = await readInto(file, start);
  const json = new Uint8Array(headerLength(start.subarray(0, count), { path, sizeBytes }));
  await readInto(file, json);
  return { ...parseHeader(json, { path, sizeBytes }), dataBytes: sizeBytes - LENGTH_BYTES - json.length };
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
  const file = { path, sizeBytes: bytes.length };
  const dataStart = LENGTH_BYTES + headerLength(bytes.subarray(0, LENGTH_BYTES), file);
  const { entries, metadata } = parseHeader(bytes.subarray(LENGTH_BYTES, dataStart), file);
  return { tensors: tensorsOf(entries, bytes.subarray(dataStart)), metadata, path };
}

function tensorsOf(entries: readonly Entry[], data: Uint8Array<ArrayBuffer>): Map<string, HostTensor> {
  return new Map(
    entries.map((
      { name, dtype, shape, begin, end },
    ) => [name, view(data.subarray(begin, end), dtype, shape)]),
  );
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
  const what = `Cannot read tensor "${name}" of ${printable(file.path)}`;
  if (!tensor) {
    const known = someNames([...file.tensors.keys()], 12) || "nothing";
    throw new RangeError(`${what}: it is not there, the file holds ${known}`);
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
