import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decode } from "fast-png";
import { amplification, imageGrid, pngDataUri } from "./images.ts";
import { makeExamples } from "./testing_images.ts";

function pixels(uri: string): number[] {
  const prefix = "data:image/png;base64,";
  assertStringIncludes(uri, prefix);
  return [...decode(Uint8Array.from(atob(uri.slice(prefix.length)), (char) => char.charCodeAt(0))).data];
}

const bytes = (base64: string) => [...atob(base64)].map((char) => char.charCodeAt(0));

Deno.test("pngDataUri() encodes pixels without loss", () => {
  const data = Uint8Array.from({ length: 2 * 3 * 3 }, (_, i) => i * 14);
  assertEquals(pixels(pngDataUri(data, { height: 2, width: 3 })), [...data]);
});

Deno.test("amplification() is the largest listed factor that clips nothing", () => {
  assertEquals([0, 1, 2, 6, 12, 25, 63, 64, 127, 128, 255].map(amplification), [
    1,
    100,
    50,
    20,
    10,
    5,
    2,
    1,
    1,
    0.5,
    0.5,
  ]);
});

Deno.test("imageGrid() shows source, result and 127.5 + factor x difference", () => {
  const images = makeExamples({ amplitude: 12, size: 8, count: 3 });
  const grid = imageGrid(images);
  assertEquals([grid.factor, grid.triples.length], [10, 3]);
  const [source, result] = [bytes(images.examples[1].source), bytes(images.examples[1].result)];
  assertEquals(pixels(grid.triples[1].source), source);
  assertEquals(pixels(grid.triples[1].result), result);
  assertEquals(
    pixels(grid.triples[1].difference),
    source.map((s, i) => Math.round(127.5 + 10 * (result[i] - s))),
  );
});

Deno.test("imageGrid() amplifies nothing where nothing differs", () => {
  const grid = imageGrid(makeExamples({ amplitude: 0, count: 1 }));
  assertEquals([grid.factor, grid.largest], [1, 0]);
  assert(pixels(grid.triples[0].difference).every((value) => value === 128));
});

Deno.test("imageGrid() names classes, and those that have no name by number", () => {
  const images = makeExamples({ count: 2 });
  const grid = imageGrid({ ...images, classNames: ["disc"] });
  assertEquals(grid.triples.map((t) => [t.sourceLabel, t.label]), [["disc", "class 1"], [
    "class 1",
    "class 2",
  ]]);
});

Deno.test("imageGrid() lets a few outliers clip rather than hide the rest", () => {
  const images = makeExamples({ amplitude: 12, size: 32, count: 1 });
  const [example] = images.examples;
  const result = Uint8Array.from(bytes(example.result));
  const source = bytes(example.source);
  result[0] = source[0] < 128 ? 255 : 0;
  const changed = { ...example, result: btoa(String.fromCharCode(...result)) };
  const grid = imageGrid({ ...images, examples: [changed] });
  assertEquals(grid.factor, 10);
  assert(grid.largest >= 127);
  assertEquals(pixels(grid.triples[0].difference)[0], source[0] < 128 ? 255 : 0);
});
