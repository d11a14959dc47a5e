import { assert } from "@std/assert";
import { join } from "node:path";
import { gradients } from "../autograd/autograd.ts";
import { asTensor } from "../graph/graph.ts";
import { nchwToNhwc, nhwcToNchw, ohwiToOihw, oihwToOhwi } from "../arrays/layout.ts";
import { type Outputs, Program } from "../program/program.ts";
import { type HostTensor, readSafetensors, type Safetensors } from "../files/safetensors.ts";
import { f32, type Shape, u32 } from "../arrays/shape.ts";
import { type Tensor, Variable } from "../graph/tensor.ts";
import { assertClose } from "../testing/compare.ts";
import { gpuTest, noGpu } from "../testing/gpu.ts";
import { release } from "../graph/variables.ts";
import { attention } from "./attention.ts";
import { batchNorm } from "./batch_norm.ts";
import { channelAffine } from "./channel_affine.ts";
import { conv2d } from "./conv2d.ts";
import { crossEntropy } from "./cross_entropy.ts";
import { frozenNorm } from "./frozen_norm.ts";
import { gelu } from "./gelu.ts";
import { groupNorm } from "./group_norm.ts";
import { layerNorm } from "./layer_norm.ts";
import { linear } from "./linear.ts";
import { meanAll } from "./reduce_sum.ts";
import { ntXent } from "./nt_xent.ts";
import { relu } from "./relu.ts";
import { resizeBilinear } from "./resize_bilinear.ts";
import { silu } from "./silu.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { upsampleNearest2x } from "./upsample_nearest2x.ts";

type Inputs = Readonly<Record<string, Variable>>;

/** PyTorch's settings of a case, as stored with the tensors. */
interface Settings {
  readonly stride: number;
  readonly padding: number;
  readonly eps: number;
  readonly heads: number;
  readonly groups: number;
  readonly temperature: number;
}

/** The computation of each operation of the file; a new one is a line. */
const OPS: Record<string, (inputs: Inputs, settings: Settings) => Tensor> = {
  conv2d: ({ x, weight, bias }, { stride, padding }) => conv2d(x, weight, { bias, stride, padding }),
  linear: ({ x, weight, bias }) => linear(x, weight, bias),
  relu: ({ x }) => relu(x),
  batch_norm_train: ({ x, weight, bias }, { eps }) => batchNorm(x, weight, { beta: bias, eps }),
  batch_norm_eval: ({ x, weight: gamma, bias: beta, running_mean: mean, running_var: variance }, { eps }) => {
    const { scale, offset } = frozenNorm({ gamma, beta, mean, variance, eps });
    return channelAffine(x, scale, { offset });
  },
  gelu_erf: ({ x }) => gelu(x),
  gelu_tanh: ({ x }) => gelu(x, { approximate: "tanh" }),
  layer_norm: ({ x, weight, bias }, { eps }) => layerNorm(x, weight, { beta: bias, eps }),
  attention: ({ q, k, v }, { heads }) => attention(q, k, v, { heads }),
  silu: ({ x }) => silu(x),
  softmax_last: ({ x }) => softmax(x),
  log_softmax_last: ({ x }) => logSoftmax(x),
  group_norm: ({ x, weight: gamma, bias: beta }, { eps, groups }) =>
    groupNorm(x, gamma, { beta, eps, groups }),
  resize_bilinear: ({ x }) => resizeBilinear(x, { height: 16, width: 13 }),
  upsample_nearest2x: ({ x }) => upsampleNearest2x(x),
  cross_entropy: ({ logits, target }) => meanAll(crossEntropy(logits, target)),
  nt_xent: ({ z0, z1 }, { temperature }) => ntXent(z0, z1, { temperature }),
};

const FORWARD = { atol: 1e-5, rtol: 1e-4 };
const GRADIENT = { atol: 1e-5, rtol: 1e-3 };

const shared = Deno.env.get("REALFEATURES_SHARED") ?? join(import.meta.dirname!, "../../../shared");
const path = join(shared, "reference/torch_ops.safetensors");
const present = await Deno.stat(path).then(() => true, () => false);

if (!present || noGpu) {
  for (const name of Object.keys(OPS)) {
    const reason = present ? "no adapter" : "no reference data";
    Deno.test({ name: `${name} agrees with PyTorch (ignored: ${reason})`, ignore: true, fn() {} });
  }
} else {
  const file = await readSafetensors(path);
  const settings: Record<string, Settings> = JSON.parse(
    await Deno.readTextFile(path.replace(/safetensors$/, "json")),
  );
  for (const [op, build] of Object.entries(OPS)) {
    const cases = Object.keys(settings).filter((name) => name.replace(/\.\d+$/, "") === op);
    Deno.test(`${op} has cases of PyTorch's to agree with`, () => assert(cases.length > 0));
    for (const name of cases) {
      for (const readPath of ["buffer", "texture"] as const) {
        gpuTest(`${name} agrees with PyTorch, ${readPath}`, async (gpu) => {
          const inputs = variables(file, name);
          const seed = variable("dout", file.tensors.get(`${name}.dout`)!);
          const wrt = Object.keys(inputs).filter((input) => file.tensors.has(`${name}.grad.${input}`));
          const program = await Program.compile(gpu, name, () => {
            const out = build(inputs, settings[name]);
            const grads = gradients(out, wrt.map((input) => inputs[input]), { seed: asTensor(seed) });
            return Object.fromEntries<Tensor>([
              ["out", out],
              ...grads.map((g, i): [string, Tensor] => [`grad.${wrt[i]}`, g]),
            ]) satisfies Outputs;
          });
          program.run();
          for (const output of ["out", ...wrt.map((input) => `grad.${input}`)]) {
            const expected = file.tensors.get(`${name}.${output}`)!;
            const found = toTorch(output, await program.read(output) as Float32Array, expected.shape);
            assertClose(`${name} ${output}`, found, {
              expected: expected.data as Float32Array,
              ...(output === "out" ? FORWARD : GRADIENT),
            });
          }
          program.dispose();
          release(gpu, [seed, ...Object.values(inputs)]);
        }, readPath);
      }
    }
  }
}

/** The inputs of a case, in the engine's layouts. */
function variables(file: Safetensors, name: string): Inputs {
  const found: Record<string, Variable> = {};
  for (const [key, tensor] of file.tensors) {
    if (!key.startsWith(`${name}.in.`)) continue;
    const input = key.slice(`${name}.in.`.length);
    found[input] = variable(input, tensor);
  }
  return found;
}

function variable(name: string, { dtype, shape, data }: HostTensor): Variable {
  if (dtype === "I64") return new Variable(name, u32(...shape), Uint32Array.from(data, Number));
  if (dtype !== "F32") throw new TypeError(`Cannot test with input "${name}": its type is ${dtype}`);
  if (shape.length !== 4) return new Variable(name, f32(...shape), data);
  const [a, b, h, w] = shape;
  return new Variable(
    name,
    f32(a, h, w, b),
    isWeight(name) ? oihwToOhwi(data, shape) : nchwToNhwc(data, shape),
  );
}

/** Values from the engine's layout into PyTorch's, whose shape is given. */
function toTorch(name: string, data: Float32Array, shape: Shape): Float32Array {
  if (shape.length !== 4) return data;
  const [a, b, h, w] = shape;
  return isWeight(name) ? ohwiToOihw(data, [a, h, w, b]) : nhwcToNchw(data, [a, h, w, b]);
}

function isWeight(name: string): boolean {
  return name.endsWith("weight");
}
