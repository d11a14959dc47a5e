import { assert, assertEquals, assertThrows } from "@std/assert";
import { SOURCE } from "./testing.ts";
import {
  type Construction,
  type ConstructionManifest,
  encodeConstruction,
  parseConstruction,
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
  schemaVersion: 2,
  name: "made",
  method: "feature-matching",
  settings: {},
  seed: 0,
  source: { name: SOURCE.name, sha256: SOURCE.sha256 },
  encoder: "",
  adapter: "",
  readPath: "buffer",
  sha256: set.sha256,
  classNames: set.classNames,
};

const parse = (bytes: Uint8Array<ArrayBuffer>, manifest = MANIFEST) =>
  parseConstruction(bytes, { path: "a.safetensors", manifest });

Deno.test("parseConstruction() gives back the set, bit for bit", () => {
  assertEquals(parse(encodeConstruction(CONSTRUCTION)), set);
});

Deno.test("parseConstruction() refuses a file with one changed bit, in an image or a label", () => {
  const bytes = encodeConstruction(CONSTRUCTION);
  const headerEnd = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const { labels } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, headerEnd)));
  const { images } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, headerEnd)));
  for (const at of [images.data_offsets[0] + 4000, labels.data_offsets[0] + 1]) {
    const tampered = bytes.slice();
    tampered[headerEnd + at] ^= 1;
    const error = assertThrows(() => parse(tampered), RangeError);
    assert(
      /^Cannot read feature set .*: its content has sha256 \w{64}, the manifest says/.test(error.message),
      error.message,
    );
  }
});

Deno.test("parseConstruction() refuses a file that is cut short, and one of other tensors", () => {
  const bytes = encodeConstruction(CONSTRUCTION);
  assertThrows(() => parse(bytes.subarray(0, bytes.length - 4)), Error, "Cannot read");
  assertThrows(
    () => parse(bytes, { ...MANIFEST, sha256: "0".repeat(64) }),
    RangeError,
    "0".repeat(64),
  );
});
