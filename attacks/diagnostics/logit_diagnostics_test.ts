import { assertEquals } from "@std/assert";
import { Program } from "../../engine/program/program.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { checkOp } from "../../engine/testing/check_op.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { release } from "../../engine/graph/variables.ts";
import { diagnoseLogits, diagnoseLogitsOp, DIAGNOSTIC, diagnosticOf } from "./logit_diagnostics.ts";

checkOp(diagnoseLogitsOp);

gpuTest(
  "diagnoseLogits() and diagnosticOf() name logits that are not finite or hardly differ",
  async (gpu) => {
    const rows = [
      [5, 1, 0, -3],
      [5, 1, 0.5, 0.25],
      [NaN, 1, 0, -3],
      [5, 1, NaN, -3],
      [5, 1, Infinity, -3],
      [-Infinity, 1, 0, -3],
    ];
    const expected = [0, DIAGNOSTIC.flat, ...Array(4).fill(DIAGNOSTIC.notFinite)];
    const logits = new Variable("logits", f32(6, 4), Float32Array.from(rows.flat()));
    const labels = new Variable("labels", u32(6));
    const program = await Program.compile(
      gpu,
      "diagnostics",
      () => ({ diagnostics: diagnoseLogits(logits, labels) }),
    );
    program.run();
    assertEquals([...await program.read("diagnostics")], expected);
    assertEquals(rows.map((row) => diagnosticOf(row, 0)), expected);
    program.dispose();
    release(gpu, [logits, labels]);
  },
);
