import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import {
  encodeSafetensors,
  getTensor,
  type HostTensor,
  parseSafetensors,
  readSafetensors,
  writeSafetensors,
} from "./safetensors.ts";

/** A file with any header and `dataBytes` zero bytes. */
function fileOf(header: unknown, { dataBytes = 0, claim }: { dataBytes?: number; claim?: number } = {}) {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claim ?? json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (begin: number, end: number, { dtype = "U8", shape = [end - begin] } = {}) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const mixed = new Map<string, HostTensor>([
  ["b", { dtype: "U8", shape: [3], data: new Uint8Array([1, 2, 255]) }],
  ["0", { dtype: "F32", shape: [2, 1], data: new Float32Array([1.5, -2]) }],
  ["a", { dtype: "F32", shape: [], data: new Float32Array([0.1]) }],
  ["i", { dtype: "I64", shape: [1], data: new BigInt64Array([-5n]) }],
  ["empty", { dtype: "F64", shape: [0, 4], data: new Float64Array(0) }],
  ["half", { dtype: "F16", shape: [1], data: new Uint16Array([0x3c00]) }],
]);

Deno.test("parseSafetensors() gives back what encodeSafetensors() was given", () => {
  const metadata = { format: "pt", "é": '\n"' };
  const file = parseSafetensors(encodeSafetensors(mixed, { metadata }));
  assertEquals(file.metadata, metadata);
  assertEquals([...file.tensors.keys()].sort(), [...mixed.keys()].sort());
  for (const [name, tensor] of mixed) assertEquals(file.tensors.get(name), tensor);
});

Deno.test("parseSafetensors() reads tensors at odd addresses", () => {
  const bytes = encodeSafetensors(mixed);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const file = parseSafetensors(shifted.subarray(1));
  for (const [name, tensor] of mixed) assertEquals(file.tensors.get(name), tensor);
});

Deno.test("encodeSafetensors() depends on the content, not on the order of insertion", () => {
  const reversed = new Map([...mixed].reverse());
  const options = (pairs: [string, string][]) => ({ metadata: Object.fromEntries(pairs) });
  const a = encodeSafetensors(mixed, options([["x", "1"], ["y", "2"]]));
  assertEquals(encodeSafetensors(reversed, options([["y", "2"], ["x", "1"]])), a);
  assertEquals(Number(new DataView(a.buffer).getBigUint64(0, true)) % 8, 0);
});

Deno.test("encodeSafetensors() rejects data that does not fit its shape or dtype", () => {
  const one = (tensor: HostTensor, name = "w") => () => encodeSafetensors(new Map([[name, tensor]]));
  const data = new Float32Array(3);
  assertThrows(
    one({ dtype: "F32", shape: [2], data }),
    RangeError,
    'tensor "w": shape [2] does not fit 3 values',
  );
  assertThrows(one({ dtype: "F32", shape: [3], data }, "__metadata__"), RangeError, "the name is reserved");
  const wrong = { dtype: "U8", shape: [3], data } as unknown as HostTensor;
  assertThrows(one(wrong), RangeError, "U8 takes a Uint8Array, the data is a Float32Array");
});

Deno.test("parseSafetensors() names what is wrong with a header", () => {
  const bad = (bytes: Uint8Array<ArrayBuffer>) => () => parseSafetensors(bytes, { path: "m.safetensors" });
  assertThrows(
    bad(new Uint8Array(7)),
    SyntaxError,
    "Cannot read m.safetensors: a safetensors file has at least 8",
  );
  assertThrows(bad(fileOf({}, { claim: 99 })), SyntaxError, "claims 99 bytes, only 2 follow");
  assertThrows(bad(fileOf({}, { claim: 2 ** 40 })), SyntaxError, "the limit is 100000000");
  assertThrows(bad(fileOf("{nonsense")), SyntaxError, "its header is not JSON");
  assertThrows(bad(fileOf("[1]")), SyntaxError, "its header is not a JSON object");
  assertThrows(
    bad(fileOf({ __metadata__: { a: 1 } })),
    SyntaxError,
    "__metadata__ must map strings to strings",
  );
  assertThrows(bad(fileOf({ w: 1 })), SyntaxError, 'tensor "w" is not an object');
  assertThrows(
    bad(fileOf({ w: entry(0, 1, { dtype: "F8" }) }, { dataBytes: 1 })),
    SyntaxError,
    'unknown dtype, "F8"',
  );
  assertThrows(bad(fileOf({ w: entry(0, 1, { shape: [-1] }) })), SyntaxError, "invalid shape, [-1]");
  assertThrows(bad(fileOf({ w: entry(3, 1, { shape: [1] }) })), SyntaxError, "invalid data_offsets, [3, 1]");
  assertThrows(
    bad(fileOf({ w: { dtype: "U8", shape: [1] } })),
    SyntaxError,
    "invalid data_offsets, undefined",
  );
});

Deno.test("parseSafetensors() names the tensor whose bytes are not right", () => {
  const bad = (header: object, dataBytes: number) => () => parseSafetensors(fileOf(header, { dataBytes }));
  const size = { w: entry(0, 4, { dtype: "F32", shape: [2] }) };
  assertThrows(
    bad(size, 4),
    RangeError,
    'tensor "w" has the wrong size, F32 [2] needs 8 bytes, its offsets [0, 4]',
  );
  assertThrows(bad({ w: entry(0, 4) }, 3), RangeError, 'tensor "w" at [0, 4] lies beyond the end');
  assertThrows(
    bad({ a: entry(0, 4), b: entry(2, 6) }, 6),
    RangeError,
    'tensor "b" at [2, 6] overlaps tensor "a"',
  );
  assertThrows(bad({ a: entry(0, 2), b: entry(3, 6) }, 6), RangeError, "leaves a hole of 1 bytes after");
  assertThrows(bad({ a: entry(1, 2) }, 2), RangeError, "leaves a hole of 1 bytes after the header");
  assertThrows(bad({ a: entry(0, 2) }, 5), RangeError, '3 bytes after tensor "a" belong to no tensor');
});

Deno.test("getTensor() names a tensor that is missing or misshapen", () => {
  const file = parseSafetensors(encodeSafetensors(mixed), { path: "m.safetensors" });
  assertEquals(getTensor(file, "0", { dtype: "F32", shape: [2, 1] }).data, new Float32Array([1.5, -2]));
  const missing = 'Cannot read tensor "w" of m.safetensors: it is not there, the file holds';
  assertThrows(() => getTensor(file, "w", { dtype: "F32" }), RangeError, missing);
  assertThrows(() => getTensor(file, "0", { dtype: "F64" }), RangeError, "it must be F64, it is F32");
  const misshapen = "its shape must be [1, 2], it is [2, 1]";
  assertThrows(() => getTensor(file, "0", { dtype: "F32", shape: [1, 2] }), RangeError, misshapen);
});

Deno.test("writeSafetensors() writes a file that readSafetensors() reads, twice the same", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "x.safetensors");
    await writeSafetensors(path, mixed, { metadata: { a: "b" } });
    const first = await Deno.readFile(path);
    await writeSafetensors(path, (await readSafetensors(path)).tensors, { metadata: { a: "b" } });
    assertEquals(await Deno.readFile(path), first);
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).map((e) => e.name), ["x.safetensors"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const shared = Deno.env.get("REALFEATURES_SHARED") ?? join(import.meta.dirname!, "../../../shared");
const reference = join(shared, "reference/resnet8_linf.safetensors");
const present = await Deno.stat(reference).then(() => true, () => false);

Deno.test({
  name: `readSafetensors() reads weights that PyTorch wrote${present ? "" : " (ignored: no reference data)"}`,
  ignore: !present,
  fn: async () => {
    const file = await readSafetensors(reference);
    assertEquals(file.metadata.arch, "resnet8");
    const weight = getTensor(file, "conv1.weight", { dtype: "F32", shape: [16, 3, 3, 3] });
    assert(weight.data.every(Number.isFinite) && weight.data.some((v) => v !== 0));
    assertEquals(parseSafetensors(encodeSafetensors(file.tensors)).tensors.get("conv1.weight"), weight);
  },
});
