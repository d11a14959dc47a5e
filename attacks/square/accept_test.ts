import { assertEquals, assertThrows } from "@std/assert";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { checkOp } from "../../engine/testing/check_op.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { Program } from "../../engine/program/program.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { read, release } from "../../engine/graph/variables.ts";
import { squareAccept, squareAcceptOp } from "./accept.ts";

checkOp(squareAcceptOp);

gpuTest(
  "squareAccept() takes a margin that is not finite for misclassified, at any iteration",
  async (gpu) => {
    const margins = [NaN, 1, Infinity, NaN];
    const state = {
      best: new Variable("best", f32(4, 1, 1, 4)),
      score: new Variable("score", f32(4, 1), Float32Array.of(1, 0.5, 1, NaN)),
      slot: new Variable("slot", u32(4, 4), Uint32Array.of(0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 1, 0, 2, 0)),
    };
    const proposal = new Variable("proposal", f32(4, 1, 1, 4), new Float32Array(16).fill(1));
    const found = new Variable("margins", f32(4, 1), Float32Array.from(margins));
    const program = await Program.compile(gpu, "accept", () => {
      squareAccept(state, { proposal, margins: found, queries: 9, runs: 1 });
    });
    program.run();
    const slot = await read(gpu, state.slot);
    assertEquals([0, 1, 2, 3].map((b) => slot[4 * b]), [1, 0, 1, 1]);
    assertEquals([...await read(gpu, state.best)].filter((_, i) => i % 4 === 0), [1, 0, 1, 0]);
    program.dispose();
    release(gpu, [...Object.values(state), proposal, found]);
  },
);

Deno.test("squareAccept() refuses shapes that do not fit together", () => {
  const image = f32(2, 4, 4, 3), column = f32(2, 1), slot = u32(2, 4), attrs = { queries: 1, runs: 1 };
  const check = (inputs: Parameters<typeof squareAcceptOp.shape>[0], message: string) =>
    assertThrows(() => squareAcceptOp.shape(inputs, attrs), RangeError, message);
  check([image, column, slot, f32(2, 4, 4, 1), column], "[2, 4], [2, 4, 4, 1], [2, 1]");
  check([image, column, slot, image, f32(2, 10)], "[2, 4, 4, 3], [2, 10]");
});
