import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Import, importProblems } from "./import_rules.ts";

function link(from: string, to: string, more: Partial<Import> = {}): Import {
  return { from, to, specifier: "./x.ts", line: 3, typeOnly: false, ...more };
}

const allowed: [from: string, to: string][] = [
  ["attacks/pgd/pgd.ts", "engine/mod.ts"],
  ["bench/run/run.ts", "paradigms/probe.ts"],
  ["bench/cli.ts", "reports/render.ts"],
  ["reports/load.ts", "bench/records/mod.ts"],
  ["reports/load.ts", "bench/records/cell_record.ts"],
  ["bench/records/seal.ts", "common/canonical_json.ts"],
  ["engine/files/safetensors.ts", "common/printable.ts"],
  ["reports/load.ts", "bench/statistics/spread.ts"],
  ["bench/records/seal_test.ts", "bench/testing.ts"],
  ["reports/charts/bars.ts", "reports/format.ts"],
  ["engine/ops/relu.ts", "engine/graph/tensor.ts"],
  ["engine/optim/sgd.ts", "engine/ops/add.ts"],
  ["engine/mod.ts", "engine/nn/linear.ts"],
  ["engine/ops/relu_test.ts", "engine/testing/check_op.ts"],
  ["engine/arrays/random_test.ts", "engine/ops/add.ts"],
  ["engine/ops/relu.ts", "engine/ops/_shared.ts"],
  ["bench/run/run.ts", "bench/plan/plan.ts"],
  ["bench/plan/plan_test.ts", "bench/run/run.ts"],
  ["mod.ts", "bench/run/run.ts"],
  ["tools/check_docs.ts", "tools/repository.ts"],
];

const forbidden: [from: string, to: string, rule: string][] = [
  ["engine/graph/tensor.ts", "attacks/pgd/pgd.ts", "attacks is above engine"],
  ["paradigms/probe.ts", "bench/records/mod.ts", "bench is above paradigms"],
  ["common/printable.ts", "engine/mod.ts", "engine is above common"],
  ["datasets/planted.ts", "reports/format.ts", "reports is above datasets"],
  [
    "reports/load.ts",
    "bench/plan/plan.ts",
    "nothing of ours but bench/records/, bench/statistics/, common/",
  ],
  [
    "reports/load.ts",
    "engine/mod.ts",
    "nothing of ours but bench/records/, bench/statistics/, common/",
  ],
  ["engine/graph/tensor.ts", "engine/ops/add.ts", "engine/ops/ is above engine/graph/"],
  ["engine/sha256.ts", "engine/graph/graph.ts", "engine/graph/ is above the engine's foundation"],
  ["engine/ops/add.ts", "engine/nn/linear.ts", "engine/nn/ is above engine/ops/"],
  ["engine/nn/linear.ts", "engine/optim/sgd.ts", "engine/optim/ is above engine/nn/"],
  ["engine/nn/linear.ts", "engine/ops/_shared.ts", "private to their folder"],
  ["engine/ops/relu.ts", "engine/testing/check_op.ts", "for tests"],
  ["bench/plan/plan.ts", "bench/run/run.ts", "bench/run/ is above bench/plan/"],
  ["bench/config/preset.ts", "bench/cells/mod.ts", "bench/cells/ is above bench/config/"],
  ["bench/statistics/spread.ts", "engine/mod.ts", "bench/statistics/ imports nothing of ours but common/"],
  ["bench/records/seal.ts", "engine/mod.ts", "bench/records/ imports nothing of ours but common/"],
  [
    "bench/run/run.ts",
    "bench/compare/compare.ts",
    "bench/attack/, bench/perf/, bench/peers/, bench/compare/ is above bench/run/",
  ],
  ["bench/cli.ts", "tools/std/parse_args.ts", "use the name in the import map"],
];

for (const [from, to] of allowed) {
  Deno.test(`importProblems() lets ${from} import ${to}`, () => {
    assertEquals(importProblems([link(from, to)]), []);
  });
}

for (const [from, to, rule] of forbidden) {
  Deno.test(`importProblems() keeps ${from} from importing ${to}`, () => {
    const problems = importProblems([link(from, to)]);
    assertEquals(problems.length, 1);
    assertStringIncludes(problems[0], `${from}:3 Cannot import ${to}: `);
    assertStringIncludes(problems[0], rule);
  });
}

Deno.test("importProblems() lets everyone reach tools through the import map", () => {
  assertEquals(
    importProblems([link("bench/cli.ts", "tools/std/parse_args.ts", { specifier: "@std/cli/parse-args" })]),
    [],
  );
});

Deno.test("importProblems() reports a circle once, with its whole path", () => {
  const problems = importProblems([
    link("engine/a.ts", "engine/b.ts"),
    link("engine/b.ts", "engine/c.ts"),
    link("engine/c.ts", "engine/a.ts"),
    link("engine/d.ts", "engine/a.ts"),
  ]);
  assertEquals(problems, [
    "engine/a.ts Cannot import in a circle: engine/a.ts -> engine/b.ts -> engine/c.ts -> engine/a.ts",
  ]);
});

Deno.test("importProblems() accepts a circle of types", () => {
  const types = { typeOnly: true };
  assertEquals(
    importProblems([link("engine/a.ts", "engine/b.ts"), link("engine/b.ts", "engine/a.ts", types)]),
    [],
  );
});
