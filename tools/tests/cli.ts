/** Runs tests in two tiers:
 *
 *     deno task test:all [FLAG...]       everything, after a check of all types
 *     deno task test:near [PATH...]      the tests nearest to files or folders, in under three minutes; without
 *                                        a path, nearest to what git says has changed since the last commit
 *
 * Flags (`--filter=...`, `--fail-fast`) are for `deno test`.
 *
 * @module
 */
import { readImports } from "../imports.ts";
import { repositoryFiles, ROOT } from "../repository.ts";
import { testsNear } from "./near.ts";
import { runTests } from "./run.ts";
import { SLOW_TESTS } from "./slow.ts";

/** A test that takes this long is left to `test:all`, in seconds. */
const SLOW_FROM = 10;

/** What `test:near` may take, in seconds. Checking types and finding imports come on top. */
const BUDGET = 90;

const jobs = Math.min(navigator.hardwareConcurrency, 8);
const [tier, ...args] = Deno.args;
const flags = args.filter((arg) => arg.startsWith("-"));
const paths = args.filter((arg) => !arg.startsWith("-")).map((path) =>
  path.replace(/^\.\//, "").replace(/\/$/, "")
);

const files = (await repositoryFiles(ROOT)).filter((path) => path.endsWith(".ts"));
const tests = files.filter((path) => path.endsWith("_test.ts"));

Deno.exit(await checkTypes() || await runTests(await chosen(), { jobs, slow: SLOW_TESTS, flags, print }));

async function chosen(): Promise<string[]> {
  if (tier === "all") return tests;
  const changed = paths.length > 0 ? paths : await changedFiles();
  const near = testsNear(changed, await readImports(ROOT, ours()), tests, {
    slow: SLOW_TESTS,
    slowFrom: SLOW_FROM,
    budget: BUDGET * jobs,
  });
  print(`${near.run.length} tests near ${changed.join(", ")}\n`);
  if (near.slow.length > 0) print(`Left to \`deno task test:all\`, since slow: ${near.slow.join(", ")}\n`);
  if (near.far.length > 0) print(`Left to \`deno task test:all\`, since far: ${near.far.length} files\n`);
  return near.run;
}

/** A folder with a deno.json of its own has imports of its own, which ours does not know. */
function ours(): string[] {
  return files.filter((path) => !/^(bench\/peers\/packages|tools\/lint_workflows)\//.test(path));
}

async function changedFiles(): Promise<string[]> {
  const lines = async (...args: string[]) => {
    const { stdout } = await new Deno.Command("git", { args, cwd: ROOT }).output();
    return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  };
  return [
    ...await lines("diff", "--name-only", "HEAD"),
    ...await lines("ls-files", "--others", "--exclude-standard"),
  ];
}

async function checkTypes(): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), { args: ["check", "--quiet"], cwd: ROOT }).spawn()
    .status;
  return code;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
