/**
 * `deno task bench reproduce RECORD`: runs the cell of a record again and says whether the same comes out.
 *
 * @module
 */
import { BACKEND_OPTION, parseBackend } from "../adapter/backend_option.ts";
import { CHOICES_OPTION, parseChoices } from "../adapter/choices_option.ts";
import { describeOptions, type Option, parseOptions } from "../terminal/options.ts";
import { createProgress, SILENT } from "../run/progress.ts";
import type { RunServices } from "../run/request.ts";
import { EXIT, type ExitCode, UsageError } from "../../common/usage_error.ts";
import { reproduce, type Reproduction } from "./reproduce.ts";

export { reproduce, type ReproduceRequest, type Reproduction } from "./reproduce.ts";
export { type Verdict, verdictOf } from "./verdict.ts";

/** What the command needs from outside. */
export interface ReproduceServices extends Pick<RunServices, "openWorkbench" | "signal"> {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

const COMMAND = "deno task bench reproduce";

/** Options of the command. */
export const REPRODUCE_OPTIONS = [
  { name: "data", value: "DIR", help: "folder of the images, for records on real data" },
  {
    name: "tolerance",
    value: "NUMBER",
    help: "what metrics may differ by: fractions in absolute terms, others relatively [0.01]",
  },
  BACKEND_OPTION,
  CHOICES_OPTION,
  { name: "quiet", value: null, help: "show no progress" },
  { name: "json", value: null, help: "print what was found as JSON" },
  { name: "help", value: null, help: "show this", alias: "h" },
] as const satisfies readonly Option[];

/**
 * Runs the command.
 *
 * @returns 0 where the record is identical or the same within the tolerance, 3 where it differs.
 * @throws {UsageError} If an option is wrong, or the record cannot be reproduced.
 */
export async function reproduceCommand(
  args: readonly string[],
  { stdout, stderr, ...services }: ReproduceServices,
): Promise<ExitCode> {
  const words = args.filter((arg) => !arg.startsWith("-") && /\.json$/.test(arg));
  const options = parseOptions(args.filter((arg) => arg !== words[0]), {
    table: REPRODUCE_OPTIONS,
    command: COMMAND,
  });
  if (options.help) {
    stdout(
      "Runs the cell of a record again, in a temporary folder, and says whether the same comes out.\n\n" +
        `Usage: ${COMMAND} RUN/records/CELL.json [options]\n\nOptions:\n${
          describeOptions(REPRODUCE_OPTIONS)
        }\n` +
        "Exit codes: 0 identical or within the tolerance, 3 different\n",
    );
    return EXIT.done;
  }
  if (words.length === 0) {
    throw new UsageError(`Cannot reproduce: no record given\nHint: ${COMMAND} RUN/records/CELL.json`);
  }
  const progress = options.quiet ? SILENT : createProgress({ terminal: false, write: stderr });
  const found = await reproduce({
    path: words[0],
    dataDir: options.data,
    tolerance: parseTolerance(options.tolerance),
    choices: parseChoices(options.choices),
    backend: parseBackend(options.backend),
  }, { ...services, progress });
  stdout(options.json ? JSON.stringify(found, null, 2) + "\n" : formatReproduction(found));
  return found.verdict === "different" ? EXIT.regression : EXIT.done;
}

function parseTolerance(text: string | null): number | undefined {
  if (text === null) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
    throw new UsageError(`Cannot read --tolerance: must be a number of at least 0, given ${text}`);
  }
  return value;
}

/** What was found, for people. */
export function formatReproduction(
  { benchmark, verdict, first, compared, changed, taken }: Reproduction,
): string {
  const lines = [
    `${benchmark}: ${verdict}, ${compared} metrics and files compared\n`,
    ...(first === null ? [] : [`First that is not the same: ${first}\n`]),
    ...changed.map((what) => `Changed since the record was made: ${what}\n`),
    ...(taken.length === 0 ? [] : [`Taken from the run: ${taken.join(", ")}\n`]),
  ];
  return lines.join("");
}
