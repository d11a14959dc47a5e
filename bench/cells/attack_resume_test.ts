/** Attacks of a cell that stop and resume, with the real AutoAttack. */
import { assert, assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { EVALUATION_ATTACKS } from "../../paradigms/attacks/registry.ts";
import { planted } from "../../datasets/planted.ts";
import { logits } from "../../datasets/testing.ts";
import { type Dataset, imageSet } from "../../datasets/types.ts";
import type { Gpu } from "../../engine/device/device.ts";
import type { Checkpoint } from "../../engine/files/checkpoint.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { evaluateClean } from "../../paradigms/evaluate.ts";
import { parsePreset } from "../config/parse_preset.ts";
import type { AttackCell, CellContext, CellProgress } from "../plan/cell.ts";
import { expand } from "../plan/plan.ts";
import { timelessMetrics } from "../record/canonical.ts";
import { PhaseLog } from "../record/phases.ts";
import { CheckpointFile } from "../store/checkpoint_file.ts";
import { withTempDir } from "../testing.ts";
import { attack } from "./attack.ts";

const PRESET = `
name: tiny
description: for tests
dataset: { name: planted, trainSize: 16, testSize: 24, size: 12 }
model: { arch: resnet8, widths: [4, 4, 4] }
training: { batchSize: 8 }
adversarialTraining: null
featureSets: {}
probe: null
evaluation:
  batchSize: 8
  attack: { norm: Linf, eps: 1/255, steps: 3, restarts: 2 }
  autoAttack: { version: custom, images: 20, attacks: [apgd-ce, fab-t, square], iterations: 20, queries: 50 }
`;
const CELL = expand(parsePreset(PRESET, { source: "tiny.yaml" }))[1] as AttackCell;

/** Images with the labels that the network gives them: some of them withstand. */
async function setUp(gpu: Gpu): Promise<Dataset> {
  const { test, ...rest } = planted({ size: 12, trainSize: 16, testSize: 24 });
  const labels = new Uint8Array(test.count);
  for (let label = 0; label < 10; label++) {
    const set = imageSet({ ...test, labels: labels.map(() => label) });
    const right = await evaluateClean(gpu, { logits, set, batchSize: 24 });
    right.forEach((bit, i) => bit && (labels[i] = label));
  }
  return { ...rest, test: imageSet({ ...test, labels }) };
}

/** A process that attacks, until it is stopped at the moment `stopAt`; null where it was. */
async function attackUntil(
  gpu: Gpu,
  dataset: Dataset,
  { path, stopAt = () => false, pauseMs = 0 }: {
    path: string;
    stopAt?: (update: CellProgress) => boolean;
    pauseMs?: number;
  },
) {
  const stop = new AbortController(), started = performance.now();
  const seen = { progress: [] as string[], notes: [] as string[], warnings: [] as string[] };
  const checkpoint = new CheckpointFile(path, { pauseMs, note: (text) => seen.notes.push(text) });
  let outcomes: Uint8Array | null = null;
  const context: CellContext = {
    runDir: "",
    signal: stop.signal,
    outputs: new Map(),
    progress: (update) => {
      seen.progress.push(`${update.label} ${update.done}`);
      if (stopAt(update)) stop.abort();
    },
    artifact: (kind, path, bytes) => {
      outcomes = bytes.slice();
      return Promise.resolve({ kind, path, sha256: "" });
    },
    checkpoint,
    warn: (text) => void seen.warnings.push(text),
  };
  const phases = new PhaseLog(gpu), before = gpu.work.dispatches;
  const run = attack(gpu, { cell: CELL, context, dataset, phases, logits, attacks: EVALUATION_ATTACKS });
  const measured = await run.catch((error) => {
    if (!stop.signal.aborted) throw error;
    return null;
  });
  const dispatches = gpu.work.dispatches - before, seconds = (performance.now() - started) / 1000;
  const { peakBytes, flops } = phases; // the device's peak is the next one's soon
  return { ...seen, measured, outcomes, phases: phases.phases, peakBytes, flops, dispatches, seconds };
}

type Ran = Awaited<ReturnType<typeof attackUntil>>;

/** What has to be the same however often it was stopped. */
function resultOf({ measured, outcomes, warnings, phases, peakBytes, flops }: Ran) {
  const { metrics, checks } = measured!;
  const cost = { flops: { value: flops, unit: "1" }, peakBytes: { value: peakBytes, unit: "bytes" } };
  return {
    metrics: timelessMetrics({ ...metrics, ...cost }),
    units: phases.map(({ name, units }) => [name, units]),
    checks,
    warnings,
    outcomes,
  };
}

const labelsOf = ({ progress }: Ran) => [...new Set(progress.map((line) => line.replace(/ \d+$/, "")))];

gpuTest(
  "attack() stopped and resumed finds what an unbroken one finds, and repeats nothing",
  async (gpu) => {
    const dataset = await setUp(gpu);
    await withTempDir(async (dir) => {
      const whole = await attackUntil(gpu, dataset, { path: `${dir}/whole`, pauseMs: 1e9 });
      assertEquals(labelsOf(whole), [
        "attack",
        "AutoAttack apgd-ce",
        "AutoAttack fab-t",
        "AutoAttack square",
      ]);
      const { samples: left } = whole.measured!.metrics.autoAttackAccuracy;
      assert(1 > left![0] && left![0] > left![1] && left![1] > 0, `they find some, not all: ${left}`);
      await assertRejects(() => Deno.stat(`${dir}/whole`), Deno.errors.NotFound);

      const path = `${dir}/c.safetensors`;
      const first = await attackUntil(gpu, dataset, {
        path,
        stopAt: ({ label, done }) => label === "attack" && done === 8,
      });
      const second = await attackUntil(gpu, dataset, {
        path,
        stopAt: ({ label }) => label === "AutoAttack fab-t",
      });
      assertEquals([first.progress, first.measured, second.measured], [["attack 8"], null, null]);
      assertEquals(
        second.progress[0],
        "attack 24",
        "two of three batches were done: the stop came in the second",
      );
      const third = await attackUntil(gpu, dataset, { path });
      assertEquals(labelsOf(third), ["AutoAttack fab-t", "AutoAttack square"]);
      assertEquals(resultOf(third), resultOf(whole));
      assertLess(third.dispatches, whole.dispatches - second.dispatches / 2);

      const { value, samples: seconds } = third.measured!.metrics.autoAttackSeconds;
      const apart = second.seconds + third.seconds;
      assert(value > seconds![0] && value < apart, `${value} s of ${apart} s, ${seconds}`);
      assertEquals([first.notes, second.notes, third.notes], [[], [], []]);
    });
  },
);

gpuTest("attack() sets aside a checkpoint that it cannot resume from, and restarts", async (gpu) => {
  const dataset = await setUp(gpu);
  await withTempDir(async (dir) => {
    const whole = await attackUntil(gpu, dataset, { path: `${dir}/whole`, pauseMs: 1e9 });
    const path = `${dir}/c.safetensors`;
    const stopAt = ({ label }: CellProgress) => label === "AutoAttack fab-t";
    await attackUntil(gpu, dataset, { path, stopAt });
    const good = await Deno.readFile(path);
    const rewrite = async (change: (kept: Checkpoint) => Checkpoint) => {
      const file = new CheckpointFile(path, { pauseMs: 0, note: () => {} });
      const kept = (await file.loadState((kept) => kept))!;
      await file.saveState(() => change(kept));
    };
    const spoil: [RegExp, () => Promise<void>][] = [
      [/cut short/, () => Deno.truncate(path, 100)],
      [/the file is damaged/, () => Deno.writeFile(path, good.with(good.length - 1, good.at(-1)! ^ 1))],
      [
        /its state belongs to another one, attacks was square/,
        () =>
          rewrite(({ tensors, state }) => {
            const text = JSON.stringify(state).replace(/"attacks":"[^"]*"/, '"attacks":"square"');
            return { tensors, state: JSON.parse(text) };
          }),
      ],
      [
        /the model gives example 0 other scores than when it began/,
        () =>
          rewrite(({ tensors, state }) => {
            const logits = tensors.get("autoattack/logits")!;
            const data = (logits.data as Float32Array<ArrayBuffer>).map((z) => z + 1);
            return {
              tensors: new Map(tensors).set("autoattack/logits", { ...logits, data } as never),
              state,
            };
          }),
      ],
      [/its shape must be \[24\]/, () =>
        rewrite(({ tensors, state }) => {
          const clean = { dtype: "U8", shape: [1], data: Uint8Array.of(1) } as const;
          return { tensors: new Map(tensors).set("pgd/clean", clean), state };
        })],
    ];
    for (const [reason, break_] of spoil) {
      await Deno.writeFile(path, good);
      await break_();
      const broken = await Deno.readFile(path);
      const again = await attackUntil(gpu, dataset, { path });
      assertEquals(again.notes.length, 1);
      assertMatch(again.notes[0], reason);
      assertMatch(again.notes[0], /^It restarts: its checkpoint cannot be used and is now .*\.corrupt: /);
      assertEquals(await Deno.readFile(`${path}.corrupt`), broken);
      assertEquals(resultOf(again), resultOf(whole), `${reason}`);
    }
  });
});
