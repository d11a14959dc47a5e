/**
 * `deno task bench attack`: clean and robust accuracy of a network from a file, by AutoAttack.
 *
 * @module
 */
import { basename } from "node:path";
import { checkClasses } from "../../attacks/autoattack/classes.ts";
import { planAttacks } from "../../attacks/autoattack/protocol.ts";
import { createProgress, SILENT } from "../run/progress.ts";
import { describeOptions } from "../terminal/options.ts";
import { timestamp } from "../store/run_manifest.ts";
import { EXIT, type ExitCode, UsageError } from "../terminal/usage_error.ts";
import { useVectorWidth } from "../adapter/vector_width.ts";
import { readClassifier } from "./classifier.ts";
import type { OpenAttackDevice } from "./device.ts";
import { checkReach } from "./eps.ts";
import { configurationOf, evaluate, type EvaluationTask } from "./evaluate.ts";
import { EvaluationFolder, FILES } from "./folder.ts";
import { formatAttack } from "./format.ts";
import { openTestImages } from "./images.ts";
import { ATTACK_COMMAND, ATTACK_OPTIONS, type AttackOptions, parseAttackOptions } from "./options.ts";
import type { AttackRecord } from "./record.ts";

/** What the command needs from outside. */
export interface AttackServices {
  /** Opens the device and attacks: `openAttackDevice(autoAttack)`. */
  readonly openDevice: OpenAttackDevice;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether stderr is a terminal, and how wide. Default: it is none. */
  readonly terminal?: { readonly columns: number } | null;
}

/**
 * Evaluates, writes record and outcomes, and prints them.
 *
 * @returns 0; 1 if a check failed, such as the radius; 130 if interrupted, with the state saved.
 * @throws {UsageError} If an option is wrong, weights or images do not fit or cannot be read, or the folder holds another
 * evaluation; nothing is changed then.
 * @throws {NoAdapterError} If no adapter answers.
 */
export async function attack(args: readonly string[], services: AttackServices): Promise<ExitCode> {
  const { stdout, stderr, signal } = services;
  const options = parseAttackOptions(args);
  if (options === null) {
    stdout(
      "Measures clean and robust accuracy of a network from a file, by AutoAttack.\n\n" +
        `Usage: ${ATTACK_COMMAND} --weights FILE --arch NAME --data DIR --norm NAME --eps RADIUS [options]\n\n` +
        `Options:\n${describeOptions(ATTACK_OPTIONS)}`,
    );
    return EXIT.done;
  }
  useVectorWidth(options.vectorWidth);
  const outDir = options.out ?? defaultFolder(options.weights);
  const task = await prepare(options, services);
  try {
    return await evaluateIn(outDir, task, { ...services, command: [ATTACK_COMMAND, ...args].join(" ") });
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    stderr(
      `Interrupted: the state is saved\nHint: the same command with --out ${outDir} --resume goes on\n`,
    );
    return EXIT.interrupted;
  } finally {
    task.device.close();
  }
}

/** Reads and checks all that is given, then opens the device. */
async function prepare(
  options: AttackOptions,
  { openDevice, stderr }: AttackServices,
): Promise<EvaluationTask> {
  const note = (text: string) => stderr(`${text}\n`);
  const { weights, data, n, norm, eps, choices } = options;
  const classifier = await readClassifier(weights, { ...options, note });
  checkAttacks(options, classifier);
  const images = await openTestImages(data, { n, classifier });
  const { channels, height, width } = images.set;
  checkReach(eps, { norm, values: channels * height * width });
  const device = await openDevice(classifier, { choices, note });
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

async function evaluateIn(
  outDir: string,
  task: EvaluationTask,
  services: AttackServices & { readonly command: string },
): Promise<ExitCode> {
  const { options } = task, { stderr, signal, terminal = null } = services;
  const configuration = await configurationOf(task);
  const { resume } = options;
  const folder = await EvaluationFolder.take(outDir, { configuration, resume, now: new Date() });
  try {
    const progress = options.quiet
      ? SILENT
      : createProgress({ terminal: terminal !== null, columns: terminal?.columns, write: stderr });
    if (folder.finished !== null) checkImages(folder.finished, { outDir, options });
    const record = folder.finished ?? await evaluate(task, configuration, { ...services, folder, progress });
    return report(record, { outDir, options, ...services });
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) await folder.discard();
    throw error;
  } finally {
    await folder.close();
  }
}

/** Refuses to have images saved by an evaluation that has thrown them away. */
function checkImages(
  { artifacts, command }: AttackRecord,
  { outDir, options }: { outDir: string; options: AttackOptions },
): void {
  if (!options.saveImages || artifacts.length === 0 || /(^|\s)--save-images(\s|$)/.test(command)) return;
  throw new UsageError(
    `Cannot save the images: the evaluation in ${outDir} is finished and kept none\n` +
      "Hint: evaluate again in another folder with --out",
  );
}

function report(
  record: AttackRecord,
  { outDir, options, stdout, stderr }: AttackServices & { outDir: string; options: AttackOptions },
): ExitCode {
  const files = `Record:   ${outDir}/${FILES.record}\n` +
    record.artifacts.map(({ path }) => `Outcomes: ${outDir}/${path}\n`).join("");
  stdout(options.json ? JSON.stringify(record, null, 2) + "\n" : `${formatAttack(record)}\n${files}`);
  const failed = record.checks.filter(({ passed }) => !passed);
  for (const { name, detail } of failed) stderr(`Cannot trust this evaluation: ${name} fails, ${detail}\n`);
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

/** `runs/attack-<weights>-<time>`; weights of a run folder are named after their cell. */
function defaultFolder(weights: string): string {
  const cell = /artifacts\/(.+)\/weights\.safetensors$/.exec(weights)?.[1].replaceAll("/", "-");
  const name = cell ?? basename(weights).replace(/\.safetensors$/, "");
  return `runs/attack-${name}-${timestamp(new Date())}`;
}
