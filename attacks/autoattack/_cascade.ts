/** One attack of the cascade. */

import { SAVE_SECONDS } from "../evaluation/robustness_attack.ts";
import { runSlots } from "../slots/run_slots.ts";
import type { NewExample } from "../slots/slot_rows.ts";
import { largestGradients, predict, rankTargets } from "./classifier.ts";
import { type Evaluation, gather, imageAt } from "./evaluation.ts";
import { LOSSES, makeAttack } from "./make_attack.ts";
import type { PlannedAttack } from "./protocol.ts";
import { safetyOf } from "./returned.ts";
import { type CurrentAttack, packProgress } from "./state.ts";
import { warnNotFinite, warnZeroGradients } from "./warnings.ts";

/** Runs an attack on all examples that are still correct, from the start or from its saved state. */
export async function runAttack(evaluation: Evaluation, planned: PlannedAttack): Promise<void> {
  const { progress, run } = evaluation, started = performance.now();
  const resumed = progress.current;
  const todo = correctOnes(progress.robust);
  const current = progress.current ??= {
    attacked: todo.length,
    misclassified: new Uint8Array(progress.robust.length),
    done: 0,
    seconds: 0,
    snapshot: null,
  };
  const before = current.seconds;
  const updateTime = () => current.seconds = before + (performance.now() - started) / 1000;
  if (resumed === null && todo.length > 0) await checkGradients(evaluation, planned, todo);
  if (current.done < current.attacked) await runExamples(evaluation, planned, { current, todo, updateTime });
  if (current.attacked > 0 && run.signal !== undefined) {
    current.snapshot = null;
    updateTime();
    await save(evaluation); // the signal may end the next steps
  }
  await verifyMisclassified(evaluation, planned, current);
  const found = correctOnes(current.misclassified);
  for (const i of found) progress.robust[i] = 0;
  progress.outcomes.push({
    name: planned.name,
    attacked: current.attacked,
    correct: progress.robust.slice(),
    safety: safetyOf(evaluation, { attack: planned.name, positions: found }),
    seconds: updateTime(),
  });
  progress.current = null;
  await save(evaluation);
  run.signal?.throwIfAborted();
}

interface Run {
  readonly current: CurrentAttack;
  readonly todo: readonly number[];
  readonly updateTime: () => number;
}

/** The attack itself; pauses report and save progress. */
async function runExamples(
  evaluation: Evaluation,
  planned: PlannedAttack,
  { current, todo, updateTime }: Run,
): Promise<void> {
  const { gpu, options, examples, progress, run } = evaluation, { name, targets: count } = planned;
  const attack = await makeAttack(gpu, planned, options);
  const targets = name.endsWith("-t")
    ? rankTargets(progress.logits, { labels: examples.labels, count })
    : null;
  const n = examples.labels.length;
  const tell = () =>
    run.onProgress?.({
      attack: name,
      done: current.done,
      total: current.attacked,
      correct: correctOnes(progress.robust).length - correctOnes(current.misclassified).length,
    });
  const example = (i: number): NewExample => ({
    image: imageAt(examples.images, i, n),
    label: examples.labels[i],
    number: examples.numbers[i],
    targets: targets?.subarray(i * count, (i + 1) * count) ?? [],
  });
  tell();
  const slots = () =>
    runSlots(gpu, attack, {
      from: current.snapshot ?? todo,
      example,
      onFinished: ({ position, misclassified, image }) => {
        current.done++;
        if (!misclassified) return;
        current.misclassified[position] = 1;
        imageAt(progress.images, position, n).set(image);
      },
      onPause: async ({ snapshot }) => {
        tell();
        const due = performance.now() - evaluation.savedAt >= 1000 * (run.saveSeconds ?? SAVE_SECONDS);
        if (run.state === undefined || !(due || run.signal?.aborted)) return;
        current.snapshot = await snapshot();
        updateTime();
        await save(evaluation);
      },
      ...(run.signal && { signal: run.signal }),
    });
  try {
    await gpu.heed(null, slots); // the signal ends them in a pause
  } finally {
    attack.dispose();
  }
}

/** Classifies adversarial images once more; those that turn out correct do not count. */
async function verifyMisclassified(
  { options, examples, classifier, progress }: Evaluation,
  { name }: PlannedAttack,
  current: CurrentAttack,
): Promise<void> {
  const positions = correctOnes(current.misclassified), n = examples.labels.length;
  if (positions.length === 0) return;
  const numbers = Uint32Array.from(positions, (i) => examples.numbers[i]);
  const logits = await classifier.logits({ images: gather(progress.images, positions, n), numbers });
  const warning = warnNotFinite(logits, { examples: positions.length, of: name });
  if (warning !== null) progress.warnings.push(warning);
  const classes = predict(logits, options.classes);
  positions.forEach((i, k) => {
    if (classes[k] !== examples.labels[i]) return;
    current.misclassified[i] = 0;
    imageAt(progress.images, i, n).set(imageAt(examples.images, i, n));
  });
}

/** Warns of zero gradients of this attack's loss, at the first examples. */
async function checkGradients(
  { gpu, options, examples, progress }: Evaluation,
  { name }: PlannedAttack,
  todo: readonly number[],
): Promise<void> {
  const loss = LOSSES[name];
  if (loss === undefined) return;
  const positions = todo.slice(0, options.slots), n = examples.labels.length;
  const pick = (values: Uint32Array) => Uint32Array.from(positions, (i) => values[i]);
  const labels = pick(examples.labels);
  const logits = gather(progress.logits, positions, n);
  const largest = await largestGradients(gpu, { ...options, loss }, {
    images: gather(examples.images, positions, n),
    numbers: pick(examples.numbers),
    labels,
    targets: rankTargets(logits, { labels, count: 1 }),
  });
  const warning = warnZeroGradients(largest, { attack: name });
  if (warning !== null) progress.warnings.push(warning);
}

async function save(evaluation: Evaluation): Promise<void> {
  await evaluation.run.state?.save(packProgress(evaluation.progress, evaluation.identity));
  evaluation.savedAt = performance.now();
}

/** Positions of the ones. */
function correctOnes(bits: Uint8Array): number[] {
  return [...bits.keys()].filter((i) => bits[i] === 1);
}
