/** `deno task data`: fetches CIFAR-10, or writes pictures of planted data.
 *
 * @module
 */
import {
  type CommandProgram,
  defineCommand,
  option,
  type Output,
  runProgram,
  text,
  whole,
} from "../common/command_line/mod.ts";
import { EXIT, UsageError } from "../common/usage_error.ts";
import { cifar10 } from "./cifar10.ts";
import { fetchCifar10 } from "./fetch_cifar10.ts";
import { writePlantedSheets } from "./planted_sheets.ts";

const CIFAR10_OPTIONS = [
  option({
    name: "out",
    value: "DIR",
    type: text("a folder"),
    default: "data/cifar10",
    help: "where to put the files",
  }),
  option({
    name: "archive",
    value: "FILE",
    type: text("a file"),
    help: "use this cifar-10-binary.tar.gz instead of downloading",
  }),
] as const;

const CIFAR10_COMMAND = defineCommand({
  command: "deno task data cifar10",
  summary: "download the official CIFAR-10 (binary version, 162 MiB), verify its sha256 and unpack it",
  options: CIFAR10_OPTIONS,
  async run({ options: { out = "data/cifar10", archive } }, { stdout, stderr }: Output) {
    let shown = -1;
    const onProgress = (done: number, total: number) => {
      const tenth = total > 0 ? Math.floor((10 * done) / total) : Math.floor(done / 16e6);
      if (tenth === shown) return;
      shown = tenth;
      const share = total > 0 ? `, ${tenth * 10} %` : "";
      stderr(`Downloading CIFAR-10: ${(done / 2 ** 20).toFixed(0)} MiB${share}\n`);
    };
    await fetchCifar10({ out, archive, onProgress }).catch((cause) => {
      const unusable = archive !== undefined && /^Cannot (read|use) CIFAR-10 archive /.test(cause.message);
      throw unusable ? new UsageError(cause.message, { cause }) : cause;
    });
    const { name, train, test } = await cifar10(out);
    stdout(`${name}: ${train.count} training and ${test.count} test images in ${out}\n`);
    return EXIT.done;
  },
});

const PLANTED_OPTIONS = [
  option({
    name: "out",
    value: "DIR",
    type: text("a folder"),
    default: "data/planted",
    help: "where to put them",
  }),
  option({
    name: "seed",
    value: "N",
    type: whole({ min: 0, max: 999_999_999_999_999 }),
    default: 0,
    help: "of the images",
  }),
] as const;

const PLANTED_COMMAND = defineCommand({
  command: "deno task data planted",
  summary: "write PNG contact sheets of the planted data set and of its gratings, amplified",
  options: PLANTED_OPTIONS,
  async run({ options: { out = "data/planted", seed = 0 } }, { stdout }: Output) {
    const paths = await writePlantedSheets({ out, seed });
    stdout(`${paths.length} contact sheets in ${out}\n`);
    return EXIT.done;
  },
});

/** The commands of `data`. */
export const DATA: CommandProgram<Output> = {
  command: "deno task data",
  about: "Fetches a data set, or writes pictures of one.",
  exitCodes: [0, 1, 2],
  commands: { cifar10: CIFAR10_COMMAND, planted: PLANTED_COMMAND },
};

/**
 * Runs the command.
 *
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage or an archive that cannot be used.
 */
export function main(args: readonly string[], services: Output): Promise<number> {
  return runProgram(DATA, args, { services });
}

if (import.meta.main) {
  const to = (stream: { writeSync(bytes: Uint8Array): number }) => (text: string) => {
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  };
  Deno.exit(await main(Deno.args, { stdout: to(Deno.stdout), stderr: to(Deno.stderr) }));
}
