import { assert, assertEquals } from "@std/assert";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { parseVariants } from "../adapter/variants_option.ts";
import { measure } from "./measure.ts";

gpuTest("measure() takes one sample of every kernel a round", async () => {
  const notes: string[] = [];
  const record = await measure({
    parts: new Set(["kernels"]),
    only: "matmul",
    samples: 3,
    minSampleMs: 1,
    starts: 1,
    soakSteps: 1,
    variants: parseVariants(null),
    signal: new AbortController().signal,
    note: (text) => notes.push(text),
  });
  const names = record.kernels.map(({ name }) => name);
  assert(names.length > 1 && record.kernels.every(({ samplesMs }) => samplesMs.length === 3));
  const order = [1, 2, 3].flatMap((round) => names.map((name) => `${name}, round ${round} of 3`));
  assertEquals(notes.filter((note) => note.includes("round")), order);
  assertEquals([record.ceilings, record.training, record.attacks, record.start], [[], [], [], null]);
});
