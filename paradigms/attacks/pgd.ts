/** Clean and robust accuracy under PGD, on every test image. */
import { warnPgd } from "../../attacks/pgd_warnings.ts";
import type { Checkpoint } from "../../engine/files/checkpoint.ts";
import { getTensor, type HostTensor } from "../../engine/files/safetensors.ts";
import { accuracyOf, type AttackOutcome, evaluateUnderPgd, type PgdProgress } from "../evaluate.ts";
import type { PgdConfig } from "./pgd_settings.ts";
import type { AttackFindings, AttackMethod, AttackTask } from "./types.ts";

/** How far a perturbation may overshoot by rounding, in pixel units. */
const SLACK = 1e-6;

/** Attacks every image, from where an earlier process stopped. */
export const evaluatePgd: AttackMethod<PgdConfig> = async (gpu, config, task) => {
  const { logits, set, batchSize, seed, threat, state, signal } = task;
  const kept = await state.load();
  const from = kept === null ? undefined : unpack(kept, set.count);
  if (from?.done === set.count) return findings(from.outcome, threat);
  const stepsOf = (done: number) => (done - (from?.done ?? 0)) * config.steps * config.restarts;
  const onProgress = async (progress: PgdProgress) => {
    await state.save(() => pack(progress), { steps: stepsOf(progress.done) });
    signal.throwIfAborted();
    task.onProgress({ label: "attack", done: progress.done, total: set.count });
  };
  const attack = { ...config, eps: config.eps.value, stepSize: config.stepSize.value, seed };
  const run = () =>
    evaluateUnderPgd(gpu, { logits, set, batchSize, onProgress, ...(from && { from }) }, attack);
  return findings(await task.measure(stepsOf(set.count), run), threat);
};

function findings(outcome: AttackOutcome, { norm, eps }: AttackTask["threat"]): AttackFindings {
  const { clean, robust, distance } = outcome;
  const largest = distance.reduce((a, b) => Math.max(a, b), 0);
  return {
    outcomes: new Map([["clean", clean], ["pgd", robust]]),
    metrics: {
      cleanAccuracy: { value: accuracyOf(clean), unit: "fraction" },
      robustAccuracy: { value: accuracyOf(robust), unit: "fraction" },
      largestPerturbation: { value: largest, unit: "pixels" },
    },
    checks: [{
      name: "perturbations within eps",
      passed: distance.every((d) => d <= eps + SLACK),
      detail: `PGD: largest ${norm} distance ${largest}, eps ${eps}, ${distance.length} images`,
    }],
    warnings: warnPgd(outcome).map(({ code, message }) => `PGD, ${code}: ${message}`),
    done: pack({ done: clean.length, outcome }),
  };
}

function pack({ done, outcome: { clean, robust, distance, doubts } }: PgdProgress): Checkpoint {
  const shape = [clean.length];
  return {
    tensors: new Map<string, HostTensor>([
      ["clean", { dtype: "U8", shape, data: clean }],
      ["robust", { dtype: "U8", shape, data: robust }],
      ["distance", { dtype: "F32", shape, data: distance }],
      ["doubts", { dtype: "U8", shape, data: doubts }],
    ]),
    state: { done },
  };
}

/** @throws {RangeError} If it is of another number of images. */
function unpack({ tensors, state }: Checkpoint, count: number): PgdProgress {
  const file = { tensors: new Map(tensors), metadata: {}, path: "the checkpoint" }, shape = [count];
  return {
    done: (state as { readonly done: number }).done,
    outcome: {
      clean: getTensor(file, "clean", { dtype: "U8", shape }).data,
      robust: getTensor(file, "robust", { dtype: "U8", shape }).data,
      distance: getTensor(file, "distance", { dtype: "F32", shape }).data,
      doubts: getTensor(file, "doubts", { dtype: "U8", shape }).data,
    },
  };
}
