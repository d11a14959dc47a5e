import { dirname, relative } from "node:path";
import { loadRun } from "./load.ts";
import { renderReport } from "./page.ts";
import type { Problem } from "./types.ts";

/**
 * Reads a run folder and writes its page, to a temporary name first.
 *
 * @param dir The run folder.
 * @param options `out`: where the page goes, `DIR/report.html` by default.
 * @returns The page's path, and what of the run could not be used.
 * @throws {TypeError} If the folder holds no run.
 */
export async function writeReport(
  dir: string,
  { out = `${dir.replace(/[/\\]+$/, "")}/report.html` }: { out?: string } = {},
): Promise<{ path: string; problems: readonly Problem[] }> {
  const run = await loadRun(dir);
  const way = relative(dirname(out), dir).replaceAll("\\", "/");
  const page = renderReport(run, { base: way === "" ? "" : `${way}/` });
  const temporary = `${out}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.writeTextFile(temporary, page);
    await Deno.rename(temporary, out);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw new TypeError(`Cannot write report: ${(cause as Error).message}, ${out}`, { cause });
  }
  return { path: out, problems: run.problems };
}
