import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import type { Gpu } from "../device/device.ts";
import { gradients } from "../autograd/autograd.ts";
import { trace } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { gpuTest } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { ntXent, ntXentGradOp, ntXentOp } from "./nt_xent.ts";

checkOp(ntXentOp);
checkOp(ntXentGradOp);

const SIZES: readonly (readonly [number, number])[] = [[2, 1], [5, 6], [33, 7]];
const TEMPERATURES = [0.007, 0.07, 0.5, 2];

/** Written from the definition, view by view and pair by pair, without the largest subtracted; in float64. */
function slowly(z0: Float32Array, z1: Float32Array, { n, d, temperature }: {
  n: number;
  d: number;
  temperature: number;
}): number {
  const views = [z0, z1].flatMap((z) =>
    Array.from({ length: n }, (_, i) => Array.from(z.subarray(i * d, i * d + d)))
  );
  const dot = (a: number[], b: number[]) => a.reduce((sum, v, k) => sum + v * b[k], 0);
  const cosine = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  let sum = 0;
  for (let i = 0; i < 2 * n; i++) {
    const positive = i < n ? i + n : i - n;
    // exp(200) is no trouble for float64.
    const negatives = views.reduce(
      (s, v, j) => j === i ? s : s + Math.exp(cosine(views[i], v) / temperature),
      0,
    );
    sum += Math.log(negatives) - cosine(views[i], views[positive]) / temperature;
  }
  return sum / (2 * n);
}

function views(n: number, d: number): [Variable, Variable] {
  return [0, 1].map((number) => {
    const values = stream(number, "views").fillNormal(0, new Float32Array(n * d));
    return new Variable(`z${number}`, f32(n, d), values);
  }) as [Variable, Variable];
}

async function lossAndGradient(gpu: Gpu, z: [Variable, Variable], temperature: number) {
  const program = await Program.compile(gpu, "nt_xent", () => {
    const loss = ntXent(z[0], z[1], { temperature });
    return { loss, grad: gradients(loss, [z[0]])[0] };
  });
  program.run();
  const found = { loss: (await program.read("loss"))[0], grad: await program.read("grad") };
  program.dispose();
  release(gpu, z);
  return found;
}

gpuTest("ntXent() agrees with a slow version over sizes and temperatures", async (gpu) => {
  for (const [n, d] of SIZES) {
    for (const temperature of TEMPERATURES) {
      const z = views(n, d);
      const { loss, grad } = await lossAndGradient(gpu, z, temperature);
      const [z0, z1] = z.map((v) => v.initial as Float32Array);
      const expected = slowly(z0, z1, { n, d, temperature });
      assertAlmostEquals(loss, expected, 1e-5 / temperature, `N ${n}, D ${d}, temperature ${temperature}`);
      assert(grad.every(Number.isFinite));
    }
  }
});

Deno.test("ntXent() has a gradient that agrees with differences of a slow version", () => {
  const [n, d, temperature] = [3, 4, 0.2];
  const [z0, z1] = views(n, d);
  const { graph, result } = trace(() => gradients(ntXent(z0, z1, { temperature }), [z0, z1]));
  const grads = evaluateReference(graph, result);
  [z0, z1].forEach((z, side) => {
    for (let at = 0; at < n * d; at++) {
      const h = 2 ** -10;
      const [above, below] = [h, -h].map((delta) => {
        const moved = Float32Array.from(z.initial);
        moved[at] += delta;
        const [a, b] = side === 0 ? [moved, z1.initial] : [z0.initial, moved];
        return { at: moved[at], loss: slowly(a as Float32Array, b as Float32Array, { n, d, temperature }) };
      });
      assertAlmostEquals(grads[side].data[at], (above.loss - below.loss) / (above.at - below.at), 1e-4);
    }
  });
});

gpuTest("ntXent() of equal views is log(2 N - 1), whatever the temperature", async (gpu) => {
  for (const n of [2, 5, 64]) {
    for (const temperature of [0.007, 0.5]) {
      const z = [0, 1].map((k) => new Variable(`z${k}`, f32(n, 3), new Float32Array(3 * n).fill(0.25)));
      const { loss } = await lossAndGradient(gpu, z as [Variable, Variable], temperature);
      assertAlmostEquals(loss, Math.log(2 * n - 1), 1e-5);
    }
  }
});

Deno.test("ntXent() refuses a batch of one, shapes that differ and temperatures that are no such", () => {
  const z = (...shape: number[]) => new Variable("z", f32(...shape));
  const refuse = (a: Variable, b: Variable, { temperature = 0.5, message }: {
    temperature?: number;
    message: string;
  }) => assertThrows(() => trace(() => ntXent(a, b, { temperature })), RangeError, message);
  refuse(z(1, 4), z(1, 4), {
    message: "Cannot contrast views: a batch has to hold at least 2 images, it holds 1",
  });
  refuse(z(4, 3), z(3, 3), {
    message: "Cannot contrast views: expected two of one shape [N, D], got [4, 3] and [3, 3]",
  });
  for (const temperature of [0, -1, NaN, Infinity]) {
    refuse(z(2, 4), z(2, 4), {
      temperature,
      message: `Cannot contrast views: the temperature has to be positive and finite, it is ${temperature}`,
    });
  }
  assertThrows(
    () => ntXentOp.shape([f32(5, 5)], { temperature: 1 }),
    RangeError,
    "expected similarities [2 N, 2 N], N at least 2, got [5, 5]",
  );
});
