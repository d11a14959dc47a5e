import { assertEquals, assertLess } from "@std/assert";
import { asTensor, type Graph, trace } from "../graph/graph.ts";
import type { Kernel } from "../graph/op.ts";
import { Program } from "../program/program.ts";
import { stream } from "../../common/random.ts";
import { f32, type Shape, sizeOf } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { gpuTest } from "../testing/gpu.ts";
import { read, release } from "../graph/variables.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { clipGradNorm } from "./clip.ts";
import { ema } from "./ema.ts";
import { decayMatricesOnly, type Optimizer } from "./optimizer.ts";
import { sgd } from "./sgd.ts";

const SHAPES: readonly Shape[] = [[3, 5], [5], [], [7, 3, 3, 2], [70, 4], [1], [9]];

const OPTIMIZERS: Record<string, () => Optimizer> = {
  "sgd()": () => sgd({ weightDecay: 0.1 }),
  "sgd() with momentum": () => sgd({ momentum: 0.9, nesterov: true }),
  "adam()": () => adam({ weightDecay: 0.1 }),
  "adamw()": () => adamw({ decays: decayMatricesOnly }),
};

/** A clipped and averaged update of a given number of parameters. */
function createTask(optimizer: Optimizer, count: number) {
  const make = (name: string) => {
    return Array.from({ length: count }, (_, i) => {
      const shape = SHAPES[i % SHAPES.length], data = new Float32Array(sizeOf(shape));
      stream(5, `${name} ${i}`).fillNormal(0, data);
      return new Variable(`${name} ${i}`, f32(...shape), data);
    });
  };
  const params = make("parameter"), grads = make("gradient"), average = ema({ decay: 0.9 });
  return {
    params,
    build(chosen: readonly number[] = params.map((_, i) => i)): void {
      const clipped = clipGradNorm(grads.map(asTensor), 1);
      const some = chosen.map((i) => params[i]);
      optimizer.step(some, chosen.map((i) => clipped[i]));
      average.update(some);
    },
    changed: () => [...params, ...optimizer.state, ...average.state],
    everything:
      () => [...params, ...grads, ...optimizer.state, ...average.state, optimizer.scalars, average.scalars],
  };
}

for (const [name, create] of Object.entries(OPTIMIZERS)) {
  gpuTest(`${name} updates many parameters together to the bits of one by one`, async (gpu) => {
    const found: number[][][] = [];
    for (const together of [true, false]) {
      const optimizer = create(), task = createTask(optimizer, 40);
      const groups = together ? [task.params.map((_, i) => i)] : task.params.map((_, i) => [i]);
      const programs: Program[] = [];
      for (const group of groups) programs.push(await Program.compile(gpu, name, () => task.build(group)));
      for (let step = 0; step < 3; step++) {
        optimizer.prepare(gpu, { step, learningRate: 0.1 });
        for (const program of programs) program.run();
      }
      const values: number[][] = [];
      for (const variable of task.changed()) values.push([...await read(gpu, variable)]);
      found.push(values);
      for (const program of programs) program.dispose();
      release(gpu, task.everything());
    }
    assertEquals(found[0], found[1]);
  });

  Deno.test(`${name} starts fewer kernels than it updates parameters, within what a device binds`, () => {
    for (const storageBuffers of [8, 10, 32]) {
      const few = kernelsOf(create(), { count: 7, storageBuffers });
      const many = kernelsOf(create(), { count: 147, storageBuffers });
      for (const { label, bindings } of many) {
        assertLess(bindings.length, storageBuffers + 1, `${label} binds too much`);
      }
      if (storageBuffers < 32) continue;
      // Norm, gradients times its factor, update and average take less than half a dispatch for a parameter together.
      assertLess(many.length - few.length, 0.4 * 140);
    }
  });
}

/** The kernels of a clipped and averaged update on a device with a given limit of bound buffers per kernel. */
function kernelsOf(
  optimizer: Optimizer,
  { count, storageBuffers }: { count: number; storageBuffers: number },
): Kernel[] {
  const { graph }: { graph: Graph } = trace(() => createTask(optimizer, count).build());
  return graph.nodes.flatMap(({ op, inputs, outputs, attrs }) =>
    op.lower({
      inputs,
      outputs,
      attrs,
      target: { software: false, storageBuffers },
      scratch: (spec) => ({ spec }),
    })
  );
}
