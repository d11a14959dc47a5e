/** Lists the files of this repository.
 *
 * @module
 */
import { fromFileUrl, join, relative } from "./path.ts";

/** The folder that holds `deno.json`. */
export const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** Lists the files of a repository, sorted, as paths relative to its root with forward slashes.
 *
 * Leaves out `.git` and what `.gitignore` lists (plain names of files and folders, as ours are). Needs no git, so that
 * it works in an unpacked archive too.
 *
 * @param root The folder to list.
 * @returns For example `["LICENSE", "bench/cli.ts"]`.
 */
export async function repositoryFiles(root: string): Promise<string[]> {
  const ignored = new Set([".git", ...await ignoredNames(root)]);
  const found: string[] = [];
  async function visit(folder: string): Promise<void> {
    for await (const entry of Deno.readDir(folder)) {
      if (ignored.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory) await visit(path);
      else if (entry.isFile) found.push(relative(root, path));
    }
  }
  await visit(root);
  return found.sort();
}

/** Ends a check: prints one line per problem and exits with 1, or prints a summary. */
export function finish(problems: readonly string[], checked: string): never {
  const text = problems.length === 0
    ? `ok | ${checked}`
    : `${problems.join("\n")}\n${count(problems.length)}`;
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
  Deno.exit(problems.length === 0 ? 0 : 1);
}

function count(problems: number): string {
  return problems === 1 ? "1 problem" : `${problems} problems`;
}

async function ignoredNames(root: string): Promise<string[]> {
  const text = await Deno.readTextFile(join(root, ".gitignore")).catch(() => "");
  return text.split("\n").map((line) => line.trim().replaceAll("/", ""))
    .filter((name) => name !== "" && !name.startsWith("#"));
}
