/** Which code decides what a cell computes, and its hash: the modules that its entry module imports. */
import { sha256Hex } from "../../common/sha256.ts";

/** Where the code and kernels lie that decide what a cell computes; what is imported from elsewhere decides no number. */
const COMPUTING_FOLDERS = [
  "engine/",
  "attacks/",
  "datasets/",
  "paradigms/",
  "bench/cells/",
  "bench/config/recipe.ts",
];

/**
 * Files that only describe: the settings of a paradigm, an architecture or an attack, with help texts and defaults. The
 * values that a cell uses are part of its configuration, and so of its key.
 */
const DESCRIBING = /_settings\.ts$/;

/** Whether an import does not count, by the paths of both modules. */
export type CutImport = (one: { from: string; to: string }) => boolean;

/** Sources by path relative to the root, each read once. */
export class CodeBase {
  readonly #root: URL;
  readonly #files = new Map<string, Promise<{ hash: string; imports: readonly string[] }>>();

  constructor(root: URL) {
    this.#root = root;
  }

  /**
   * Paths of all modules that decide what some modules compute, themselves included, sorted: TypeScript and kernels that
   * they import, those that these import, and so on. Imports of types alone do not count.
   *
   * @param cut Whether an import decides nothing. Default: none.
   * @throws {Error} If a module cannot be read.
   */
  async modulesOf(entries: readonly string[], cut: CutImport = () => false): Promise<string[]> {
    const found = new Set(entries);
    for (let wave = [...entries]; wave.length > 0;) {
      const imports = await Promise.all(
        wave.map(async (from) => (await this.#read(from)).imports.filter((to) => !cut({ from, to }))),
      );
      wave = [...new Set(imports.flat())].filter((path) => !found.has(path));
      wave.forEach((path) => found.add(path));
    }
    return [...found].sort();
  }

  /**
   * SHA-256 over the names and contents of {@linkcode modulesOf}. Line ends are read as LF, so that a checkout on
   * Windows has the same hash.
   */
  async hashOf(entries: readonly string[], cut?: CutImport): Promise<string> {
    const paths = await this.modulesOf(entries, cut);
    const lines = await Promise.all(paths.map(async (path) => `${path} ${(await this.#read(path)).hash}\n`));
    return sha256Hex(lines.join(""));
  }

  #read(path: string): Promise<{ hash: string; imports: readonly string[] }> {
    let file = this.#files.get(path);
    if (file === undefined) this.#files.set(path, file = this.#parse(path));
    return file;
  }

  async #parse(path: string) {
    const text = (await Deno.readTextFile(new URL(path, this.#root))).replaceAll("\r\n", "\n");
    const imports = path.endsWith(".ts") ? importsOf(text).map((target) => resolve(path, target)) : [];
    return {
      hash: sha256Hex(text),
      imports: imports.filter((target) =>
        COMPUTING_FOLDERS.some((folder) => target.startsWith(folder)) && !DESCRIBING.test(target)
      ),
    };
  }
}

/**
 * What a module imports or exports from by relative paths, types alone left out. Statements start at the beginning of a
 * line, as the formatter leaves them.
 */
export function importsOf(text: string): string[] {
  const statement = /^(?:import|export)\s+(?!type\s)(?:([^"';]*?)\sfrom\s+)?"(\.[^"]+)"/gm;
  const targets: string[] = [];
  for (const [, names = "", target] of text.matchAll(statement)) {
    const listed = /^\{([^}]*)\}$/.exec(names.trim())?.[1].split(",").map((name) => name.trim()).filter(
      Boolean,
    );
    if (listed !== undefined && listed.length > 0 && listed.every((name) => name.startsWith("type "))) {
      continue;
    }
    targets.push(target);
  }
  for (const [, target] of text.matchAll(/\bimport\(\s*"(\.[^"]+)"/g)) targets.push(target);
  return targets;
}

function resolve(from: string, target: string): string {
  return new URL(target, `file:///${from}`).pathname.slice(1);
}
