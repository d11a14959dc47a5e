import { formatError } from "../explained.ts";
import { suggest } from "../nearest.ts";
import { EXIT, UsageError } from "../usage_error.ts";
import { type Command, type CommandProgram, findCommand } from "./command.ts";
import { commandHelp, programHelp, usageOf } from "./help.ts";
import { parseOptions } from "./parse_options.ts";

/** The output streams of a program. */
export interface Output {
  /** Takes results. */
  readonly stdout: (text: string) => void;
  /** Takes progress and errors. */
  readonly stderr: (text: string) => void;
}

/**
 * Runs a program: finds the command, reads its options, and turns errors into an exit code.
 *
 * @param options.answer The message for an error of the program's own kind; null for any other. Default: none.
 * @returns The exit code. Never throws: mistakes are printed as their message alone, bugs with their stack trace.
 */
export async function runProgram<S extends Output>(
  program: CommandProgram<S>,
  args: readonly string[],
  { services, answer = () => null }: {
    services: S;
    answer?: (error: unknown) => { text: string; exitCode: number } | null;
  },
): Promise<number> {
  let table = program.root?.options ?? [];
  try {
    const found = findCommand(program, args);
    if (found === null) return listCommands(program, args, services);
    table = found.command.options;
    if (found.command === program.root && !isSingle(program) && asksHelp(found.command, args)) {
      services.stdout(programHelp(program as unknown as CommandProgram<never>));
      return EXIT.done;
    }
    return await runCommand(found.command, found.args, services);
  } catch (error) {
    const { text, exitCode } = answer(error) ??
      { text: formatError(error), exitCode: error instanceof UsageError ? error.exitCode : EXIT.failed };
    services.stderr(`${inOptionNames(text, table)}\n`);
    return exitCode;
  }
}

/**
 * Reads the options of a command and runs it.
 *
 * @throws {UsageError} If the arguments are wrong, or the command refuses them; in the words of its options.
 */
export async function runCommand<S extends Output>(
  one: Command<S>,
  args: readonly string[],
  services: S,
): Promise<number> {
  const { command, paths } = one;
  const parsed = parseOptions(args, { table: one.options, command, paths: paths.length > 0 });
  if ((parsed.options as { help?: boolean }).help) {
    services.stdout(commandHelp(one as Command<unknown> as Command<never>));
    return EXIT.done;
  }
  const any = paths.at(-1)?.endsWith("...") ?? false;
  if (any ? parsed.paths.length < paths.length - 1 : parsed.paths.length !== paths.length) {
    throw new UsageError(
      `Cannot run ${command}: expected ${paths.join(" ")}, given ${parsed.paths.join(" ") || "nothing"}\n` +
        `Hint: ${usageOf(one)}`,
    );
  }
  try {
    return await one.run({ ...parsed, command: [command, ...args].join(" ") }, services);
  } catch (cause) {
    if (!(cause instanceof UsageError)) throw cause;
    throw new UsageError(inOptionNames(cause.message, one.options), { exitCode: cause.exitCode, cause });
  }
}

function isSingle({ commands }: Pick<CommandProgram<never>, "commands">): boolean {
  return Object.keys(commands).length === 0;
}

function asksHelp<S>({ options, command }: Command<S>, args: readonly string[]): boolean {
  if (!args.some((arg) => arg === "--help" || arg === "-h")) return false;
  return (parseOptions(args, { table: options, command, paths: true }).options as { help?: boolean }).help ===
    true;
}

/** Lists the commands of a program, for calls without one. */
function listCommands<S extends Output>(
  program: CommandProgram<S>,
  [name]: readonly string[],
  { stdout }: S,
): number {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    stdout(programHelp(program as unknown as CommandProgram<never>));
    return EXIT.done;
  }
  const hint = program.hint?.(name);
  throw new UsageError(
    `Cannot run ${program.command} ${name}: unknown command, ${
      suggest(name, Object.keys(program.commands))
    }` +
      (hint === undefined ? "" : `\nHint: ${hint}`),
  );
}

/**
 * A message of a function in the words of its command: functions say "option outDir" of what a person types as `--out`.
 */
export function inOptionNames(message: string, table: readonly { name: string; property: string }[]): string {
  return message.replace(/\boption (\w+)/g, (said, property: string) => {
    const found = table.find((one) => one.property === property);
    return found === undefined ? said : `--${found.name}`;
  });
}
