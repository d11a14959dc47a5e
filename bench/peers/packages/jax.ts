/** jax-js on WebGPU as a peer: the program of its process. */

import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from "@jax-js/jax";
import { inputOf, type Inputs } from "../input_file.ts";
import type { WorkloadName } from "../protocol.ts";
import { type OpenPeer, type ReadyWorkload, serve } from "../serve.ts";
import {
  CHECKED_STEPS,
  LEARNING_RATE,
  PARAMETERS,
  permute,
  spreadValues,
  stepChecks,
  STRIDES,
  totalChange,
} from "../workloads.ts";
import { deviceName, versionOf } from "./package_info.ts";

/** Results that are not waited for yet: jax-js is lazy, and what is not waited for may never be computed. */
const PENDING = 16;

async function open(): Promise<OpenPeer> {
  const device = await deviceName();
  const available = await init("webgpu");
  if (!available.includes("webgpu")) throw new Error("Cannot open jax-js: it finds no WebGPU");
  defaultDevice("webgpu");
  return {
    version: versionOf("@jax-js/jax"),
    backend: "WebGPU",
    device,
    prepare: (workload, inputs) => WORKLOADS[workload](inputs),
  };
}

const WORKLOADS: Readonly<Record<WorkloadName, (inputs: Inputs) => Promise<ReadyWorkload>>> = {
  step: prepareStep,
  matmul: (inputs) =>
    prepareOp([load(inputs, "matmul.a"), load(inputs, "matmul.b")], (a, b) => np.matmul(a, b)),
  conv: (inputs) => {
    const operands: [np.Array, np.Array] = [load(inputs, "conv.x", NCHW), load(inputs, "conv.w", NCHW)];
    return prepareOp(operands, (x, w) => convolve(x, w, 1), [0, 2, 3, 1]);
  },
};

/** [N, H, W, C] to [N, C, H, W], and [O, KH, KW, I] to [O, I, KH, KW]. */
const NCHW = [0, 3, 1, 2];

function load(inputs: Inputs, name: string, order?: readonly number[]): np.Array {
  const input = inputOf(inputs, name);
  const { shape, data } = order === undefined ? input : permute(input, order);
  return np.array(data).reshape([...shape]);
}

function convolve(x: np.Array, w: np.Array, stride: number): np.Array {
  return lax.convGeneralDilated(x, w, [stride, stride], [[1, 1], [1, 1]]);
}

/** Mean cross-entropy of the network; takes over its arguments. */
function lossOf(params: np.Array[], images: np.Array, targets: np.Array): np.Array {
  let x = images;
  for (const [i, stride] of STRIDES.entries()) {
    const [weight, bias] = [params[2 * i], params[2 * i + 1]];
    x = nn.relu(convolve(x, weight, stride).add(bias.reshape([-1, 1, 1])));
  }
  const logits = np.matmul(np.mean(x, [2, 3]), np.transpose(params[6])).add(params[7]);
  return np.mean(np.sum(nn.logSoftmax(logits, -1).mul(targets), -1)).mul(-1);
}

async function prepareStep(inputs: Inputs): Promise<ReadyWorkload> {
  const images = load(inputs, "images", NCHW);
  const targets = nn.oneHot(load(inputs, "labels").astype(np.int32), 10);
  let params = PARAMETERS.map((name) => load(inputs, name, /^conv.*weight/.test(name) ? NCHW : undefined));
  const initial = await valuesOf(params);
  const step = jit((params: np.Array[], images: np.Array, targets: np.Array): [np.Array[], np.Array] => {
    const [loss, grads] = valueAndGrad(lossOf)(tree.ref(params), images, targets) as [np.Array, np.Array[]];
    return [params.map((param, i) => param.sub(grads[i].mul(LEARNING_RATE))), loss];
  });
  const losses: number[] = [];
  for (let i = 0; i < CHECKED_STEPS; i++) {
    const [next, loss] = step(params, images.ref, targets.ref);
    params = next;
    losses.push((await loss.data())[0]);
  }
  const trained = await valuesOf(params);
  return {
    checks: stepChecks(losses, trained.map((values, i) => totalChange(initial[i], values))),
    run: async (steps) => {
      for (let i = 0; i < steps; i++) {
        const [next, loss] = step(params, images.ref, targets.ref);
        loss.dispose();
        params = next;
      }
      await blockUntilReady(params);
    },
  };
}

async function prepareOp(
  [a, b]: readonly [np.Array, np.Array],
  op: (a: np.Array, b: np.Array) => np.Array,
  order?: number[],
): Promise<ReadyWorkload> {
  const compute = jit(op);
  const result = compute(a.ref, b.ref);
  const values = await (order === undefined ? result : np.transpose(result, order)).data();
  return {
    checks: { values: spreadValues(values) },
    run: async (steps) => {
      for (let done = 0; done < steps;) {
        const results: np.Array[] = [];
        for (; done < steps && results.length < PENDING; done++) results.push(compute(a.ref, b.ref));
        await blockUntilReady(results);
        for (const result of results) result.dispose();
      }
    },
  };
}

async function valuesOf(arrays: readonly np.Array[]): Promise<ArrayLike<number>[]> {
  const found: ArrayLike<number>[] = [];
  for (const array of arrays) found.push(await array.ref.data());
  return found;
}

if (import.meta.main) await serve(open);
