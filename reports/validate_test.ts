import { assertEquals, assertThrows } from "@std/assert";
import { makeManifest, makeRecord } from "./testing.ts";
import { makeExamples, makePictures } from "./testing_images.ts";
import { makePlantedRun } from "./testing_planted.ts";
import { parseExamples, parseManifest, parsePictures, parseRecord } from "./validate.ts";

const json = (value: unknown) => JSON.parse(JSON.stringify(value));

Deno.test("parseRecord() returns a valid record unchanged", () => {
  for (const { record } of makePlantedRun().records) assertEquals(parseRecord(json(record)), record);
});

const FAULTS: [name: string, change: Record<string, unknown>, message: string][] = [
  ["a later schema", { schemaVersion: 99 }, "schemaVersion is 99, known is 1"],
  ["a missing name", { benchmark: undefined }, "benchmark is not a string, got nothing"],
  ["an unknown status", { status: "fine" }, 'status is not one of ok, failed, skipped, quick, got "fine"'],
  ["a seed that is text", { seed: "0" }, 'seed is not a finite number, got "0"'],
  ["an origin that is no run's id", { reusedFrom: 7 }, "reusedFrom is not"],
  ["jobs that are no number", { jobs: "2" }, 'jobs is not a whole number from 1, got "2"'],
  ["kernel choices that are a list", { kernelChoices: [] }, "kernelChoices is not an object, got []"],
  [
    "a kernel choice without a name",
    { kernelChoices: { "conv2d 1x2": 3 } },
    "kernelChoices does not name a way of computing for each operation",
  ],
  [
    "a value that is null",
    { metrics: { cleanAccuracy: { value: null, unit: "fraction" } } },
    "metrics.cleanAccuracy has no",
  ],
  [
    "an accuracy in percent",
    { metrics: { a: { value: 65, unit: "fraction" } } },
    "metrics.a is a fraction outside [0, 1], got 65",
  ],
  [
    "samples that are text",
    { metrics: { a: { value: 1, unit: "1", samples: ["1"] } } },
    "metrics.a.samples is not a list of finite numbers",
  ],
  [
    "a probe curve without its epochs",
    { metrics: { probeCurve: { value: 0.2, unit: "fraction", samples: [0.1, 0.2] } } },
    "metrics.probeCurve has 2 samples, probeCurveEpochs 0",
  ],
  [
    "an artifact without hash",
    { artifacts: [{ kind: "weights", path: "a" }] },
    "artifacts is not a list of artifacts",
  ],
  ["a machine without adapter", { machine: { name: "m" } }, "machine has no adapter"],
];
for (const [name, change, message] of FAULTS) {
  Deno.test(`parseRecord() refuses ${name}`, () => {
    assertThrows(() => parseRecord(json({ ...makeRecord(), ...change })), SyntaxError, message);
  });
}

Deno.test("parseRecord() names every fault at once", () => {
  const error = assertThrows(
    () => parseRecord({ ...json(makeRecord()), kind: "x", seed: null }),
    SyntaxError,
  );
  assertEquals(error.message.split("; ").length, 2);
});

Deno.test("parseRecord() refuses what is not an object", () => {
  for (const value of [null, [], "text", 3]) {
    assertThrows(() => parseRecord(value), SyntaxError, "not a JSON object");
  }
});

Deno.test("parseManifest() accepts a manifest and refuses one without cells", () => {
  const manifest = makeManifest([makeRecord()]);
  assertEquals(parseManifest(json(manifest)), manifest);
  assertThrows(
    () => parseManifest({ ...manifest, cells: "all" }),
    SyntaxError,
    "cells is not a list of cell names",
  );
});

Deno.test("parseExamples() accepts examples and refuses images of another size", () => {
  const images = makeExamples();
  assertEquals(parseExamples(json(images)), images);
  assertThrows(
    () => parseExamples({ ...images, height: 15 }),
    SyntaxError,
    "source 0 holds 768 bytes, 15 x 16 x 3 = 720 expected",
  );
  assertThrows(
    () => parseExamples({ ...images, examples: [{ ...images.examples[0], result: "!".repeat(1024) }] }),
    SyntaxError,
    "result 0 holds -1 bytes",
  );
});

Deno.test("parsePictures() accepts sheets and refuses pictures of another size, or none", () => {
  const pictures = makePictures();
  assertEquals(parsePictures(json(pictures)), pictures);
  const [sheet] = pictures.sheets;
  const withImage = (image: unknown) => ({
    ...pictures,
    sheets: [{ ...sheet, rows: [{ label: "row", images: [image] }] }],
  });
  const [image] = sheet.rows[0].images;
  assertThrows(
    () => parsePictures(withImage({ ...image, width: 15 })),
    SyntaxError,
    "Masked images and reconstructions, row 0 holds 768 bytes, 16 x 15 x 3 = 720 expected",
  );
  for (const bad of [{ ...image, height: 0 }, { ...image, rgb: 3 }, null]) {
    assertThrows(() => parsePictures(withImage(bad)), SyntaxError, "sheets is not a list of sheets");
  }
  assertThrows(() => parsePictures({ ...pictures, schemaVersion: 2 }), SyntaxError, "schemaVersion is 2");
});
