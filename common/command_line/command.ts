/** Commands of a program, as one table: what the dispatcher runs, the help shows and the reference lists. */
import type { ExitCode } from "../usage_error.ts";
import { flag, type GivenOptions, type Option } from "./option.ts";

/** Of every command. */
export const HELP_OPTION = flag({ name: "help", help: "show this", alias: "h" });

/** The arguments that a command runs with. */
export interface Call<T extends readonly Option[]> {
  readonly options: GivenOptions<T>;
  /** As many as the command has names for. */
  readonly paths: readonly string[];
  /** The command as typed, for records. */
  readonly command: string;
}

/** One command of a program that is run with services of type S. */
export interface Command<S> {
  /** As typed: "deno task bench plan". */
  readonly command: string;
  /** One line. */
  readonly summary: string;
  /** First paragraph of the help, for commands that need more than one line. Default: the summary. */
  readonly about?: string;
  /** Names of the paths that the command takes, all of them needed; one that ends in "..." stands for any number. */
  readonly paths: readonly string[];
  /** With {@linkcode HELP_OPTION}. */
  readonly options: readonly Option[];
  /** Meanings of its exit codes, beyond those of every command. */
  readonly exitCodes: Readonly<Record<number, string>>;
  /** Last paragraph of the help. */
  readonly footer?: string;
  /** Whether a signal ends it at once, since it leaves nothing half-done. */
  readonly stopsAtOnce: boolean;
  // deno-lint-ignore no-explicit-any -- commands of all options are in one table
  readonly run: (call: Call<any>, services: S) => Promise<ExitCode>;
}

/** Declares a command. */
export function defineCommand<const T extends readonly Option[], S>(
  declared:
    & Pick<Command<S>, "command" | "summary" | "about" | "footer">
    & Partial<Pick<Command<S>, "paths" | "exitCodes" | "stopsAtOnce">>
    & { readonly options: T; readonly run: (call: Call<T>, services: S) => Promise<ExitCode> },
): Command<S> {
  const { paths = [], exitCodes = {}, stopsAtOnce = false } = declared;
  return { ...declared, paths, exitCodes, stopsAtOnce, options: [...declared.options, HELP_OPTION] };
}

/** A program of one command. */
export function singleCommand<S>(root: Command<S>): CommandProgram<S> {
  return { command: root.command, about: root.summary, root, exitCodes: [], commands: {} };
}

/** A program: one command, or several of which the first argument names one, or both. */
export interface CommandProgram<S> {
  /** "deno task bench". */
  readonly command: string;
  /** Its purpose, in one sentence. */
  readonly about: string;
  /** Runs if no command is named. */
  readonly root?: Command<S>;
  /** All exit codes of its commands. */
  readonly exitCodes: readonly ExitCode[];
  /** By name. */
  readonly commands: Readonly<Record<string, Command<S>>>;
  /** The hint for an unknown command. */
  readonly hint?: (name: string) => string;
}

/** Finds the command that the arguments name, and returns it with its own arguments; null if no command has that name. */
export function findCommand<S>(
  { root, commands }: Pick<CommandProgram<S>, "root" | "commands">,
  args: readonly string[],
): { command: Command<S>; args: readonly string[] } | null {
  const [name, ...rest] = args;
  const named = Object.keys(commands).length > 0 && name !== undefined && !name.startsWith("-");
  if (named) return Object.hasOwn(commands, name) ? { command: commands[name], args: rest } : null;
  return root === undefined ? null : { command: root, args };
}
