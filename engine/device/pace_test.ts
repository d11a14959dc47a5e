import { assert, assertEquals, assertRejects } from "@std/assert";
import { addScalar, scale } from "../ops/arithmetic.ts";
import { assign } from "../ops/assign.ts";
import { asTensor } from "../graph/graph.ts";
import { Pace } from "./pace.ts";
import { Program } from "../program/program.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { gpuTest } from "../testing/gpu.ts";
import { read, release } from "../graph/variables.ts";

gpuTest(
  "Pace.step() ends a loop that reads nothing back, between two steps, soon after the signal",
  async (gpu) => {
    const x = new Variable("x", f32(4), Float32Array.of(0, 0, 0, 0));
    const program = await Program.compile(gpu, "count", () => assign(x, addScalar(asTensor(x), 1)));
    const stop = new AbortController(), pace = new Pace(gpu);
    let steps = 0;
    setTimeout(() => stop.abort(), 100);
    const startedAt = performance.now();
    const loop = async () => {
      while (performance.now() - startedAt < 10_000) {
        program.run();
        steps++;
        await pace.step();
      }
    };
    assertEquals(await assertRejects(() => gpu.heed(stop.signal, loop), DOMException), stop.signal.reason);
    assert(performance.now() - startedAt < 1500, "the signal ends it");
    assertEquals((await read(gpu, x))[0], steps, "what was submitted is done");
    program.dispose();
    release(gpu, [x]);
  },
);

gpuTest("Gpu.heed() ends waits and compilations, but for work within that nothing ends", async (gpu) => {
  const x = new Variable("x", f32(1), Float32Array.of(3)), { signal } = stopped();
  const compile = () => Program.compile(gpu, "copy", () => ({ y: scale(asTensor(x), 1) }));
  for (const work of [() => gpu.idle(), () => read(gpu, x), compile]) {
    assertEquals(await assertRejects(() => gpu.heed<unknown>(signal, work), DOMException), signal.reason);
    await work().then((result) => result instanceof Program && result.dispose());
  }
  assertEquals([...await gpu.heed(signal, () => gpu.heed(null, () => read(gpu, x)))], [3]);
  release(gpu, [x]);
});

function stopped(): AbortController {
  const stop = new AbortController();
  stop.abort(new DOMException("stop", "AbortError"));
  return stop;
}
