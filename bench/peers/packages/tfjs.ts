/** TensorFlow.js on WebGPU as a peer: the program of its process. */

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
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

async function open(): Promise<OpenPeer> {
  const device = await deviceName();
  if (!await tf.setBackend("webgpu")) {
    throw new Error("Cannot open TensorFlow.js: its WebGPU backend did not start");
  }
  await tf.ready();
  return {
    version: versionOf("@tensorflow/tfjs-backend-webgpu"),
    backend: "WebGPU",
    device,
    prepare: (workload, inputs) => WORKLOADS[workload](inputs),
  };
}

const WORKLOADS: Readonly<Record<WorkloadName, (inputs: Inputs) => Promise<ReadyWorkload>>> = {
  step: prepareStep,
  matmul: (inputs) => {
    const [a, b] = [load(inputs, "matmul.a") as tf.Tensor2D, load(inputs, "matmul.b") as tf.Tensor2D];
    return prepareOp(() => tf.matMul(a, b));
  },
  conv: (inputs) => {
    const [x, w] = [load(inputs, "conv.x") as tf.Tensor4D, load(inputs, "conv.w", HWIO) as tf.Tensor4D];
    return prepareOp(() => convolve(x, w, 1));
  },
};

/** [O, KH, KW, I] to [KH, KW, I, O]. */
const HWIO = [1, 2, 3, 0];

function load(inputs: Inputs, name: string, order?: readonly number[]): tf.Tensor {
  const input = inputOf(inputs, name);
  const { shape, data } = order === undefined ? input : permute(input, order);
  return tf.tensor(data, [...shape]);
}

function convolve(x: tf.Tensor4D, w: tf.Tensor4D, stride: number): tf.Tensor4D {
  return tf.conv2d(x, w, stride, 1, "NHWC", 1, "floor");
}

async function prepareStep(inputs: Inputs): Promise<ReadyWorkload> {
  const images = load(inputs, "images") as tf.Tensor4D;
  const targets = tf.oneHot(load(inputs, "labels").toInt(), 10);
  const params = PARAMETERS.map((name) =>
    tf.variable(load(inputs, name, /^conv.*weight/.test(name) ? HWIO : undefined))
  );
  const initial = await Promise.all(params.map((param) => param.data()));
  const optimizer = tf.train.sgd(LEARNING_RATE);
  const lossOf = (): tf.Scalar => {
    let x = images;
    for (const [i, stride] of STRIDES.entries()) {
      x = tf.relu(convolve(x, params[2 * i] as tf.Tensor4D, stride).add(params[2 * i + 1]));
    }
    const features = tf.mean(x, [1, 2]) as tf.Tensor2D;
    const logits = tf.matMul(features, params[6] as tf.Tensor2D, false, true).add(params[7]);
    return tf.losses.softmaxCrossEntropy(targets, logits);
  };
  const losses: number[] = [];
  for (let i = 0; i < CHECKED_STEPS; i++) {
    const loss = optimizer.minimize(lossOf, true, params)!;
    losses.push((await loss.data())[0]);
    loss.dispose();
  }
  const trained = await Promise.all(params.map((param) => param.data()));
  return {
    checks: stepChecks(losses, trained.map((values, i) => totalChange(initial[i], values))),
    run: async (steps) => {
      for (let i = 0; i < steps; i++) optimizer.minimize(lossOf, false, params);
      await params[7].data(); // commands are done in order, so all before is done too
    },
  };
}

async function prepareOp(op: () => tf.Tensor): Promise<ReadyWorkload> {
  const first = op();
  const checks = { values: spreadValues(await first.data()) };
  first.dispose();
  return {
    checks,
    run: async (steps) => {
      for (let i = 1; i < steps; i++) op().dispose();
      const last = tf.tidy(() => op().flatten().slice(0, 1));
      await last.data();
      last.dispose();
    },
  };
}

if (import.meta.main) await serve(open);
