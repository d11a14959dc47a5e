import { EXIT_MEANINGS } from "../usage_error.ts";
import type { Command, CommandProgram } from "./command.ts";
import type { Option } from "./option.ts";

/** The usage line of a command: "deno task bench compare BASE HEAD [options]". */
export function usageOf(
  { command, paths, options }: Pick<Command<never>, "command" | "paths" | "options">,
): string {
  const required = options.flatMap((one) =>
    one.type !== null && one.required ? [`--${one.name} ${one.value}`] : []
  );
  return [command, ...paths, ...required, "[options]"].join(" ");
}

/** The default of an option as text, or null if it has no default. */
export function defaultOf(one: Option): string | null {
  if (one.type === null) return null;
  return one.defaultText ?? (one.default === undefined ? null : one.type.write(one.default));
}

/** The lines of a help text that list options. */
export function describeOptions(table: readonly Option[]): string {
  const left = table.map((one) =>
    `${one.alias ? `-${one.alias}, ` : ""}--${one.name}${one.type === null ? "" : ` ${one.value}`}`
  );
  const width = Math.max(...left.map((text) => text.length));
  return table.map((one, i) => {
    const shown = defaultOf(one), required = one.type !== null && one.required;
    const end = required ? " (required)" : shown === null ? "" : ` [${shown}]`;
    return `  ${left[i].padEnd(width)}  ${one.help}${end}\n`;
  }).join("");
}

/** The help of one command. */
export function commandHelp(one: Command<never>): string {
  const codes = Object.entries(one.exitCodes).map(([code, meaning]) => `${code} ${meaning}`);
  const about = one.about ?? `${one.summary[0].toUpperCase()}${one.summary.slice(1)}.`;
  return `${about}\n\nUsage: ${usageOf(one)}\n\nOptions:\n${describeOptions(one.options)}` +
    (codes.length === 0 ? "" : `\nExit codes: ${codes.join(", ")}\n`) + (one.footer ?? "");
}

/** The help of a program with several commands, and the options of what runs without the name of one. */
export function programHelp({ command, about, root, commands, exitCodes }: CommandProgram<never>): string {
  const all = [...root === undefined ? [] : [root], ...Object.values(commands)];
  const usages = all.map(({ command, paths }) => [command, ...paths, "[options]"].join(" "));
  const width = Math.max(...usages.map((usage) => usage.length));
  const lines = all.map(({ summary }, i) => `  ${usages[i].padEnd(width)}  ${summary}\n`);
  const codes = exitCodes.map((code) => `  ${String(code).padStart(3)}  ${EXIT_MEANINGS[code]}\n`);
  return `${about}\n\nUsage:\n${lines.join("")}` +
    (root === undefined ? "" : `\nOptions of ${command}:\n${describeOptions(root.options)}`) +
    `\nExit codes:\n${codes.join("")}` +
    `\n${command} COMMAND --help lists the options of a command.\n${root?.footer ?? ""}`;
}
