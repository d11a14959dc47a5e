/** An evaluation from its options to its folder. */
import { basename } from "node:path";
import { checkClasses } from "../../attacks/autoattack/classes.ts";
import { planAttacks } from "../../attacks/autoattack/protocol.ts";
import { nameFrom } from "../../common/checked_name.ts";
import { timestamp } from "../store/run_manifest.ts";
import { UsageError } from "../../common/usage_error.ts";
import { readClassifier } from "./classifier.ts";
import type { OpenAttackDevice } from "./device.ts";
import { checkReach } from "./eps.ts";
import { configurationOf, evaluate, type EvaluationServices, type EvaluationTask } from "./evaluate.ts";
import { EvaluationFolder } from "./folder.ts";
import { openTestImages } from "./images.ts";
import type { AttackOptions } from "./options.ts";
import type { AttackRecord } from "../records/attack_record.ts";

/** Observers of an evaluation, and who opens the device. */
export interface AttackInServices extends Omit<EvaluationServices, "folder"> {
  readonly openDevice: OpenAttackDevice;
  /** Receives notes on weights and timings. */
  readonly note: (text: string) => void;
}

/**
 * Evaluates and writes record and outcomes to a folder. A finished evaluation there is returned, not repeated.
 *
 * @throws {UsageError} If weights or images do not fit or cannot be read, or the folder holds another evaluation; nothing
 * is changed then.
 * @throws {NoAdapterError} If no adapter answers.
 * @throws The signal's reason on an abort, with the state saved.
 */
export async function attackIn(
  outDir: string,
  options: AttackOptions,
  services: AttackInServices,
): Promise<AttackRecord> {
  const { signal } = services;
  const task = await prepare(options, services);
  try {
    const configuration = await configurationOf(task);
    const { resume } = options, { note } = services;
    const folder = await EvaluationFolder.take(outDir, { configuration, resume, now: new Date(), note });
    try {
      if (folder.finished !== null) checkImages(folder.finished, { outDir, options });
      return folder.finished ?? await evaluate(task, configuration, { ...services, folder });
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) await folder.discard();
      throw error;
    } finally {
      await folder.close();
    }
  } finally {
    task.device.close();
  }
}

/** Reads and checks the inputs, then opens the device. */
async function prepare(
  options: AttackOptions,
  { openDevice, note }: Pick<AttackInServices, "openDevice" | "note">,
): Promise<EvaluationTask> {
  const { weights, data, n, norm, eps, variants, backend } = options;
  const classifier = await readClassifier(weights, { ...options, note });
  checkAttacks(options, classifier);
  const images = await openTestImages(data, { n, classifier });
  const { channels, height, width } = images.set;
  checkReach(eps, { norm, values: channels * height * width });
  const device = await openDevice(classifier, { variants, backend, note });
  return { options, classifier, images, device };
}

/** @throws {UsageError} If an attack needs more classes than there are. */
function checkAttacks(
  { version, attacks }: AttackOptions,
  { configuration: { classes } }: Pick<EvaluationTask["classifier"], "configuration">,
): void {
  const plan = planAttacks({ version, classes, ...(attacks === null ? {} : { attacks }) });
  try {
    checkClasses(classes, { attacks: plan.map(({ name }) => name) });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

/** Refuses `saveImages` for a finished evaluation that kept no images. */
function checkImages(
  { artifacts, command }: AttackRecord,
  { outDir, options }: { outDir: string; options: AttackOptions },
): void {
  if (!options.saveImages || artifacts.length === 0 || /(^|\s)--save-images(\s|$)/.test(command)) return;
  throw new UsageError(
    `Cannot save images: the evaluation in ${outDir} is finished and kept no images\n` +
      "Hint: evaluate again in another folder with option outDir",
  );
}

/** `runs/attack-<weights>-<time>`; weights of a run folder are named after their cell. */
export function defaultFolder(weights: string): string {
  const cell = /artifacts\/(.+)\/weights\.safetensors$/.exec(weights)?.[1];
  const name = cell ?? basename(weights).replace(/\.safetensors$/, "");
  return `runs/attack-${nameFrom(name)}-${timestamp(new Date())}`;
}
