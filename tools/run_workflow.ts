/**
 * Runs the `run:` steps of a workflow's job on this machine, in order: `deno run -A tools/run_workflow.ts FILE JOB
 * [--skip NAME]...`. GitHub's variables are stand-ins; steps that use an action are named and not run. Writes what the steps
 * put into the job's summary to stdout, at the end. Exit code 1 if a step failed.
 *
 * @module
 */
import { parse } from "@std/yaml";
import { join } from "./path.ts";
import { ROOT } from "./repository.ts";

/** The fields of a step that are read. */
export interface WorkflowStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A job, with what it takes over from its workflow. */
export interface Job {
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly WorkflowStep[];
}

/**
 * Reads one job of a workflow.
 *
 * @throws {SyntaxError} If the text is no workflow, or has no such job.
 */
export function readJob(text: string, name: string): Job {
  const workflow = parse(text) as {
    env?: Record<string, string>;
    jobs?: Record<string, { env?: Record<string, string>; steps: WorkflowStep[] }>;
  };
  const jobs = workflow?.jobs ?? {};
  if (!Object.hasOwn(jobs, name)) {
    throw new SyntaxError(`Cannot run job ${name}: known are ${Object.keys(jobs).join(", ") || "none"}`);
  }
  return { env: { ...workflow.env, ...jobs[name].env }, steps: jobs[name].steps };
}

/**
 * Puts values in the place of `${{ NAME }}`.
 *
 * @throws {RangeError} If there is no value for an expression.
 */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    if (Object.hasOwn(values, expression)) return values[expression];
    throw new RangeError(
      `Cannot fill in ${expression}: known are ${Object.keys(values).join(", ")}`,
    );
  });
}

/** Whether a step runs after a failure: those whose condition begins by asking for it. */
export function runsAfterFailure({ if: condition = "" }: WorkflowStep): boolean {
  return /^(\$\{\{\s*)?(!cancelled\(\)|always\(\)|failure\(\))/.test(condition.trim());
}

async function main([file, name, ...rest]: readonly string[]): Promise<number> {
  const skipped = rest.flatMap((word, i) => rest[i - 1] === "--skip" ? [word] : []);
  const job = readJob(await Deno.readTextFile(file), name);
  const scratch = await Deno.makeTempDir();
  try {
    const files = Object.fromEntries(
      ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH"].map((
        key,
      ) => [key, join(scratch, key)]),
    );
    for (const path of Object.values(files)) await Deno.writeTextFile(path, "");
    const values = { "github.workspace": ROOT, "github.ref": "refs/heads/main", "github.event_name": "push" };
    const variables = {
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: ROOT,
      RUNNER_TEMP: scratch,
      ...files,
    };
    let failed = false;
    for (const step of job.steps) {
      const title = step.name ?? step.uses ?? step.run!.split("\n")[0];
      const script = step.run;
      if (script === undefined) await say(`-- ${title}: uses ${step.uses}, not run here`);
      else if (skipped.includes(title)) await say(`-- ${title}: left out`);
      else if (failed && !runsAfterFailure(step)) await say(`-- ${title}: not run after a failure`);
      else {
        await say(`-- ${title}`);
        const env = Object.entries({ ...job.env, ...step.env }).map((
          [key, text],
        ) => [key, fillIn(text, values)]);
        const path = join(scratch, "step.sh");
        await Deno.writeTextFile(path, fillIn(script, values));
        const startedAt = performance.now();
        const { code } = await new Deno.Command("bash", {
          args: ["--noprofile", "--norc", "-eo", "pipefail", path], // as `shell: bash` does
          cwd: ROOT,
          stdin: "null",
          env: { ...variables, ...Object.fromEntries(env) },
        }).spawn().status;
        await say(`   exit code ${code} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
        if (code !== 0) failed = true;
      }
    }
    await say(`-- Summary of the job\n${await Deno.readTextFile(files.GITHUB_STEP_SUMMARY)}`);
    return failed ? 1 : 0;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function say(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
