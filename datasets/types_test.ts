import { assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { stream } from "../common/random.ts";
import { dataset, imageSet, subset, toFloat } from "./types.ts";

const tiny = imageSet({
  name: "tiny",
  classNames: ["a", "b"],
  height: 1,
  width: 2,
  images: Uint8Array.from({ length: 24 }, (_, i) => i * 10),
  labels: new Uint8Array([0, 1, 1, 0]),
});

Deno.test("imageSet() hashes pixels and labels", () => {
  const { sha256: _, count, channels, ...parts } = tiny;
  assertEquals([count, channels], [4, 3]);
  assertEquals(imageSet(parts).sha256, tiny.sha256);
  assertNotEquals(imageSet({ ...parts, labels: new Uint8Array([0, 1, 1, 1]) }).sha256, tiny.sha256);
  assertNotEquals(imageSet({ ...parts, images: new Uint8Array(24) }).sha256, tiny.sha256);
});

Deno.test("imageSet() rejects sizes and labels that do not fit", () => {
  const short = { ...tiny, images: new Uint8Array(23) };
  assertThrows(() => imageSet(short), RangeError, "4 images of 3 x 1 x 2 are 24 values, there are 23");
  const labelled = { ...tiny, labels: new Uint8Array([0, 1, 2, 0]) };
  assertThrows(() => imageSet(labelled), RangeError, "there are 2 classes, label 2 is 2");
});

Deno.test("imageSet() rejects pixels that are not finite or outside [0, 1]", () => {
  for (const pixel of [NaN, Infinity, -0.5, 1.5]) {
    const images = new Float32Array(24).fill(0.5).fill(pixel, 13, 14);
    const message = `pixels are in [0, 1], image 2 has ${pixel}`;
    assertThrows(() => imageSet({ ...tiny, images }), RangeError, message);
  }
});

Deno.test("dataset() has a hash over all splits", () => {
  const other = subset(tiny, 2);
  const parts = { name: "d", licence: "", source: "", train: tiny, test: other };
  assertNotEquals(dataset(parts).sha256, dataset({ ...parts, test: tiny }).sha256);
  const extraTests = { robustCueOnly: other, nonRobustCueOnly: other };
  assertNotEquals(dataset(parts).sha256, dataset({ ...parts, extraTests }).sha256);
});

Deno.test("toFloat() divides bytes by 255 and leaves floats alone", () => {
  assertEquals(toFloat({ images: new Uint8Array([0, 51, 255]) }), new Float32Array([0, 0.2, 1]));
  const images = new Float32Array([0.5]);
  assertStrictEquals(toFloat({ images }), images);
});

Deno.test("subset() takes the first images, or with a stream different ones", () => {
  assertStrictEquals(subset(tiny, 4), tiny);
  const first = subset(tiny, 3);
  assertEquals([first.count, ...first.labels], [3, 0, 1, 1]);
  assertEquals(first.images, tiny.images.slice(0, 18));
  const some = subset(tiny, 4, { stream: stream(0, "subset") });
  assertEquals([...some.images].sort((a, b) => a - b), [...tiny.images]);
  for (let i = 0; i < 4; i++) assertEquals(some.labels[i], tiny.labels[some.images[i * 6] / 60]);
});

Deno.test("subset() rejects a number of images that is not there", () => {
  for (const n of [0, 5, 1.5]) {
    assertThrows(() => subset(tiny, n), RangeError, `it has 4 images, ${n} were asked for`);
  }
});
