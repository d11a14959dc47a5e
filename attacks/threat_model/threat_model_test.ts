import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import type { Gpu } from "../../engine/device/device.ts";
import { fill } from "../../engine/ops/fill.ts";
import { Program } from "../../engine/program/program.ts";
import { asTensor } from "../../engine/graph/graph.ts";
import { stream } from "../../common/random.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { assertClose } from "../../engine/testing/compare.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { type Tensor, Variable } from "../../engine/graph/tensor.ts";
import { release } from "../../engine/graph/variables.ts";
import { l2, linf, type ThreatModel, threatModel } from "./threat_model.ts";

const B = 5, SHAPE = [B, 4, 3, 3], SIZE = 36;

const origin = stream(0, "origin").fillUniform(0, new Float32Array(B * SIZE));
/** Example 0 is the origin itself, the others lie farther and farther away, out of the pixel range too. */
const points = stream(0, "points").fillNormal(0, new Float32Array(B * SIZE)).map((v, i) =>
  Math.fround(origin[i] + 0.2 * Math.floor(i / SIZE) * v)
);

const variables = {
  x: new Variable("x", f32(...SHAPE), points),
  origin: new Variable("origin", f32(...SHAPE), origin),
  examples: new Variable("examples", u32(B), Uint32Array.of(0, 1, 2, 3, 70_000)),
  step: new Variable("step", u32()),
};

/** Computes one tensor. */
async function compute(
  gpu: Gpu,
  build: (v: typeof variables & { now: Tensor }) => Tensor,
): Promise<Float32Array> {
  const program = await Program.compile(
    gpu,
    "test",
    () => ({ out: build({ ...variables, now: asTensor(variables.x) }) }),
  );
  program.run();
  const found = await program.read("out");
  program.dispose();
  release(gpu, Object.values(variables));
  return found as Float32Array;
}

const clip = (v: number) => Math.min(1, Math.max(0, v));

/** Per example, what `perExample` makes of a point and its origin, in float64. */
function expected(perExample: (x: number[], x0: number[]) => number[]): number[] {
  return Array.from({ length: B }, (_, b) => {
    const part = (values: Float32Array) => [...values.subarray(b * SIZE, (b + 1) * SIZE)];
    return perExample(part(points), part(origin));
  }).flat();
}

gpuTest("linf().project() is the nearest point of box and pixel range", async (gpu) => {
  for (const eps of [0, 0.05, 1]) {
    const found = await compute(gpu, ({ now, origin }) => linf(eps).project(now, origin));
    const wanted = expected((x, x0) =>
      x.map((v, i) => clip(Math.min(Math.max(v, x0[i] - eps), x0[i] + eps)))
    );
    assertClose(`eps ${eps}`, found, { expected: wanted, atol: 1e-6, rtol: 0 });
  }
});

gpuTest("l2().project() pulls back to the ball, then clips to the pixel range", async (gpu) => {
  for (const eps of [0, 0.5, 100]) {
    const found = await compute(gpu, ({ now, origin }) => l2(eps).project(now, origin));
    const wanted = expected((x, x0) => {
      const length = Math.hypot(...x.map((v, i) => v - x0[i]));
      return x.map((v, i) => clip(x0[i] + (v - x0[i]) * Math.min(1, eps / Math.max(length, 1e-12))));
    });
    assertClose(`eps ${eps}`, found, { expected: wanted, atol: 2e-6, rtol: 0 });
    const distance = (b: number) =>
      Math.hypot(...Array.from({ length: SIZE }, (_, k) => found[b * SIZE + k] - origin[b * SIZE + k]));
    for (let b = 0; b < B; b++) assertLess(distance(b), eps + 1e-6);
  }
});

gpuTest("l2(null).project() only clips to the pixel range", async (gpu) => {
  const found = await compute(gpu, ({ now, origin }) => l2(null).project(now, origin));
  assertEquals(found, points.map(clip));
});

gpuTest("step() follows the sign in Linf and the direction in L2", async (gpu) => {
  for (const stepSize of [0.1, -0.1]) {
    const inBox = await compute(gpu, ({ now, origin }) => linf(1).step(origin, now, { stepSize }));
    const signs = expected((x, x0) => x.map((v, i) => x0[i] + stepSize * Math.sign(v)));
    assertClose("Linf", inBox, { expected: signs, atol: 1e-6, rtol: 0 });
    const inBall = await compute(gpu, ({ now, origin }) => l2(1).step(origin, now, { stepSize }));
    const directions = expected((x, x0) => x.map((v, i) => x0[i] + stepSize * v / Math.hypot(...x)));
    assertClose("L2", inBall, { expected: directions, atol: 1e-6, rtol: 0 });
  }
});

gpuTest("step() stays where the gradient is 0", async (gpu) => {
  for (const model of [linf(1), l2(1)]) {
    const found = await compute(gpu, ({ x }) => model.step(x, fill(SHAPE, 0), { stepSize: 1 }));
    assertEquals(found, points);
  }
});

gpuTest("distance() measures each example in its norm", async (gpu) => {
  const inBall = await compute(gpu, ({ x, origin }) => l2(1).distance(x, origin));
  const inBox = await compute(gpu, ({ x, origin }) => linf(1).distance(x, origin));
  const moved = (x: number[], x0: number[]) => x.map((v, i) => v - x0[i]);
  assertClose("L2", inBall, {
    expected: expected((x, x0) => [Math.hypot(...moved(x, x0))]),
    atol: 1e-6,
    rtol: 1e-6,
  });
  const largest = expected((x, x0) => [Math.max(...moved(x, x0).map(Math.abs))]);
  assertClose("Linf", inBox, { expected: largest, atol: 1e-6, rtol: 0 });
});

/** Random starts around mid-grey, where nothing is clipped. */
async function starts(gpu: Gpu, model: ThreatModel, restart: number): Promise<number[][]> {
  const grey = new Variable("grey", f32(...SHAPE), new Float32Array(B * SIZE).fill(0.5));
  const step = new Variable("restart", u32(), Uint32Array.of(restart));
  const found = await compute(
    gpu,
    ({ examples }) => model.randomStart(grey, { examples, step, stream: stream(0, "starts") }),
  );
  release(gpu, [grey, step]);
  return Array.from(
    { length: B },
    (_, b) => [...found.subarray(b * SIZE, (b + 1) * SIZE)].map((v) => v - 0.5),
  );
}

for (const model of [linf(0.1), l2(0.3)]) {
  gpuTest(
    `randomStart() in ${model.norm} differs between examples and restarts, and lies within eps`,
    async (gpu) => {
      const [first, again, other] = [
        await starts(gpu, model, 0),
        await starts(gpu, model, 0),
        await starts(gpu, model, 1),
      ];
      assertEquals(first, again);
      const all = [...first, ...other].map((moved) => moved.join());
      assertEquals(new Set(all).size, 2 * B);
      for (const moved of [...first, ...other]) {
        const length = model.norm === "L2" ? Math.hypot(...moved) : Math.max(...moved.map(Math.abs));
        assertLess(length, model.eps! + 1e-6);
        if (model.norm === "L2") assertGreater(length, model.eps! - 1e-6);
        else assertGreater(length, 0.8 * model.eps!);
        assertLess(Math.abs(moved.reduce((a, b) => a + b, 0) / SIZE), 0.5 * model.eps!);
      }
    },
  );

  gpuTest(`randomStart() in ${model.norm} of an example is its own, whatever its batch`, async (gpu) => {
    const grey = new Variable("grey", f32(1, ...SHAPE.slice(1)), new Float32Array(SIZE).fill(0.5));
    const examples = new Variable("examples", u32(1), Uint32Array.of(70_000));
    const alone = await compute(
      gpu,
      ({ step }) => model.randomStart(grey, { examples, step, stream: stream(0, "starts") }),
    );
    release(gpu, [grey, examples]);
    assertEquals([...alone].map((v) => v - 0.5), (await starts(gpu, model, 0))[B - 1]);
  });
}

gpuTest("randomStart() keeps within the pixel range", async (gpu) => {
  for (const model of [linf(0.5), l2(5)]) {
    const found = await compute(
      gpu,
      ({ origin, examples, step }) =>
        model.randomStart(origin, { examples, step, stream: stream(0, "starts") }),
    );
    assert(found.every((v) => v >= 0 && v <= 1));
    assertNotEquals(found, origin);
  }
});

Deno.test("threatModel() refuses an eps out of range", () => {
  for (const eps of [-0.1, 1.1, NaN, Infinity]) {
    assertStringIncludes(assertThrows(() => threatModel("Linf", eps), RangeError).message, `got ${eps}`);
  }
  for (const eps of [-0.1, NaN]) {
    assertStringIncludes(assertThrows(() => threatModel("L2", eps), RangeError).message, `got ${eps}`);
  }
});
