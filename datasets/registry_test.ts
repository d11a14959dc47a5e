import { assertEquals, assertThrows } from "@std/assert";
import { plantedDataset } from "./planted.ts";
import { configOfRecord, registerDataset } from "./registered.ts";
import { datasetOf, DATASETS } from "./registry.ts";

Deno.test("datasetOf() names the known data sets if the name is unknown", () => {
  assertEquals(datasetOf({ name: "cifar10" }).fetch, "deno task data cifar10 fetches it");
  assertThrows(() => datasetOf({ name: "mnist" }), RangeError, '"mnist": known are planted, cifar10');
});

Deno.test("DATASETS each have a name of their own, and images of a size that networks take", () => {
  assertEquals(new Set(DATASETS.map(({ name }) => name)).size, DATASETS.length);
  for (const dataset of DATASETS) {
    const config = configOfRecord(dataset, {});
    assertEquals(dataset.imageSize(config) >= 12 && dataset.classes >= 2, true, dataset.name);
  }
});

Deno.test("configOfRecord() reads amounts back from numbers, and refuses what no preset could have", async () => {
  const planted = registerDataset(plantedDataset);
  const config = configOfRecord(planted, {
    size: 12,
    trainSize: 20,
    testSize: 10,
    pixelNoise: 0.5,
    pixelNoiseLabel: "1/2",
  });
  assertEquals((config as unknown as Record<string, unknown>).pixelNoise, { value: 0.5, label: "0.5" });
  const { train } = await planted.open(config, { dataDir: null, signal: new AbortController().signal });
  assertEquals([train.count, train.height], [20, 12]);
  assertThrows(
    () => configOfRecord(planted, { size: 3 }),
    RangeError,
    "Cannot generate planted: size must be",
  );
});

Deno.test("open() of a data set that is read asks for its folder", () => {
  const { open } = datasetOf({ name: "cifar10" }), { signal } = new AbortController();
  const config = { name: "cifar10", trainSize: 10, testSize: 10 };
  assertThrows(
    () => void open(config, { dataDir: null, signal }),
    RangeError,
    "Hint: name it by option dataDir",
  );
});
