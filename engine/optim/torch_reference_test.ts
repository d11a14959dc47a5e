import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { asTensor } from "../graph/graph.ts";
import { Program } from "../program/program.ts";
import { getTensor, readSafetensors } from "../files/safetensors.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest, noGpu } from "../testing/gpu.ts";
import { read, release, write } from "../graph/variables.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import type { Optimizer } from "./optimizer.ts";
import { sgd } from "./sgd.ts";

const shared = Deno.env.get("REALFEATURES_SHARED") ?? join(import.meta.dirname!, "../../../shared");
const path = join(shared, "reference/torch_ops.safetensors");
const present = await Deno.stat(path).then(() => true, () => false);

/** PyTorch's settings, as stored with the tensors. */
interface Settings {
  readonly lr: number;
  readonly weight_decay: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly betas: [number, number];
  readonly eps: number;
}

const OPTIMIZERS: Record<string, (settings: Settings) => Optimizer> = {
  sgd: sgdFrom,
  sgd_nesterov: sgdFrom,
  adam_l2: ({ betas, eps, weight_decay }) => adam({ betas, eps, weightDecay: weight_decay }),
  adamw: ({ betas, eps, weight_decay }) => adamw({ betas, eps, weightDecay: weight_decay }),
};

function sgdFrom({ momentum, nesterov, weight_decay }: Settings): Optimizer {
  return sgd({ momentum, nesterov, weightDecay: weight_decay });
}

for (const [name, create] of Object.entries(OPTIMIZERS)) {
  const title = `${name.split("_")[0]}() follows PyTorch's optim.${name}`;
  if (!present || noGpu) {
    Deno.test({
      name: `${title} (ignored: ${present ? "no adapter" : "no reference data"})`,
      ignore: true,
      fn() {},
    });
    continue;
  }
  gpuTest(title, async (gpu) => {
    const file = await readSafetensors(path);
    const settings: Settings =
      JSON.parse(await Deno.readTextFile(path.replace(/safetensors$/, "json")))[`optim.${name}`];
    const start = getTensor(file, `optim.${name}.param0`, { dtype: "F32" });
    const size = start.data.length;
    const grads = getTensor(file, `optim.${name}.grads`, { dtype: "F32" });
    const params = getTensor(file, `optim.${name}.params`, { dtype: "F32", shape: grads.shape });
    assertEquals(grads.shape, [6, size]);
    const param = new Variable("w", f32(size), start.data), grad = new Variable("g", f32(size));
    const optimizer = create(settings);
    const program = await Program.compile(gpu, name, () => optimizer.step([param], [asTensor(grad)]));
    for (let step = 0; step < 6; step++) {
      const row = [step * size, (step + 1) * size];
      write(gpu, grad, grads.data.slice(...row));
      optimizer.prepare(gpu, { step, learningRate: settings.lr });
      program.run();
      const expected = params.data.slice(...row);
      // 1e-7: one rounding of a parameter near 1, which is all that is left of one that a step takes close to 0.
      assertClose(`${name} after step ${step}`, await read(gpu, param), { expected, atol: 1e-7, rtol: 1e-5 });
    }
    program.dispose();
    release(gpu, [param, grad, optimizer.scalars, ...optimizer.state]);
  });
}
