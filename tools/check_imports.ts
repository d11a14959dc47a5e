/** Checks the direction of all imports: `deno task imports`. The rules are in `import_rules.ts`.
 *
 * @module
 */
import { importProblems } from "./import_rules.ts";
import { readImports } from "./imports.ts";
import { finish, repositoryFiles, ROOT } from "./repository.ts";

const files = (await repositoryFiles(ROOT)).filter((path) => path.endsWith(".ts"));
try {
  const imports = await readImports(ROOT, files);
  finish(importProblems(imports), `${imports.length} imports of ${files.length} files point downwards`);
} catch (error) {
  if (!(error instanceof SyntaxError)) throw error;
  finish([error.message], "");
}
