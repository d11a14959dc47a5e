/** Checks the direction of all imports: `deno task imports`. The rules are in `import_rules.ts` and `folder_circles.ts`.
 *
 * @module
 */
import { folderCircles } from "./folder_circles.ts";
import { importProblems } from "./import_rules.ts";
import { readImports } from "./imports.ts";
import { finish, repositoryFiles, ROOT } from "./repository.ts";

const all = await repositoryFiles(ROOT);
// A folder with a deno.json of its own has imports of its own, which ours does not know.
const foreign = all.filter((path) => path.endsWith("/deno.json")).map((path) =>
  path.slice(0, -"deno.json".length)
);
const files = all.filter((path) =>
  path.endsWith(".ts") && !foreign.some((folder) => path.startsWith(folder))
);

try {
  const imports = await readImports(ROOT, files);
  const problems = [...importProblems(imports), ...folderCircles(imports)];
  finish(problems, `${imports.length} imports of ${files.length} files point downwards`);
} catch (error) {
  if (!(error instanceof SyntaxError)) throw error;
  finish([error.message], "");
}
