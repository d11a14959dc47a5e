import type { Option } from "./options.ts";

/** Paths and options apart, in any order: `parseOptions` takes options alone. */
export function splitWords(
  args: readonly string[],
  table: readonly Option[],
): { paths: string[]; words: string[] } {
  const valued = table.filter(({ value }) => value !== null).map(({ name }) => `--${name}`);
  const paths: string[] = [], words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (!args[i].startsWith("-")) paths.push(args[i]);
    else {
      words.push(args[i]);
      if (valued.includes(args[i]) && i + 1 < args.length) words.push(args[++i]);
    }
  }
  return { paths, words };
}
