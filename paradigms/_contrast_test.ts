import { gradients } from "../engine/autograd/autograd.ts";
import { asTensor, trace } from "../engine/graph/graph.ts";
import { Program } from "../engine/program/program.ts";
import { evaluateReference } from "../engine/graph/reference.ts";
import { f32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { release } from "../engine/graph/variables.ts";
import { contrast } from "./_contrast.ts";

const variable = (name: string, rows: readonly (readonly number[])[]) =>
  new Variable(name, f32(rows.length, rows[0].length), Float32Array.from(rows.flat()));

gpuTest(
  "contrast() has a gradient where NT-Xent is 0 in float32: the positive far nearer than all others",
  async (gpu) => {
    const z = variable("z", [[1, 0]]), positives = variable("positives", [[1, 0]]);
    const negatives = variable("negatives", [[0, 1], [-1, 0], [0.6, 0.8]]);
    for (const temperature of [0.001, 0.007, 0.5]) {
      const build = () => {
        const loss = contrast(asTensor(z), { positives, negatives, temperature });
        return { loss, gradient: gradients(loss, [z])[0] };
      };
      const { graph, result } = trace(build);
      const expected = evaluateReference(graph, [result.loss, result.gradient]);
      // The reference itself: log(mean over k of exp((n_k - 1) / t)), whose largest exponent is (0.6 - 1) / t.
      const total = [0, -1, 0.6].reduce((sum, s) => sum + Math.exp((s - 0.6) / temperature), 0);
      const exact = (0.6 - 1) / temperature + Math.log(total / 3);
      assertClose("reference", expected[0].data, { expected: [exact], atol: 0, rtol: 1e-6 });
      const program = await Program.compile(gpu, "contrast", build);
      program.run();
      const tolerance = { atol: 1e-4, rtol: 1e-4 };
      assertClose("loss", await program.read("loss"), { expected: expected[0].data, ...tolerance });
      assertClose("gradient", await program.read("gradient"), { expected: expected[1].data, ...tolerance });
      program.dispose();
    }
    release(gpu, [z, positives, negatives]);
  },
);
