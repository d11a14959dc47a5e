/** `deno task data`: fetches CIFAR-10, or writes pictures of planted data.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "node:path";
import { printable } from "../common/printable.ts";
import { systemMessage } from "../common/system_error.ts";
import { cifar10 } from "./cifar10.ts";
import { fetchCifar10 } from "./fetch_cifar10.ts";
import { writePlantedSheets } from "./planted_sheets.ts";

const HELP = `Usage:
  deno task data cifar10 [--out DIR] [--archive FILE]
      Download the official CIFAR-10 (binary version, 162 MiB), verify its sha256 and unpack it.
      --out DIR       where to put the files (default: data/cifar10)
      --archive FILE  use this cifar-10-binary.tar.gz instead of downloading
  deno task data planted [--out DIR] [--seed N]
      Write PNG contact sheets of the planted data set and of its gratings, amplified.
      --out DIR       where to put them (default: data/planted)
      --seed N        default 0
`;

/** Where texts go; tests collect them. */
export interface CliOutput {
  /** Results. */
  readonly stdout: (text: string) => void;
  /** Progress and errors. */
  readonly stderr: (text: string) => void;
}

/** Options of each data set's command. */
const OPTIONS = { cifar10: ["out", "archive"], planted: ["out", "seed"] } as const;

/** The data sets that the command knows. */
export const DATA_COMMANDS = Object.keys(OPTIONS);

/** A wrong command line. */
class UsageError extends Error {}

/**
 * Runs the command.
 *
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage or an archive that cannot be used.
 */
export async function main(args: string[], { stdout, stderr }: CliOutput): Promise<number> {
  try {
    await dispatch(args, { stdout, stderr });
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const said = systemMessage(error) ?? error.message;
    stderr(`${printable(said, { lines: true })}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function dispatch(args: string[], { stdout, stderr }: CliOutput): Promise<void> {
  const [command] = args;
  const options: Record<string, readonly string[]> = OPTIONS;
  if (command === undefined || command === "help" || args.includes("--help")) return stdout(HELP);
  if (!Object.hasOwn(options, command)) {
    throw new UsageError(
      `Cannot run deno task data: unknown data set ${command}, known are ${Object.keys(options).join(", ")}`,
    );
  }
  const parsed = parseArgs(args.slice(1), {
    string: options[command],
    collect: options[command],
    unknown: (given) => {
      const known = options[command].map((name) => `--${name}`).join(", ");
      throw new UsageError(
        `Cannot run deno task data ${command}: unknown argument ${given}, known are ${known}`,
      );
    },
  });
  const texts = (name: string) => (parsed[name] ?? []) as readonly string[],
    text = (name: string) => texts(name)[0];
  const repeated = options[command].find((name) => texts(name).length > 1);
  if (repeated) throw new UsageError(`Cannot run deno task data ${command}: --${repeated} is given twice`);
  const empty = options[command].find((name) => text(name) === "");
  if (empty) throw new UsageError(`Cannot run deno task data ${command}: --${empty} needs a value`);
  const out = text("out") ?? join("data", command);
  if (command === "cifar10") await runCifar10({ out, archive: text("archive") }, { stdout, stderr });
  else await runPlanted({ out, seed: parseSeed(text("seed") ?? "0") }, { stdout });
}

function parseSeed(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`Cannot run deno task data planted: --seed must be a whole number, it is ${text}`);
}

async function runCifar10(
  { out, archive }: { out: string; archive?: string },
  { stdout, stderr }: CliOutput,
): Promise<void> {
  let shown = -1;
  const onProgress = (done: number, total: number) => {
    const tenth = total > 0 ? Math.floor((10 * done) / total) : Math.floor(done / 16e6);
    if (tenth === shown) return;
    shown = tenth;
    stderr(
      `Downloading CIFAR-10: ${(done / 2 ** 20).toFixed(0)} MiB${total > 0 ? `, ${tenth * 10} %` : ""}\n`,
    );
  };
  await fetchCifar10({ out, archive, onProgress }).catch((cause) => {
    const unusable = archive !== undefined && /^Cannot (read|use) CIFAR-10 archive /.test(cause.message);
    throw unusable ? new UsageError(cause.message, { cause }) : cause;
  });
  const { name, train, test } = await cifar10(out);
  stdout(`${name}: ${train.count} training and ${test.count} test images in ${out}\n`);
}

async function runPlanted(
  { out, seed }: { out: string; seed: number },
  { stdout }: Pick<CliOutput, "stdout">,
): Promise<void> {
  const paths = await writePlantedSheets({ out, seed });
  stdout(`${paths.length} contact sheets in ${out}\n`);
}

if (import.meta.main) {
  const to = (stream: { writeSync(bytes: Uint8Array): number }) => (text: string) => {
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  };
  Deno.exit(await main(Deno.args, { stdout: to(Deno.stdout), stderr: to(Deno.stderr) }));
}
