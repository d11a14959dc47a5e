/** `deno task bench attack`: clean and robust accuracy of a network from a file, by AutoAttack. */
import { defineCommand } from "../../common/command_line/mod.ts";
import { EXIT } from "../../common/usage_error.ts";
import { useVectorWidth, VECTOR_WIDTH_OPTION } from "../adapter/vector_width.ts";
import { defaultFolder } from "../attack/attack_in.ts";
import { attackNetwork } from "../attack/attack_network.ts";
import { FILES } from "../attack/folder.ts";
import { formatAttack } from "../attack/format.ts";
import { ATTACK_OPTIONS } from "../attack/options.ts";
import { createProgress, SILENT } from "../run/progress.ts";
import { interruptedCode } from "../terminal/interrupt.ts";
import type { BenchServices } from "./services.ts";
import { JSON_OPTION, QUIET_OPTION, toJson } from "./shared_options.ts";

const OPTIONS = [...ATTACK_OPTIONS, VECTOR_WIDTH_OPTION, QUIET_OPTION, JSON_OPTION] as const;

/** The command. */
export const ATTACK_COMMAND = defineCommand({
  command: "deno task bench attack",
  summary: "measure clean and robust accuracy of a network from a file, by AutoAttack",
  options: OPTIONS,
  exitCodes: { 1: "a check failed, such as the radius" },
  async run({ options, command }, services: BenchServices) {
    const { quiet, json, vectorWidth = null, ...asked } = options;
    const { stdout, stderr, signal, terminal, openAttackDevice: openDevice } = services;
    useVectorWidth(vectorWidth);
    const progress = quiet
      ? SILENT
      : createProgress({ terminal: terminal !== null, columns: terminal?.columns, write: stderr });
    const note = (text: string) => stderr(`${text}\n`);
    const outDir = asked.outDir ?? defaultFolder(asked.weights);
    try {
      const { record, outDir: folder } = await attackNetwork({ ...asked, outDir, command, note, signal }, {
        openDevice,
        progress,
      });
      const outcomes = record.artifacts.map(({ path }) => `Outcomes: ${folder}/${path}\n`).join("");
      const files = `Record:   ${folder}/${FILES.record}\n${outcomes}`;
      stdout(json ? toJson(record) : `${formatAttack(record)}\n${files}`);
      const failed = record.checks.filter(({ passed }) => !passed);
      for (const { name, detail } of failed) {
        stderr(`Cannot trust this evaluation: ${name} fails, ${detail}\n`);
      }
      return failed.length === 0 ? EXIT.done : EXIT.failed;
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      stderr(
        `Interrupted: the state is saved\nHint: the same command with --out ${outDir} --resume continues\n`,
      );
      return interruptedCode(signal);
    }
  },
});
