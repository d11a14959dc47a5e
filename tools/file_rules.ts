/** Rules for the files of this repository. See {@linkcode fileProblems}.
 *
 * @module
 */

/** Files longer than this are split. */
export const MAX_LINES = 400;

const LIMITED = /\.(?:ts|wgsl|sh)$/;

/** A path that exists on one machine only. Web addresses are not meant, nor paths below a variable. */
const PRIVATE_PATH = /(?<![\w.:/}-])\/(?:home|Users|root|work|workspace|mnt)\/\w[^\s"'`)]*/;

/** A lock file needs no address: packages come from whatever registry the user has set up. */
const ADDRESS = /https?:\/\/[^\s"']+/;

/** Asks WebGPU for an adapter, and so loads OpenGL too: see `usualBackends()` in `engine/device/backend.ts`. */
const ASKS_WEBGPU = /\bnavigator\.gpu\b/;

/** Names a backend, or measures packages that ask for themselves. */
const MAY_ASK_WEBGPU = /^engine\/device\/backend\.ts$|^bench\/peers\/packages\//;

/** Finds what does not belong into a file: more than {@linkcode MAX_LINES} lines of code, a path of somebody's machine, code
 * that asks WebGPU for an adapter past `findAdapter()`, or, in a lock file, the address of a registry.
 *
 * @param path The file, relative to the repository root.
 * @param text Its content.
 * @returns One line per problem.
 */
export function fileProblems(path: string, text: string): string[] {
  const problems: string[] = [];
  const lines = text.split("\n");
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  if (LIMITED.test(path) && count > MAX_LINES) {
    problems.push(`${path} Cannot keep the file: it has ${count} lines, at most ${MAX_LINES} are allowed`);
  }
  for (const [i, line] of lines.entries()) {
    const found = PRIVATE_PATH.exec(line)?.[0] ??
      (path.endsWith(".lock") ? ADDRESS.exec(line)?.[0] : undefined);
    if (found !== undefined) {
      problems.push(`${path}:${i + 1} Cannot keep the line: it names a place of one machine, ${found}`);
    }
    if (path.endsWith(".ts") && ASKS_WEBGPU.test(line) && !MAY_ASK_WEBGPU.test(path)) {
      problems.push(
        `${path}:${i + 1} Cannot keep the line: it asks WebGPU for an adapter, findAdapter() does`,
      );
    }
  }
  return problems;
}
