import { assertEquals } from "@std/assert";
import type { Import } from "../import_rules.ts";
import { testsNear } from "./near.ts";

function imports(...pairs: string[]): Import[] {
  return pairs.map((pair) => {
    const [from, arrow, to] = pair.split(" ");
    return { from: `${from}.ts`, to: `${to}.ts`, specifier: "", line: 1, typeOnly: arrow === "type" };
  });
}

const GRAPH = imports(
  "low/a_test -> low/a",
  "mid/b -> low/a",
  "mid/b_test -> mid/b",
  "top/c -> mid/b",
  "top/c_test -> top/c",
);
const TESTS = ["low/a_test.ts", "mid/b_test.ts", "other/d_test.ts", "top/c_test.ts"];
const ALL = { slow: {}, slowFrom: 10, budget: 100 };

Deno.test("testsNear() finds the tests that see a file or a folder, nearest first", () => {
  const run = ["low/a_test.ts", "mid/b_test.ts", "top/c_test.ts"];
  assertEquals(testsNear(["low/a.ts"], GRAPH, TESTS, ALL), { run, slow: [], far: [] });
  assertEquals(testsNear(["mid"], GRAPH, TESTS, ALL).run, ["mid/b_test.ts", "top/c_test.ts"]);
  assertEquals(testsNear(["mi"], GRAPH, TESTS, ALL).run, []);
});

Deno.test("testsNear() leaves out what is slow unless it was named, and what is beyond the budget", () => {
  const slow = { "low/a_test.ts": 50 };
  assertEquals(testsNear(["low/a.ts"], GRAPH, TESTS, { slow, slowFrom: 10, budget: 2 }), {
    run: ["mid/b_test.ts"],
    slow: ["low/a_test.ts"],
    far: ["top/c_test.ts"],
  });
  assertEquals(testsNear(["low/a_test.ts"], GRAPH, TESTS, { slow, slowFrom: 10, budget: 2 }).run, [
    "low/a_test.ts",
  ]);
});

Deno.test("testsNear() does not count imports of types", () => {
  assertEquals(testsNear(["low/a.ts"], imports("mid/b_test type low/a"), TESTS, ALL).run, []);
});
