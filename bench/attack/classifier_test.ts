import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { encodeSafetensors, type HostTensor } from "../../engine/files/safetensors.ts";
import { formatError } from "../../common/explained.ts";
import { UsageError } from "../../common/usage_error.ts";
import { withTempDir } from "../testing.ts";
import { readClassifier } from "./classifier.ts";
import { TINY, untrained } from "./testing.ts";

/** Reads a file with this content as tiny ResNet-8; gives back the classifier, or the error, and the notes. */
async function read(content: Uint8Array | ReadonlyMap<string, HostTensor>, sizeBytes?: number) {
  const notes: string[] = [];
  let outcome: Awaited<ReturnType<typeof readClassifier>> | Error | undefined;
  await withTempDir(async (dir) => {
    const path = `${dir}/net.pt`;
    await Deno.writeFile(path, content instanceof Uint8Array ? content : encodeSafetensors(content));
    if (sizeBytes !== undefined) await Deno.truncate(path, sizeBytes);
    const note = (text: string) => void notes.push(text.replaceAll(dir, "DIR"));
    outcome = await readClassifier(path, { arch: "resnet8", mean: null, std: null, note })
      .catch((error) => error);
  });
  return { outcome: outcome!, notes };
}

/** The message of the refusal, which is one of usage. */
async function refusal(...given: Parameters<typeof read>): Promise<string> {
  const { outcome } = await read(...given);
  assert(outcome instanceof UsageError, String(outcome));
  return outcome.message;
}

/** Weights of a tiny network with some tensors changed, left out (null), or renamed. */
function changed(
  change: (name: string, tensor: HostTensor) => HostTensor | null,
  rename = (name: string) => name,
): Map<string, HostTensor> {
  return new Map(
    [...untrained(TINY)].flatMap(([name, tensor]) => {
      const made = change(name, tensor);
      return made === null ? [] : [[rename(name), made]];
    }),
  );
}

/** A file with this text for a header. */
function headed(json: string, dataBytes = 0): Uint8Array {
  const header = new TextEncoder().encode(json), bytes = new Uint8Array(8 + header.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

const bfloat = ({ shape, data }: HostTensor): HostTensor => ({
  dtype: "BF16",
  shape,
  data: Uint16Array.from(
    new Uint32Array((data as Float32Array<ArrayBuffer>).slice().buffer),
    (bits) => bits >>> 16,
  ),
});

Deno.test("readClassifier() takes wrappers off, converts bfloat16, ignores odd counters, and notes it all", async () => {
  const given = changed(
    (name, tensor) => {
      if (!name.endsWith("tracked")) return tensor.dtype === "F32" ? bfloat(tensor) : tensor;
      return { dtype: "F32", shape: [1], data: Float32Array.of(3) };
    },
    (name) => `module._orig_mod.${name}`,
  );
  const { outcome, notes } = await read(given);
  assert(!(outcome instanceof Error), String(outcome));
  assertEquals(outcome.tensors.get("conv1.weight")!.dtype, "F32");
  assertEquals(outcome.tensors.get("bn1.num_batches_tracked")!.data, BigInt64Array.of(0n));
  assertEquals(notes, [
    "DIR/net.pt: all names begin with module._orig_mod., which is left out",
    "DIR/net.pt: 9 layers have no usable num_batches_tracked; no score needs it",
    `DIR/net.pt: tensors are converted to float32, ${given.size - 9} in BF16`,
  ]);
});

Deno.test("readClassifier() refuses PyTorch's archives, with the lines that make safetensors of them", async () => {
  const zip = [0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0],
    legacy = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20];
  for (const start of [zip, legacy]) {
    const message = await refusal(Uint8Array.from(start), 100_000);
    assertMatch(
      message,
      /^Cannot read [^\n]*net\.pt: this is a PyTorch archive[^\n]*, not safetensors\nHint: /,
    );
    assertMatch(message, /\n {2}import torch\n {2}from safetensors\.torch import save_file\n/);
    assertMatch(message, /torch\.load\("[^"]*net\.pt", map_location="cpu", weights_only=True\)\n/);
    assertMatch(message, /save_file\(\{[^\n]*"[^"]*net\.safetensors"\)$/);
  }
});

Deno.test("readClassifier() refuses a name that stands in the header twice", async () => {
  const entry = (begin: number) => `{"dtype":"U8","shape":[1],"data_offsets":[${begin},${begin + 1}]}`;
  const silent = headed(`{"a":${entry(0)},"a":${entry(0)}}`, 1),
    misleading = headed(`{"a":${entry(0)},"a":${entry(1)}}`, 2);
  for (const file of [silent, misleading]) {
    assertMatch(await refusal(file), /its header has the name "a" twice\n/);
  }
});

Deno.test("readClassifier() refuses a huge file by its header, without reading it", async () => {
  const startedAt = performance.now();
  assertMatch(await refusal(new Uint8Array(8), 6e9), /net\.pt: its header is empty/);
  const one = '{"a":{"dtype":"U8","shape":[6000000000],"data_offsets":[0,6000000000]}}';
  assertMatch(
    await refusal(headed(one), 8 + one.length + 6e9),
    /missing: conv1\.weight, .* and \d+ more; unexpected: a$/,
  );
  const wide = `{"layer1.0.conv1.weight":{"dtype":"U8","shape":[1000000,1,1,1],"data_offsets":[0,1000000]}}`;
  assertMatch(
    await refusal(headed(wide, 1e6)),
    /one layer has 9000000000000 numbers, the file holds 1000000/,
  );
  assert(performance.now() - startedAt < 2000);
});

Deno.test("readClassifier() shows a few names, and no control character of any", async () => {
  const many = new Map(
    Array.from({ length: 5000 }, (_, i): [string, HostTensor] => [
      `\u001b[2J\r${"x".repeat(1000)}${i}`,
      { dtype: "U8", shape: [1], data: Uint8Array.of(0) },
    ]),
  );
  const message = await refusal(many);
  assertMatch(message, /unexpected: \\u\{1b\}\[2J\\rx+\.\.\.x+0, .* and 4995 more$/);
  assert(message.length < 3000, String(message.length));
  const deep = headed(
    `{"a\\u0007":{"dtype":"U8","shape":${"[".repeat(1e5)}${"]".repeat(1e5)},"data_offsets":[0,0]}}`,
  );
  assertMatch(await refusal(deep), /tensor "a\\u\{7\}" has an invalid shape, \[\.\.\.\]\n/);
});

Deno.test("readClassifier() says what a path is that is no file", async () => {
  await withTempDir(async (dir) => {
    await Deno.symlink("loop", `${dir}/loop`);
    const cases: [path: string, reason: RegExp][] = [
      [dir, /: it is a folder, not a file$/],
      [`${dir}/loop`, /: links lead round in a circle$/],
      [`${dir}/a: b\u001b`, /a: b\\u\{1b\}: no such file or folder$/],
      ["/dev/zero", /: it is not a regular file$/],
    ];
    for (const [path, reason] of cases) {
      const options = { arch: "resnet8", mean: null, std: null, note: () => {} } as const;
      const error = await assertRejects(() => readClassifier(path, options), UsageError);
      assertMatch(formatError(error), reason);
      assertMatch(formatError(error), /^Cannot read /);
    }
  });
});
