/** Checks the documentation of the public modules: `deno task docs`.
 *
 * Every exported name has a docstring (`doc_rules.ts`), every example in a docstring runs, the pages that are made from
 * tables are what the tables say, and pages keep to `prose_rules.ts`.
 *
 * @module
 */
import { docProblems } from "./doc_rules.ts";
import { readDocs } from "./docs.ts";
import { stalePages } from "./generated_docs.ts";
import { join, toFileUrl } from "./path.ts";
import { glossaryProblems, phraseProblems } from "./prose_rules.ts";
import { finish, repositoryFiles, ROOT } from "./repository.ts";

/** The public modules; those that do not exist yet are left out. */
const MODULES = [
  "mod.ts",
  ...["engine", "attacks", "datasets", "paradigms", "reports"].map((name) => `${name}/mod.ts`),
];

/** Pages made from tables: their words stand in the tables. */
const GENERATED = /^docs\/(?:presets|commands)\.md$/;

/** Examples write to temporary folders, open devices and describe the machine. */
const PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  "--allow-run",
];

const files = await repositoryFiles(ROOT);
const modules = MODULES.filter((path) => files.includes(path));
const problems: string[] = await stalePages(ROOT);
for (const path of modules) {
  const found = await readDocs(join(ROOT, path)).then((doc) => docProblems(path, doc), unreadable);
  problems.push(...found.map((problem) => problem.replace(`${toFileUrl(ROOT)}/`, "")));
}

const texts = new Map<string, string>();
for (const path of files.filter((path) => /\.(?:ts|wgsl|md)$/.test(path))) {
  texts.set(path, await Deno.readTextFile(join(ROOT, path)));
}
for (const [path, text] of texts) {
  if (path.endsWith(".md") && !GENERATED.test(path)) problems.push(...phraseProblems(path, text));
}
const glossary = texts.get("docs/glossary.md") ?? "";
texts.delete("docs/glossary.md");
problems.push(...glossaryProblems(glossary, [...texts.values()]));

const examples = await filesWithExamples(files);
if (examples.length > 0) {
  const args = ["test", "--quiet", "--doc", ...PERMISSIONS, ...examples];
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).spawn().status;
  if (!success) problems.push("Cannot run every example: the output above says which");
}
finish([...new Set(problems)], `${modules.length} public modules and ${examples.length} files with examples`);

function unreadable(error: unknown): string[] {
  if (error instanceof SyntaxError) return [error.message];
  throw error;
}

/** Source files (no tests) whose comments hold a block of TypeScript. */
async function filesWithExamples(paths: readonly string[]): Promise<string[]> {
  const sources = paths.filter((path) => path.endsWith(".ts") && !path.endsWith("_test.ts"));
  const found: string[] = [];
  for (const path of sources) {
    if (/^\s*(?:\/\*)?\*\s*```ts\b/m.test(await Deno.readTextFile(join(ROOT, path)))) found.push(path);
  }
  return found;
}
