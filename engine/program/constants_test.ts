import { assertEquals, assertNotEquals } from "@std/assert";
import { asTensor } from "../graph/graph.ts";
import { resnet } from "../nn/resnet.ts";
import { mul, scale } from "../ops/arithmetic.ts";
import { assign } from "../ops/assign.ts";
import { Program } from "./program.ts";
import { stream } from "../../common/random.ts";
import { f32 } from "../arrays/shape.ts";
import { gpuTest } from "../testing/gpu.ts";
import { Variable } from "../graph/tensor.ts";
import { read, release, write } from "../graph/variables.ts";

const B = 3;

gpuTest(
  "Program.compile() computes constants before what uses them, so that it fuses, with the same bits",
  async (gpu) => {
    const model = resnet({ arch: "resnet8", widths: [4, 4, 4], classes: 10 }, { seed: 0 });
    const x = new Variable("x", f32(B, 8, 8, 3), stream(0, "x").fillUniform(0, new Float32Array(B * 192)));
    const build = () => ({ logits: model.logits(asTensor(x), { mode: "eval" }) });
    const plain = await Program.compile(gpu, "plain", build);
    const kept = await Program.compile(gpu, "kept", build, { perExample: [x], keepConstants: true });
    for (let run = 0; run < 3; run++) {
      write(gpu, x, stream(run, "images").fillUniform(0, new Float32Array(B * 192)));
      for (const program of [plain, kept]) program.run();
      assertEquals(await kept.read("logits"), await plain.read("logits"), `run ${run}`);
    }
    for (const program of [plain, kept]) program.dispose();
    release(gpu, [x, ...model.parameters, ...model.buffers]);
  },
);

gpuTest(
  "Program.compile() takes for constant neither what a program writes nor, unless told, what the host may",
  async (gpu) => {
    const x = new Variable("x", f32(B, 1), Float32Array.of(1, 2, 3));
    const weight = new Variable("weight", f32(1), Float32Array.of(2)),
      counter = new Variable("counter", f32(1), Float32Array.of(1));
    const build = () => {
      const y = mul(mul(x, scale(weight, 10)), counter);
      assign(counter, scale(counter, 2));
      return { y };
    };
    for (const keepConstants of [false, true]) {
      const program = await Program.compile(gpu, "step", build, { perExample: [x], keepConstants });
      program.run();
      assertEquals([...await program.read("y")], [20, 40, 60]);
      write(gpu, weight, Float32Array.of(3));
      program.run();
      const second = [...await program.read("y")];
      if (keepConstants) {
        assertEquals(second, [40, 80, 120], "the weight of the first run, twice the counter");
      } else assertEquals(second, [60, 120, 180]);
      assertNotEquals([...await read(gpu, counter)], [1]);
      program.dispose();
      release(gpu, [x, weight, counter]);
    }
  },
);
