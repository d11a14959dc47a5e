/** Reads the imports of this repository as Deno resolves them.
 *
 * @module
 */
import { fromFileUrl, join, relative, toFileUrl } from "./path.ts";
import type { Import } from "./import_rules.ts";

/** The part of `deno info --json` that we read. */
interface Graph {
  modules: { specifier: string; error?: string; dependencies?: Dependency[] }[];
}

interface Dependency {
  specifier: string;
  code?: Resolved;
  type?: Resolved;
}

interface Resolved {
  specifier?: string;
  error?: string;
  span: { start: { line: number } };
}

/** Lists the imports between the given files, in their order.
 *
 * @param root The repository root, which holds `deno.json`.
 * @param files TypeScript files, relative to it.
 * @returns Imports of files below `root` only; packages are left out.
 * @throws {SyntaxError} If a file cannot be read or an import cannot be resolved.
 */
export async function readImports(root: string, files: readonly string[]): Promise<Import[]> {
  const graph = await readGraph(root, files);
  const wanted = new Set(files);
  const imports: Import[] = [];
  for (const module of graph.modules) {
    if (!module.specifier.startsWith("file:")) continue;
    const from = relative(root, fromFileUrl(new URL(module.specifier)));
    if (module.error !== undefined) throw new SyntaxError(`Cannot read ${from}: ${module.error}`);
    if (!wanted.has(from)) continue;
    for (const dependency of module.dependencies ?? []) {
      const resolved = dependency.code ?? dependency.type;
      if (resolved?.error !== undefined) {
        throw new SyntaxError(`Cannot resolve an import of ${from}: ${resolved.error}`);
      }
      if (!resolved?.specifier?.startsWith("file:")) continue;
      imports.push({
        from,
        to: relative(root, fromFileUrl(new URL(resolved.specifier))),
        specifier: dependency.specifier,
        line: resolved.span.start.line + 1,
        typeOnly: dependency.code === undefined,
      });
    }
  }
  return imports;
}

/** `deno info` takes one file: give it one that imports them all. */
async function readGraph(root: string, files: readonly string[]): Promise<Graph> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = files.map((path) => `import ${JSON.stringify(toFileUrl(join(root, path)))};`);
    await Deno.writeTextFile(entry, lines.join("\n"));
    const args = ["info", "--json", "--config", join(root, "deno.json"), entry];
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    if (!success) {
      throw new Error(`Cannot read the imports: deno info failed, ${new TextDecoder().decode(stderr)}`);
    }
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(entry);
  }
}
