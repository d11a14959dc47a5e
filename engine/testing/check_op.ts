/** The suite every operation passes: GPU against float64 reference, reference gradient against differences. */

import { gradients } from "../autograd.ts";
import type { Gpu } from "../device.ts";
import { record, trace } from "../graph.ts";
import type { Attrs, NdArray, OpCase, OpDef } from "../op.ts";
import { mul } from "../ops/arithmetic.ts";
import { sumAll } from "../ops/reduce_sum.ts";
import { Program } from "../program.ts";
import { type Stream, stream } from "../random.ts";
import { evaluateReference } from "../reference.ts";
import { sizeOf } from "../shape.ts";
import { type Tensor, Variable } from "../tensor.ts";
import { read, release } from "../variables.ts";
import { assertClose, type Tolerance } from "./compare.ts";
import { gpuTest } from "./gpu.ts";

/** Tolerances of one operation's suite; the defaults are those of the style guide. */
export interface CheckOptions {
  readonly forward?: Tolerance;
  readonly gradient?: Tolerance;
}

const FORWARD: Tolerance = { atol: 1e-6, rtol: 1e-3 };
const GRADIENT: Tolerance = { atol: 1e-4, rtol: 1e-3 };

/** Registers one test per size case and kernel family, and one for the gradients of each small case. */
export function checkOp<A extends Attrs>(op: OpDef<A>, options: CheckOptions = {}): void {
  for (const variant of usesTextures(op) ? ["buffer", "texture"] as const : ["buffer"] as const) {
    gpuTest(`${op.name}() agrees with its float64 reference, ${variant}`, async (gpu) => {
      for (const c of op.cases) await checkCase(gpu, { op, c, options });
    }, variant);
  }
  if (op.backward === null) return;
  Deno.test(`${op.name}() has a reference gradient that agrees with central differences`, () => {
    for (const c of op.cases.filter((c) => !c.large)) checkDifferences(op, c);
  });
}

/** Whether the operation or its gradient has kernels that read textures. */
function usesTextures<A extends Attrs>(op: OpDef<A>): boolean {
  const { graph } = trace(() => buildCase(op, makeCase(op, op.cases[0])));
  return graph.nodes.some((node) => {
    const inputs = node.inputs, outputs = node.outputs, attrs = node.attrs;
    const kernels = node.op.lower({ inputs, outputs, attrs, textures: true, scratch: (spec) => ({ spec }) });
    return kernels.some((k) => k.bindings.some((b) => b.kind === "texture"));
  });
}

interface Run<A extends Attrs> {
  readonly op: OpDef<A>;
  readonly c: OpCase<A>;
  readonly options: CheckOptions;
}

/** Forward and gradient of one case on the GPU against the reference interpreter. */
async function checkCase<A extends Attrs>(gpu: Gpu, { op, c, options }: Run<A>): Promise<void> {
  const made = makeCase(op, c);
  const { inputs } = made;
  const before = gpu.buffers.liveBytes;
  const build = () => buildCase(op, made);
  const program = await Program.compile(gpu, `${op.name} ${c.name}`, build);
  program.run();
  const { graph, result } = trace(build);
  const names = Object.keys(result);
  const state = new Map<Variable, NdArray>();
  const expected = evaluateReference(graph, names.map((n) => result[n]), state);
  for (const [i, name] of names.entries()) {
    const tolerance = name.startsWith("grad") ? options.gradient ?? GRADIENT : options.forward ?? FORWARD;
    assertClose(`${op.name} (${c.name}) ${name}`, await program.read(name), {
      expected: expected[i].data,
      ...tolerance,
    });
  }
  for (const i of op.mutates ?? []) {
    assertClose(`${op.name} (${c.name}) input ${i} after`, await read(gpu, inputs[i]), {
      expected: state.get(inputs[i])!.data,
      ...(options.forward ?? FORWARD),
    });
  }
  program.dispose();
  release(gpu, graph.variables);
  if (gpu.buffers.liveBytes !== before) {
    throw new Error(`${op.name} (${c.name}): ${gpu.buffers.liveBytes - before} bytes were not freed`);
  }
}

interface MadeCase<A extends Attrs> {
  readonly c: OpCase<A>;
  readonly inputs: Variable[];
  /** Fixed random weights of the first output: their product's sum has a gradient that tests every element. */
  readonly weights: Variable;
}

function makeCase<A extends Attrs>(op: OpDef<A>, c: OpCase<A>): MadeCase<A> {
  const [output] = op.shape(c.inputs, c.attrs);
  const weights = new Float32Array(output === undefined ? 1 : sizeOf(output.shape));
  stream(7, `weights ${op.name}`).fillNormal(0, weights);
  const spec = output ?? { shape: [], dtype: "f32" };
  return {
    c,
    inputs: makeInputs(op.name, c),
    weights: new Variable("weights", { ...spec, dtype: "f32" }, weights),
  };
}

/** Outputs, and gradients of the weighted sum of the first one. */
function buildCase<A extends Attrs>(
  op: OpDef<A>,
  { c, inputs, weights }: MadeCase<A>,
): Record<string, Tensor> {
  const outputs = record(op, inputs, c.attrs);
  const found: Record<string, Tensor> = {};
  outputs.forEach((t, i) => found[`output ${i}`] = t);
  if (op.backward === null || c.large) return found;
  const wrt = differentiable(op, inputs);
  gradients(sumAll(mul(outputs[0], weights)), wrt).forEach((t, i) => found[`grad ${i}`] = t);
  return found;
}

function differentiable<A extends Attrs>(op: OpDef<A>, inputs: readonly Variable[]): Variable[] {
  return inputs.filter((v, i) => v.spec.dtype === "f32" && !op.constantInputs?.includes(i));
}

function checkDifferences<A extends Attrs>(op: OpDef<A>, c: OpCase<A>): void {
  const { inputs, weights } = makeCase(op, c);
  const { graph, result } = trace(() => {
    const [output] = record(op, inputs, c.attrs);
    const value = sumAll(mul(output, weights));
    const wrt = differentiable(op, inputs);
    return { value, wrt, grads: gradients(value, wrt) };
  });
  const grads = evaluateReference(graph, result.grads);
  result.wrt.forEach((variable, k) => {
    for (const at of sampleIndices(sizeOf(variable.shape))) {
      const h = 1e-5;
      const [above, below] = [h, -h].map((d) => {
        const data = Float64Array.from(variable.initial);
        data[at] += d;
        return evaluateReference(
          graph,
          [result.value],
          new Map([[variable, { shape: variable.shape, data }]]),
        )[0].data[0];
      });
      assertClose(`${op.name} (${c.name}) gradient ${k} at ${at}`, [grads[k].data[at]], {
        expected: [(above - below) / (2 * h)],
        atol: 1e-6,
        rtol: 1e-5,
      });
    }
  });
}

/** Up to a dozen positions spread over an array. */
function sampleIndices(size: number): number[] {
  const step = Math.max(1, Math.floor(size / 12));
  const out: number[] = [];
  for (let i = 0; i < size; i += step) out.push(i);
  return out;
}

/** Random inputs of a case; the same on every run. */
function makeInputs<A extends Attrs>(name: string, c: OpCase<A>): Variable[] {
  return c.inputs.map((spec, i) => {
    const source: Stream = stream(1, `${name} ${c.name} ${i}`);
    const size = sizeOf(spec.shape);
    if (spec.dtype === "u32") {
      const data = Uint32Array.from({ length: size }, (_, n) => source.bits(0, n)[0] % (c.below ?? 10));
      return new Variable(`input ${i}`, spec, data);
    }
    const data = new Float32Array(size);
    if (c.large) fillCheaply(data);
    else source.fillNormal(0, data);
    if (c.positive) { for (let n = 0; n < size; n++) data[n] = Math.abs(data[n]) + 0.5; }
    return new Variable(`input ${i}`, spec, data);
  });
}

/** Numbers in [-2, 2) that need no generator: large cases are about sizes, not about values. */
function fillCheaply(data: Float32Array): void {
  for (let n = 0; n < data.length; n++) data[n] = (Math.imul(n + 1, 0x9e3779b1) >>> 8) * 2 ** -22 - 2;
}
