/** Checks every file of the repository: `deno task files`. The rules are in `file_rules.ts`.
 *
 * @module
 */
import { fileProblems } from "./file_rules.ts";
import { join } from "./path.ts";
import { finish, repositoryFiles, ROOT } from "./repository.ts";

const files = await repositoryFiles(ROOT);
const problems: string[] = [];
for (const path of files) {
  const bytes = await Deno.readFile(join(ROOT, path));
  const isText = !bytes.subarray(0, 8000).includes(0);
  if (isText) problems.push(...fileProblems(path, new TextDecoder().decode(bytes)));
}
finish(problems, `${files.length} files are short and hold no private places`);
