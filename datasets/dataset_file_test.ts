import { assertEquals, assertRejects } from "@std/assert";
import { writeSafetensors } from "../engine/files/safetensors.ts";
import { readDataset, writeDataset } from "./dataset_file.ts";
import { planted } from "./planted.ts";
import { dataset, imageSet } from "./types.ts";

async function inFile(use: (path: string) => Promise<void>) {
  const path = await Deno.makeTempFile();
  try {
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readDataset() gives back what writeDataset() wrote, hashes recomputed", async () => {
  const whole = planted({ size: 13, trainSize: 7, testSize: 3 });
  const { extraTests: _, ...plain } = whole;
  await inFile(async (path) => {
    for (const set of [whole, dataset({ ...plain, files: { a: "1" } })]) {
      await writeDataset(path, set);
      assertEquals(await readDataset(path), set);
    }
  });
});

Deno.test("writeDataset() refuses images that are not bytes", async () => {
  const whole = planted({ size: 12, trainSize: 2, testSize: 2 });
  const train = imageSet({ ...whole.train, images: new Float32Array(whole.train.images.length) });
  await inFile((path) =>
    assertRejects(
      () => writeDataset(path, dataset({ ...whole, train })),
      RangeError,
      "planted/train: its images must be bytes, they are float32",
    ).then(() => {})
  );
});

Deno.test("readDataset() refuses another file, and one that lacks a split", async () => {
  await inFile(async (path) => {
    await writeSafetensors(path, new Map());
    await assertRejects(() => readDataset(path), SyntaxError, "it holds none");
    const metadata = { dataset: JSON.stringify({ name: "a", licence: "", source: "", splits: {} }) };
    await writeSafetensors(path, new Map(), { metadata });
    await assertRejects(() => readDataset(path), RangeError, "it has no split train");
  });
});
