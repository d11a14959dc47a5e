import { assertRejects, assertThrows } from "@std/assert";
import type { Attrs, OpDef } from "../graph/op.ts";
import { mulOp, scale, squareOp } from "../ops/arithmetic.ts";
import { assignOp } from "../ops/assign.ts";
import { checkCase, checkDifferences } from "./check_op.ts";
import { gpuTest } from "./gpu.ts";

/** The operation with the text of its kernels changed. */
function withSource<A extends Attrs>(op: OpDef<A>, from: string, to: string): OpDef<A> {
  const lower: OpDef<A>["lower"] = (context) =>
    op.lower(context).map((kernel) => {
      if (!kernel.source.includes(from)) throw new Error(`no "${from}" in ${kernel.source}`);
      return { ...kernel, source: kernel.source.replaceAll(from, to) };
    });
  return { ...op, lower };
}

function caseOf<A extends Attrs>(op: OpDef<A>, name: string) {
  return op.cases.find((c) => c.name === name)!;
}

gpuTest("checkCase() finds a wrong kernel and says where", async (gpu) => {
  const op = withSource(mulOp, "a * b", "a * b + 0.01");
  const run = { op, c: caseOf(op, "odd rows"), options: {} };
  await assertRejects(() => checkCase(gpu, run), Error, "mul (odd rows) output 0: ");
});

gpuTest("checkCase() finds a kernel that ignores the second dimension of the grid", async (gpu) => {
  const op = withSource(mulOp, "gid.y * grid.x * 64u + ", "");
  const run = { op, c: caseOf(op, "above a workgroup"), options: {} };
  await assertRejects(
    () => checkCase(gpu, run),
    Error,
    "mul above a workgroup, folded grid, output 0: bits differ at",
  );
});

gpuTest("checkCase() finds a change in place that does not happen", async (gpu) => {
  const op = { ...assignOp, lower: () => [] };
  const run = { op, c: caseOf(op, "odd"), options: {} };
  await assertRejects(() => checkCase(gpu, run), Error, "assign (odd) input 0 after: ");
});

Deno.test("checkDifferences() finds a wrong backward rule", () => {
  const op: typeof squareOp = { ...squareOp, backward: ({ grads: [g] }) => [scale(g!, 2)] };
  assertThrows(() => checkDifferences(op, caseOf(op, "odd rows")), Error, "square (odd rows) gradient 0 at ");
  checkDifferences(squareOp, caseOf(squareOp, "odd rows"));
});
