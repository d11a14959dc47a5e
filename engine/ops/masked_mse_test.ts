import { assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { gradients } from "../autograd/autograd.ts";
import { trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { maskedMse, mse, tokenErrorGradOp, tokenErrorOp } from "./masked_mse.ts";

checkOp(tokenErrorOp);
checkOp(tokenErrorGradOp);

const PREDICTION = new Variable(
  "prediction",
  f32(2, 3, 5),
  Float32Array.from({ length: 30 }, (_, i) => Math.sin(i)),
);
const MASK = new Variable("mask", f32(2, 3, 1), Float32Array.of(1, 0, 1, 0, 0, 1));

function target(changed?: number): Variable {
  const values = Float32Array.from({ length: 30 }, (_, i) => Math.cos(i) + (i === changed ? 3 : 0));
  return new Variable("target", f32(2, 3, 5), values);
}

gpuTest(
  "maskedMse() does not see tokens that the mask leaves out; their gradient is exactly 0",
  async (gpu) => {
    const outcomes = [];
    // Element 7 is of token 1, which is left out; element 2 of token 0, which counts.
    for (const changed of [undefined, 7, 2]) {
      const other = target(changed);
      const program = await Program.compile(gpu, "masked", () => {
        const loss = maskedMse(PREDICTION, other, { mask: MASK });
        const [byPrediction, byTarget] = gradients(loss, [PREDICTION, other]);
        return { loss, byPrediction, byTarget };
      });
      program.run();
      const [loss] = await program.read("loss");
      outcomes.push(loss);
      for (const name of ["byPrediction", "byTarget"]) {
        (await program.read(name)).forEach((g, i) => {
          if (MASK.initial[Math.floor(i / 5)] === 0) assertEquals(Math.abs(g), 0);
          else assertNotEquals(g, 0);
        });
      }
      program.dispose();
      release(gpu, [other]);
    }
    release(gpu, [PREDICTION, MASK]);
    assertEquals(outcomes[1], outcomes[0]);
    assertNotEquals(outcomes[2], outcomes[0]);
  },
);

Deno.test("maskedMse() is the mean over the pixels of counted tokens", () => {
  const other = target();
  const { graph, result } = trace(() => maskedMse(PREDICTION, other, { mask: MASK }));
  const errors = [...PREDICTION.initial].map((v, i) => (v - other.initial[i]) ** 2)
    .filter((_, i) => MASK.initial[Math.floor(i / 5)] === 1);
  const expected = errors.reduce((a, b) => a + b) / errors.length;
  assertAlmostEquals(evaluateReference(graph, [result])[0].data[0], expected, 1e-12);
});

Deno.test("mse() is the mean of the squared differences, and refuses shapes that differ", () => {
  const a = new Variable("a", f32(2, 2), Float32Array.of(1, 2, 3, 4));
  const b = new Variable("b", f32(2, 2), Float32Array.of(1, 0, 4, 4));
  const { graph, result } = trace(() => mse(a, b));
  assertEquals(evaluateReference(graph, [result])[0].data[0], 5 / 4);
  assertThrows(
    () => trace(() => mse(a, new Variable("c", f32(2)))),
    RangeError,
    "Cannot compare: expected two of one shape, got [2, 2] and [2]",
  );
});

Deno.test("maskedMse() refuses a mask of another shape", () => {
  assertThrows(
    () => trace(() => maskedMse(PREDICTION, target(), { mask: new Variable("mask", f32(2, 3)) })),
    RangeError,
    "Cannot compare tokens: expected [B, T, P] twice and a mask [B, T, 1], got [2, 3, 5], [2, 3, 5] and [2, 3]",
  );
});
