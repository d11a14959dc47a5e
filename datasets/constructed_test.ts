import { assert, assertEquals, assertRejects } from "@std/assert";
import { SOURCE } from "./testing.ts";
import {
  type Construction,
  type ConstructionManifest,
  encodeConstruction,
  readConstruction,
} from "./constructed.ts";
import { imageSet, toFloat } from "./types.ts";

const set = imageSet({
  ...SOURCE,
  name: "made",
  images: toFloat(SOURCE).map((v) => v * 0.999),
  labels: SOURCE.labels,
});
const numbers = Uint32Array.from({ length: 40 }, (_, i) => 39 - i);
const zeros = new Float32Array(40);
const CONSTRUCTION: Construction = {
  set,
  sources: numbers,
  targets: numbers.toReversed(),
  l2: zeros,
  linf: zeros,
  reached: null,
  remaining: null,
};
const MANIFEST: ConstructionManifest = {
  schemaVersion: 1,
  name: "made",
  method: "feature-matching",
  settings: {},
  seed: 0,
  source: { name: SOURCE.name, sha256: SOURCE.sha256 },
  encoder: "",
  adapter: "",
  kernelVariant: "buffer",
  sha256: set.sha256,
  classNames: set.classNames,
};

/** Reads the bytes back through a file. */
async function readBack(bytes: Uint8Array, manifest = MANIFEST) {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    await Deno.writeFile(path, bytes);
    return await readConstruction(path, manifest);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readConstruction() gives back the set, bit for bit", async () => {
  assertEquals(await readBack(encodeConstruction(CONSTRUCTION)), set);
});

Deno.test("readConstruction() refuses a file with one changed bit, in an image or a label", async () => {
  const bytes = encodeConstruction(CONSTRUCTION);
  const headerEnd = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const { labels } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, headerEnd)));
  const { images } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, headerEnd)));
  for (const at of [images.data_offsets[0] + 4000, labels.data_offsets[0] + 1]) {
    const tampered = bytes.slice();
    tampered[headerEnd + at] ^= 1;
    const error = await assertRejects(() => readBack(tampered), RangeError);
    assert(
      /^Cannot read feature set .*: its content has sha256 \w{64}, the manifest says/.test(error.message),
      error.message,
    );
  }
});

Deno.test("readConstruction() refuses a file that is cut short, and one of other tensors", async () => {
  const bytes = encodeConstruction(CONSTRUCTION);
  await assertRejects(() => readBack(bytes.subarray(0, bytes.length - 4)), Error, "Cannot read");
  await assertRejects(
    () => readBack(bytes, { ...MANIFEST, sha256: "0".repeat(64) }),
    RangeError,
    "0".repeat(64),
  );
});
