import { fail } from "@std/assert";

const FOLDER = new URL("snapshots/", import.meta.url);

/**
 * Compares a chart with the stored one, as text: numbers to three decimals, one element a line. Where they differ, the
 * new chart is written next to the stored one as `NAME-changed.svg`; after a look at both, rename it to accept it.
 */
export async function assertChart(svg: string, name: string): Promise<void> {
  const actual = normalise(svg);
  const changed = new URL(`${name}-changed.svg`, FOLDER);
  const stored = await Deno.readTextFile(new URL(`${name}.svg`, FOLDER)).catch(() => null);
  if (stored === actual) return await Deno.remove(changed).catch(() => {});
  await Deno.writeTextFile(changed, actual);
  if (stored === null) fail(`no stored chart ${name}.svg; look at ${name}-changed.svg and rename it`);
  const lines = stored.split("\n");
  const at = actual.split("\n").findIndex((line, index) => line !== lines[index]);
  fail(`${name}.svg differs from line ${at + 1} on; look at ${name}-changed.svg and rename it`);
}

/** Numbers to three decimals, one element a line, and the namespace that viewers of the file need. */
export function normalise(svg: string): string {
  return svg
    .replace("<svg ", svg.includes("xmlns=") ? "<svg " : '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace(/-?\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(3))))
    .replaceAll("><", ">\n<") + "\n";
}
