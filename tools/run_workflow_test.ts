import { assertEquals, assertThrows } from "@std/assert";
import { join } from "./path.ts";
import { ROOT } from "./repository.ts";
import { fillIn, readJob, runsAfterFailure } from "./run_workflow.ts";

Deno.test("readJob() finds a job's steps and its variables over those of the workflow", () => {
  const text =
    "env: { A: 1, B: 2 }\njobs:\n  one:\n    env: { B: 3 }\n    steps: [{ run: make }, { uses: x@y }]\n";
  assertEquals(
    readJob(text, "one"),
    { env: { A: 1, B: 3 }, steps: [{ run: "make" }, { uses: "x@y" }] } as never,
  );
  assertThrows(() => readJob(text, "two"), SyntaxError, "Cannot run job two: known are one");
});

Deno.test("fillIn() replaces what it knows and refuses the rest", () => {
  assertEquals(fillIn("a ${{ x.y }}/${{x.y}}", { "x.y": "b" }), "a b/b");
  assertThrows(() => fillIn("${{ secrets.KEY }}", { "x.y": "b" }), RangeError, "Cannot fill in secrets.KEY");
});

Deno.test("runsAfterFailure() knows conditions that ask for it", () => {
  assertEquals(
    ["${{ !cancelled() }}", "always()", "${{ github.ref == 'x' }}", undefined].map((condition) =>
      runsAfterFailure({ if: condition })
    ),
    [true, true, false, false],
  );
});

const workflow = await Deno.readTextFile(join(ROOT, ".github/workflows/bench.yml"));

Deno.test("bench.yml pins every action by the hash of a commit", () => {
  const uses = ["bench", "pages"].flatMap((name) => readJob(workflow, name).steps).flatMap(({ uses }) =>
    uses ?? []
  );
  assertEquals(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action)), []);
  assertEquals(uses.length > 3, true);
});
