/** The suite every operation passes: GPU against float64 reference, reference gradient against differences. */

import { gradients } from "../autograd/autograd.ts";
import { pinnedVariants, type VariantPolicy } from "../autotune/variant_policy.ts";
import type { Gpu, ReadPath } from "../device/device.ts";
import { type Node, record, trace } from "../graph/graph.ts";
import { targetOf } from "../program/lower.ts";
import {
  type Attrs,
  type Kernel,
  mutatedInputs,
  type NdArray,
  type OpCase,
  type OpDef,
} from "../graph/op.ts";
import { mul } from "../ops/arithmetic.ts";
import { sumAll } from "../ops/reduce_sum.ts";
import { type Outputs, Program } from "../program/program.ts";
import { type Stream, stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { sizeOf } from "../arrays/shape.ts";
import { type HostData, type Tensor, Variable } from "../graph/tensor.ts";
import { read, release } from "../graph/variables.ts";
import { assertClose, assertSameBits, type Tolerance } from "./compare.ts";
import { canFold, foldGrid } from "./fold_grid.ts";
import { gpuTest } from "./gpu.ts";

/** Tolerances of one operation's suite; the defaults are those of the style guide. */
export interface OpCheckOptions {
  readonly forward?: Tolerance;
  readonly gradient?: Tolerance;
}

const FORWARD: Tolerance = { atol: 1e-6, rtol: 1e-3 };
const GRADIENT: Tolerance = { atol: 1e-4, rtol: 1e-3 };

/**
 * Registers an operation's suite: its size cases on the GPU with each read path, and the gradients of the small cases
 * by central differences. Needs only the definition of the operation.
 */
export function checkOp<A extends Attrs>(op: OpDef<A>, options: OpCheckOptions = {}): void {
  for (const readPath of readsFlexibly(op) ? ["buffer", "texture"] as const : ["buffer"] as const) {
    gpuTest(`${op.name}() agrees with its float64 reference, ${readPath}`, async (gpu) => {
      let crossed = false;
      for (const c of op.cases) crossed = await checkCase(gpu, { op, c, options }) || crossed;
      if (!crossed) throw new Error(`${op.name}: every case fits one workgroup`);
    }, readPath);
  }
  if (op.backward === null) return;
  Deno.test(`${op.name}() has a reference gradient that agrees with central differences`, () => {
    for (const c of op.cases.filter((c) => !c.large)) checkDifferences(op, c);
  });
}

/** Whether the operation or its gradient has kernels whose values the program places. */
function readsFlexibly<A extends Attrs>(op: OpDef<A>): boolean {
  const { graph } = trace(() => buildCase(op, makeCase(op, op.cases[0])));
  const kernels = graph.nodes.flatMap((node) => kernelsOf(node, "texture"));
  return kernels.some(({ source }) => /^#(input|output) /m.test(source));
}

function kernelsOf({ op, inputs, outputs, attrs }: Node, readPath: ReadPath): Kernel[] {
  const target = { software: readPath === "texture", storageBuffers: 8 };
  return op.lower({ inputs, outputs, attrs, target, scratch: (spec) => ({ spec }) });
}

/** One case of an operation, and how close its results have to be. */
export interface Run<A extends Attrs> {
  readonly op: OpDef<A>;
  readonly c: OpCase<A>;
  readonly options: OpCheckOptions;
}

/**
 * Forward and gradient of one case on the GPU against the reference interpreter, and the forward result on a grid of
 * two dimensions against the same bits.
 *
 * @returns Whether a kernel of the case has several workgroups.
 */
export async function checkCase<A extends Attrs>(gpu: Gpu, { op, c, options }: Run<A>): Promise<boolean> {
  const before = gpu.buffers.liveBytes;
  const made = makeCase(op, c);
  const build = () => buildCase(op, made);
  const { graph, result } = trace(build);
  const found = await compute(gpu, { label: `${op.name} ${c.name}`, build, changed: changedBy(op, made) });
  const names = Object.keys(result);
  const state = new Map<Variable, NdArray>();
  evaluateReference(graph, names.map((n) => result[n]), state).forEach(({ data }, i) => {
    const tolerance = names[i].startsWith("grad") ? options.gradient ?? GRADIENT : options.forward ?? FORWARD;
    assertClose(`${op.name} (${c.name}) ${names[i]}`, found[names[i]], { expected: data, ...tolerance });
  });
  for (const [name, variable] of Object.entries(changedBy(op, made))) {
    const expected = state.get(variable)!.data;
    assertClose(`${op.name} (${c.name}) ${name}`, found[name], { expected, ...(options.forward ?? FORWARD) });
  }
  const kernels = kernelsOf(graph.nodes[0], gpu.readPath);
  if (kernels.some(canFold)) {
    await checkFolded(gpu, { op, made, expected: found });
  }
  await checkVariants(gpu, { op, made, expected: found });
  if (kernels.some(({ leading }) => leading)) await checkLeading(gpu, { op, made, expected: found });
  if (gpu.buffers.liveBytes !== before) {
    throw new Error(`${op.name} (${c.name}): ${gpu.buffers.liveBytes - before} bytes were not freed`);
  }
  return kernels.some(({ workgroups: [x, y] }) => x * y > 1);
}

/** Computes a case with every variant, and compares outputs and changed inputs bit by bit. */
async function checkVariants<A extends Attrs>(
  gpu: Gpu,
  { op, made, expected }: { op: OpDef<A>; made: MadeCase<A>; expected: Record<string, HostData> },
): Promise<void> {
  const build = () => forward(op, made);
  const [{ inputs, outputs }] = trace(build).graph.nodes;
  const [specs, results] = [inputs, outputs].map((tensors) => tensors.map(({ spec }) => spec));
  const names = op.variants?.({
    inputs: specs,
    outputs: results,
    attrs: made.c.attrs,
    target: targetOf(gpu),
  }) ?? [];
  for (const name of names.slice(1)) {
    const label = `${op.name} ${made.c.name}, ${name}`;
    const variantPolicy = pinnedVariants({ [op.name]: name });
    const found = await compute(gpu, { label, build, changed: changedBy(op, made), variantPolicy });
    for (const [output, values] of Object.entries(found)) {
      assertSameBits(`${label}, ${output}`, values, expected[output]);
    }
  }
}

/** Computes a case on a grid of two dimensions and compares outputs and changed inputs bit by bit. */
async function checkFolded<A extends Attrs>(
  gpu: Gpu,
  { op, made, expected }: { op: OpDef<A>; made: MadeCase<A>; expected: Record<string, HostData> },
): Promise<void> {
  const build = () => forward(foldGrid(op), made);
  const label = `${op.name} ${made.c.name}, folded grid`;
  const found = await compute(gpu, { label, build, changed: changedBy(op, made) });
  for (const [name, values] of Object.entries(found)) {
    assertSameBits(`${label}, ${name}`, values, expected[name]);
  }
}

/** Computes the first half of a case's rows alone, and compares them bit by bit. */
async function checkLeading<A extends Attrs>(
  gpu: Gpu,
  { op, made, expected }: { op: OpDef<A>; made: MadeCase<A>; expected: Record<string, HostData> },
): Promise<void> {
  const build = () => forward(op, made);
  const [{ outputs }] = trace(build).graph.nodes;
  const rowsOf = ({ shape }: { shape: readonly number[] }) => shape[0] ?? 0;
  const changed = changedBy(op, made);
  const rows = rowsOf(outputs[0] ?? Object.values(changed)[0]);
  const perExample = made.inputs.filter((input) => rowsOf(input) === rows);
  if (rows < 2 || perExample.length === 0) return;
  const examples = Math.ceil(rows / 2);
  const label = `${op.name} ${made.c.name}, its first ${examples} rows`;
  const found = await compute(gpu, { label, build, changed, perExample, examples });
  const inRows = [
    ...outputs.map((output, i) => ({ name: `output ${i}`, of: output })),
    ...Object.entries(changed).map(([name, of]) => ({ name, of })),
  ].filter(({ of }) => rowsOf(of) === rows);
  for (const { name, of } of inRows) {
    const part = sizeOf(of.shape) / rows * examples;
    assertSameBits(`${label}, ${name}`, found[name].subarray(0, part), expected[name].subarray(0, part));
  }
}

/** Compiles, runs once, reads what the program returns and changes, and frees everything. */
async function compute(
  gpu: Gpu,
  { label, build, changed, variantPolicy, perExample, examples }: {
    label: string;
    build: () => Outputs;
    changed: Record<string, Variable>;
    variantPolicy?: VariantPolicy;
    perExample?: readonly Variable[];
    examples?: number;
  },
): Promise<Record<string, HostData>> {
  const program = await Program.compile(gpu, label, build, { variantPolicy, perExample });
  program.run({ examples });
  const found: Record<string, HostData> = {};
  for (const name of program.outputNames) found[name] = await program.read(name);
  for (const [name, variable] of Object.entries(changed)) found[name] = await read(gpu, variable);
  program.dispose();
  release(gpu, trace(build).graph.variables);
  return found;
}

/** The inputs that an operation changes in place, by a name for messages. */
function changedBy<A extends Attrs>(op: OpDef<A>, { inputs }: MadeCase<A>): Record<string, Variable> {
  return Object.fromEntries(mutatedInputs(op, inputs.length).map((i) => [`input ${i} after`, inputs[i]]));
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
function buildCase<A extends Attrs>(op: OpDef<A>, made: MadeCase<A>): Record<string, Tensor> {
  const { c, inputs, weights } = made;
  const found = forward(op, made);
  if (op.backward === null || c.large) return found;
  const wrt = differentiable(op, inputs);
  gradients(sumAll(mul(found["output 0"], weights)), wrt).forEach((t, i) => found[`grad ${i}`] = t);
  return found;
}

function forward<A extends Attrs>(op: OpDef<A>, { c, inputs }: MadeCase<A>): Record<string, Tensor> {
  return Object.fromEntries(record(op, inputs, c.attrs).map((t, i) => [`output ${i}`, t]));
}

function differentiable<A extends Attrs>(op: OpDef<A>, inputs: readonly Variable[]): Variable[] {
  return inputs.filter((v, i) => v.spec.dtype === "f32" && !op.constantInputs?.includes(i));
}

/** The reference gradients of one case against central differences of the reference, in float64. */
export function checkDifferences<A extends Attrs>(op: OpDef<A>, c: OpCase<A>): void {
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
