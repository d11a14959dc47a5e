/**
 * `deno task bench attack`: clean and robust accuracy of a network from a file, by AutoAttack.
 *
 * @module
 */
import { createProgress, SILENT } from "../run/progress.ts";
import { describeOptions } from "../terminal/options.ts";
import { EXIT, type ExitCode } from "../../common/usage_error.ts";
import { useVectorWidth } from "../adapter/vector_width.ts";
import { attackIn, defaultFolder } from "./attack_in.ts";
import type { OpenAttackDevice } from "./device.ts";
import { FILES } from "./folder.ts";
import { formatAttack } from "./format.ts";
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
  const { openDevice, stdout, stderr, signal, terminal = null } = services;
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
  const progress = options.quiet
    ? SILENT
    : createProgress({ terminal: terminal !== null, columns: terminal?.columns, write: stderr });
  const command = [ATTACK_COMMAND, ...args].join(" ");
  try {
    const note = (text: string) => stderr(`${text}\n`);
    const record = await attackIn(outDir, options, { openDevice, command, progress, note, signal });
    return report(record, { outDir, options, ...services });
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    stderr(
      `Interrupted: the state is saved\nHint: the same command with --out ${outDir} --resume goes on\n`,
    );
    return EXIT.interrupted;
  }
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
