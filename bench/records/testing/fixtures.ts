/** Files of earlier versions, as the code of then wrote them. */

/** A file of this folder, "v1/perf.json": its text, and its JSON. */
export async function readFixture(
  name: string,
  // deno-lint-ignore no-explicit-any
): Promise<{ readonly path: string; readonly text: string; readonly json: any }> {
  const path = `${import.meta.dirname}/${name}`, text = await Deno.readTextFile(path);
  return { path, text, json: name.endsWith(".json") ? JSON.parse(text) : null };
}
