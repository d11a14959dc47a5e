/** The text of `docs/commands.md`, from the tables that the commands read their options with.
 *
 * @module
 */
import { BENCH } from "../bench/commands/table.ts";
import {
  type Command,
  type CommandProgram,
  defaultOf,
  type Option,
  usageOf,
} from "../common/command_line/mod.ts";
import { EXIT_MEANINGS } from "../common/usage_error.ts";
import { DATA } from "../datasets/cli.ts";
import { REPORT } from "../reports/cli.ts";

const TOP =
  `Every command prints its options with \`--help\`, and refuses an option that is unknown, misspelt, given
twice or out of range before any work begins. \`--name value\` and \`--name=value\` are the same. The functions behind the
commands have the same options with the same defaults: see [library.md](library.md).
`;

/** The whole page, unformatted. */
export function commandsPage(): string {
  // deno-lint-ignore no-explicit-any -- programs of any services
  const programs: readonly CommandProgram<any>[] = [BENCH, REPORT, DATA];
  const codes = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return [
    "<!-- Made by deno task reference from the tables of commands: do not edit. -->\n",
    "# Commands\n",
    TOP,
    ...programs.flatMap((program) => commandsOf(program).map(commandText)),
    "## Exit codes\n",
    "| code | meaning |\n| --- | --- |",
    ...codes,
    "",
  ].join("\n");
}

// deno-lint-ignore no-explicit-any -- programs of any services
function commandsOf({ root, commands }: CommandProgram<any>): Command<never>[] {
  return [...root === undefined ? [] : [root], ...Object.values(commands)];
}

function commandText(one: Command<never>): string {
  const { command, options, summary, about, exitCodes, stopsAtOnce } = one;
  const codes = Object.entries(exitCodes).map(([code, meaning]) => `${code} ${meaning}`).join(", ");
  return [
    `## ${command.replace("deno task ", "")}\n`,
    `\`\`\`sh\n${usageOf(one)}\n\`\`\`\n`,
    `${about ?? `${summary[0].toUpperCase()}${summary.slice(1)}.`}\n`,
    "| option | value | default | meaning |",
    "| --- | --- | --- | --- |",
    ...options.map(rowOf),
    "",
    ...codes === "" ? [] : [`Exit codes: ${codes}.\n`],
    ...stopsAtOnce ? ["Ctrl-C ends it at once: it leaves nothing half-done.\n"] : [],
  ].join("\n");
}

function rowOf(one: Option): string {
  const value = one.type === null ? "" : `\`${one.value}\`: ${one.type.description}`;
  const required = one.type !== null && one.required;
  const cells = [
    `\`--${one.name}\`${one.alias === undefined ? "" : `, \`-${one.alias}\``}`,
    value,
    required ? "(required)" : defaultOf(one) ?? "",
    one.help,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
