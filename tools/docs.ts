/** Reads what `deno doc` knows of a file.
 *
 * @module
 */
import type { ModuleDoc } from "./doc_rules.ts";

/** Reads the documentation of one module, with everything it re-exports.
 *
 * @param path The module's file.
 * @throws {SyntaxError} If Deno cannot read the module.
 */
export async function readDocs(path: string): Promise<ModuleDoc> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--quiet", "--json", path],
  }).output();
  if (!success) throw new SyntaxError(`Cannot read ${path}: ${new TextDecoder().decode(stderr).trim()}`);
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as { nodes: Record<string, ModuleDoc> };
  return Object.values(nodes)[0];
}
