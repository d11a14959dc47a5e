import { assertEquals } from "@std/assert";
import { runInSandbox } from "./shell_sandbox.ts";

/**
 * What `.ci/run` makes of a test run that prints these lines and ends with this code: last line, exit code. The comparison
 * with the baseline ends with 0.
 */
async function countOf(
  said: string[],
  code: number,
  shell: "sh" | "bash" = "sh",
): Promise<[string | undefined, number]> {
  const setup = ['[ "$1" = test:all ] || exit 0', ...said.map((line) => `echo '${line}'`), `exit ${code}`]
    .join(
      "\n",
    );
  const outcome = await runInSandbox(".ci/run", { files: { "setup.sh": setup }, shell });
  return [outcome.stdout.at(-1), outcome.code];
}

Deno.test(".ci/run counts what passed", async () => {
  assertEquals(await countOf(["a ... ok (1ms)", "ok | 12 passed (3 steps) | 0 failed (5s)"], 0), [
    "12 passed, 0 failed",
    0,
  ]);
});

const hasBash = await Deno.stat("/bin/bash").then(() => true, () => false);

Deno.test({
  name: ".ci/run counts under bash too, which redirects in another order",
  ignore: !hasBash,
  async fn() {
    const said = ["ok | 12 passed | 0 failed | 2 ignored (5s)"];
    assertEquals(await countOf(said, 0, "bash"), ["12 passed, 0 failed, 2 skipped", 0]);
  },
});

Deno.test(".ci/run counts what was skipped", async () => {
  assertEquals(await countOf(["ok | 12 passed | 0 failed | 2 ignored (1 step) (5s)"], 0), [
    "12 passed, 0 failed, 2 skipped",
    0,
  ]);
});

Deno.test(".ci/run fails with the tests", async () => {
  assertEquals(await countOf(["FAILED | 11 passed | 1 failed (3 steps) | 2 ignored (5s)"], 1), [
    "11 passed, 1 failed, 2 skipped",
    1,
  ]);
});

Deno.test(".ci/run fails if no test ran", async () => {
  assertEquals(await countOf(["ok | 0 passed | 0 failed (5s)"], 0), ["0 passed, 0 failed", 1]);
  assertEquals(await countOf([], 0), ["0 passed, 0 failed", 1]);
});

Deno.test(".ci/run fails with the runner, whatever was counted, and says why", async () => {
  const passed = "ok | 3 passed | 0 failed (5s)";
  for (const code of [7, 134, 139]) { // set-up, abort and fault
    const setup = `[ "$1" = test:all ] || exit 0\necho '${passed}'\nexit ${code}`;
    const outcome = await runInSandbox(".ci/run", { files: { "setup.sh": setup } });
    assertEquals([outcome.stdout, outcome.code], [
      [passed, `The test runner failed after its tests, its exit code is ${code}`, "3 passed, 0 failed"],
      1,
    ]);
  }
});

Deno.test(".ci/run takes the last summary", async () => {
  const said = ["ok | 1 passed | 0 failed (1s)", "ok | 5 passed | 0 failed (1s)"];
  assertEquals(await countOf(said, 0), ["5 passed, 0 failed", 0]);
});

Deno.test(".ci/run compares with the baseline after the tests, and fails with it", async () => {
  const setup =
    'if [ "$1" = test:all ]; then echo "ok | 5 passed | 0 failed (1s)"; else echo "$1: worse"; exit 3; fi';
  const { stdout, code } = await runInSandbox(".ci/run", { files: { "setup.sh": setup } });
  assertEquals([stdout, code], [
    [
      "ok | 5 passed | 0 failed (1s)",
      "baseline: worse",
      "The comparison with the baseline failed, its exit code is 3",
      "5 passed, 0 failed",
    ],
    1,
  ]);
});

Deno.test(".ci/run compares nothing where no test ran", async () => {
  const setup = '[ "$1" = test:all ] || echo "asked for $1"; exit 1';
  const { stdout } = await runInSandbox(".ci/run", { files: { "setup.sh": setup } });
  assertEquals(stdout, [
    "Cannot count the tests: the test runner printed no summary, its exit code is 1",
    "0 passed, 0 failed",
  ]);
});
