import { assert, assertEquals, assertMatch } from "@std/assert";
import type { AutoAttackResult } from "../../attacks/autoattack/types.ts";
import { planted } from "../../datasets/planted.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { autoAttackMethod } from "../../paradigms/attacks/auto_attack.ts";
import { AUTO_ATTACK } from "../../paradigms/attacks/auto_attack_settings.ts";
import { evaluatePgd } from "../../paradigms/attacks/pgd.ts";
import { PGD } from "../../paradigms/attacks/pgd_settings.ts";
import { registerAttack } from "../../paradigms/attacks/types.ts";
import { parseSafetensors } from "../../engine/files/safetensors.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { release } from "../../engine/graph/variables.ts";
import type { AutoAttackFn } from "../../attacks/autoattack/types.ts";
import type { AttackCell, CellContext, CellProgress } from "../plan/cell.ts";
import { parsePreset } from "../config/parse_preset.ts";
import { NO_CHECKPOINT } from "../store/checkpoint_file.ts";
import { PhaseLog } from "../record/phases.ts";
import { expand } from "../plan/plan.ts";
import { attack } from "./attack.ts";
import { learnerFor, settingsOf } from "./network.ts";

const cellOf = (autoAttack: string) => {
  const text = `
name: tiny
description: for tests
dataset: { name: planted, trainSize: 16, testSize: 12, size: 12 }
model: { arch: resnet8, widths: [4, 4, 4] }
training: { batchSize: 8 }
adversarialTraining: null
featureSets: {}
probe: null
evaluation: { batchSize: 8, attack: { norm: L2, eps: 0.5, steps: 2 }, autoAttack: ${autoAttack} }
`;
  return expand(parsePreset(text, { source: "tiny.yaml" }))[1] as AttackCell;
};

/** What AutoAttack is told, and what it answers: of the first 8 images two withstand, on 3 the first attack failed. */
function fakeAutoAttack(own: Partial<AutoAttackResult["safety"]> = {}) {
  const asked: Parameters<AutoAttackFn>[] = [];
  const safety = { largestPerturbation: 0.5, lowestPixel: 0, highestPixel: 1, notFinite: 0, ...own };
  const bits = (...values: number[]) => Uint8Array.of(...values, ...new Array(8 - values.length).fill(0));
  const autoAttack: AutoAttackFn = (...given) => {
    asked.push(given);
    given[3]?.onProgress?.({ attack: "square", done: 3, total: 8, correct: 2 });
    return Promise.resolve({
      clean: bits(1, 1, 1, 1),
      attacks: [
        { name: "apgd-ce", attacked: 4, correct: bits(1, 1, 1), safety, seconds: 0.5 },
        { name: "square", attacked: 3, correct: bits(1, 1), safety, seconds: 1 },
      ],
      robust: bits(1, 1),
      images: new Float32Array(0),
      perturbation: new Float32Array(8),
      safety,
      warnings: [{ code: "zero-gradients", message: "5 of 8 images have no gradient" }],
      seconds: 1.5,
    });
  };
  return { asked, autoAttack };
}

/** Runs the attacks of a cell on an untrained network; what it left and said comes back too. */
async function attackCell(gpu: Gpu, cell: AttackCell, autoAttack: AutoAttackFn) {
  const dataset = planted({ size: 12, trainSize: 16, testSize: 12 });
  const learner = learnerFor(settingsOf(cell), { set: dataset.train, seed: 0 });
  const left = { bytes: new Uint8Array(), warnings: [] as string[], progress: [] as CellProgress[] };
  const context: CellContext = {
    runDir: "",
    signal: new AbortController().signal,
    outputs: new Map(),
    progress: (update) => void left.progress.push(update),
    artifact: (kind, path, bytes) => {
      left.bytes = new Uint8Array(bytes);
      return Promise.resolve({ kind, path, sha256: "" });
    },
    checkpoint: NO_CHECKPOINT,
    warn: (text) => void left.warnings.push(text),
  };
  const phases = new PhaseLog(gpu);
  const measured = await attack(gpu, {
    cell,
    context,
    dataset,
    phases,
    logits: learner.logits!,
    attacks: [registerAttack(PGD, evaluatePgd), registerAttack(AUTO_ATTACK, autoAttackMethod(autoAttack))],
  });
  release(gpu, [...learner.parameters, ...learner.buffers]);
  const outcomes = parseSafetensors(left.bytes, { path: "outcomes" }).tensors;
  return { ...measured, ...left, outcomes, phases: phases.phases };
}

const OWN = "{ version: custom, images: 8, attacks: [apgd-ce, square], iterations: 9, queries: 30 }";

gpuTest("attack() asks AutoAttack for the first images under the preset's threat model", async (gpu) => {
  const { asked, autoAttack } = fakeAutoAttack();
  await attackCell(gpu, cellOf(OWN), autoAttack);
  await attackCell(gpu, cellOf("{ images: 5 }"), autoAttack);
  const [[, own, examples], [, standard, few]] = asked;
  const { logits: _, ...options } = own;
  assertEquals(options, {
    classes: 10,
    norm: "L2",
    eps: 0.5,
    imageShape: [12, 12, 3],
    batchSize: 8,
    seed: 0,
    attacks: ["apgd-ce", "square"],
    iterations: 9,
    queries: 30,
  });
  assertEquals([standard.version, standard.attacks, standard.iterations], ["standard", undefined, undefined]);
  assertEquals([examples.labels.length, few.labels.length, few.images.length], [8, 5, 5 * 432]);
  assertEquals([...few.numbers!], [0, 1, 2, 3, 4]);
});

gpuTest("attack() records AutoAttack with clean accuracy and PGD on the same images", async (gpu) => {
  const { autoAttack } = fakeAutoAttack();
  const { metrics, checks, outcomes, warnings, progress, phases } = await attackCell(
    gpu,
    cellOf(OWN),
    autoAttack,
  );
  assertEquals(metrics.autoAttackAccuracy, { value: 0.25, unit: "fraction", samples: [0.375, 0.25] });
  assertEquals(metrics.autoAttackSeconds, { value: 1.5, unit: "s", samples: [0.5, 1] });
  assertEquals(metrics.autoAttackLargestPerturbation.value, 0.5);
  assertEquals(checks.map(({ passed }) => passed), [true, true]);
  const of = (name: string) => [...outcomes.get(name)!.data as Uint8Array];
  const pgd = of("pgd"),
    clean = of("clean"),
    share = (bits: number[]) => bits.reduce((sum, bit) => sum + bit, 0) / bits.length;
  assertEquals([pgd.length, clean.length], [12, 12]);
  assertEquals(metrics.robustAccuracy.value, share(pgd));
  assertEquals(metrics.pgdAccuracy.value, share(pgd.slice(0, 8)));
  assertEquals(metrics.attackedCleanAccuracy.value, share(clean.slice(0, 8)));
  assertEquals(of("autoattack"), [1, 1, 0, 0, 0, 0, 0, 0]);
  assertEquals(of("autoattack/apgd-ce"), [1, 1, 1, 0, 0, 0, 0, 0]);
  assertMatch(warnings[0], /^PGD, flat-logits: /); // the network is untrained
  assertEquals(warnings.slice(1), ["AutoAttack, zero-gradients: 5 of 8 images have no gradient"]);
  assert(progress.some(({ label, done }) => label === "AutoAttack square" && done === 3));
  assertEquals(phases.map(({ name, units }) => [name, units]), [["attack", 12 * 2 + 4 * 9 + 3 * 10]]);
});

gpuTest(
  "attack() does not pass AutoAttack's images beyond eps, outside [0, 1] or not finite",
  async (gpu) => {
    for (
      const own of [{ largestPerturbation: 0.6 }, { lowestPixel: -0.1 }, { highestPixel: 1.1 }, {
        notFinite: 1,
      }]
    ) {
      const { checks } = await attackCell(gpu, cellOf(OWN), fakeAutoAttack(own).autoAttack);
      const [pgd, auto] = checks;
      assertEquals([pgd.passed, auto.passed], [true, false]);
      assertMatch(auto.detail, /^AutoAttack: largest L2 distance 0\.\d, eps 0\.5, pixels /);
    }
  },
);

gpuTest("attack() measures by PGD alone where the preset leaves AutoAttack out", async (gpu) => {
  const { asked, autoAttack } = fakeAutoAttack();
  const { metrics, outcomes } = await attackCell(gpu, cellOf("null"), autoAttack);
  assertEquals(asked.length, 0);
  assertEquals(Object.keys(metrics), ["cleanAccuracy", "robustAccuracy", "largestPerturbation"]);
  assertEquals([...outcomes.keys()].sort(), ["clean", "pgd"]);
});
