/** Real commands on real cells, stopped by real signals at any point, and resumed. */
import { assert, assertEquals } from "@std/assert";
import { noGpu } from "../../engine/testing/gpu.ts";
import { canonicalRecord } from "../record/canonical.ts";
import type { CellRecord } from "../records/mod.ts";
import { withTempDir } from "../testing.ts";
import { runAndStop } from "./testing_stops.ts";

/** Epochs of milliseconds, an attack of many steps. */
const PRESET = `
name: tiny
description: for tests
dataset: { name: planted, trainSize: 32, testSize: 16, size: 12 }
model: { arch: resnet8, widths: [4, 4, 4] }
training: { epochs: 60, batchSize: 16, lr: 0.01 }
adversarialTraining: null
featureSets: {}
probe: null
evaluation:
  batchSize: 16
  attack: { steps: 100 }
  autoAttack: { version: custom, images: 8, attacks: [apgd-ce, square], iterations: 20, queries: 100 }
`;

const ignore = noGpu || Deno.build.os === "windows";

/** All but what changes where somebody commits meanwhile. */
async function readRecords(dir: string) {
  const records: Record<string, unknown> = {};
  for await (const { name, isFile } of Deno.readDir(`${dir}/records`)) {
    if (!isFile) continue;
    const record: CellRecord = JSON.parse(await Deno.readTextFile(`${dir}/records/${name}`));
    records[name] = { ...canonicalRecord(record), commit: null, dirty: null };
  }
  return records;
}

/** Images trained on of the first cell, as the command said. */
const trained = (text: string) =>
  [...text.matchAll(/"cell":"sl\/natural\/seed-0".*"label":"train","done":(\d+)/g)].map(([, done]) =>
    Number(done)
  );

Deno.test("bench is gone within 2 s of a signal, leaves nothing running, and continues at the next step", {
  ignore,
}, async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/tiny.yaml`, PRESET);
    const args = (out: string, seeds: string) =>
      ["bench/cli.ts", "--preset", `${dir}/tiny.yaml`, "--out", `${dir}/${out}`, "--resume", "--events"]
        .concat("--seeds", seeds, "--jobs", `${seeds.split(",").length}`);
    const startedAt = performance.now();
    const whole = await runAndStop(args("whole", "0"));
    const limitMs = Math.max(2000, (performance.now() - startedAt) / 2); // where much else runs, all takes longer
    assertEquals(whole.code, 0, whole.text.slice(-1000));
    const training = /"cell":"sl\/natural\/seed-0","label":"train","done":640/;
    const moments: [seeds: string, signal: "SIGINT" | "SIGTERM", at: RegExp][] = [
      ["0", "SIGINT", training],
      ["0", "SIGTERM", /"cell":"sl\/natural\/seed-0\/attack"/],
      ["0,1", "SIGINT", training],
    ];
    let before: number | undefined;
    for (const [seeds, signal, at] of moments) {
      const { code, exitMs, left, text } = await runAndStop(args(`seeds-${seeds}`, seeds), { signal, at });
      assertEquals([code, left], [signal === "SIGINT" ? 130 : 143, []], text.slice(-1000));
      assert(exitMs !== null && exitMs < limitMs, `gone in ${exitMs} ms`);
      if (before !== undefined) assertEquals(trained(text)[0], before + 16);
      before = seeds === "0" && at === training ? trained(text).at(-1) : undefined;
    }
    const { code, text } = await runAndStop(args("seeds-0", "0"));
    assertEquals(code, 0, text.slice(-1000));
    assertEquals(await readRecords(`${dir}/seeds-0`), await readRecords(`${dir}/whole`));
  });
});
