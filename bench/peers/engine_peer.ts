/** This engine as one of the peers: the program of its process. */

import config from "../../deno.json" with { type: "json" };
import type { Backend } from "../../engine/device/backend.ts";
import { type Gpu, openGpu } from "../../engine/device/device.ts";
import { conv2d } from "../../engine/ops/conv2d.ts";
import { matmul } from "../../engine/ops/matmul.ts";
import { Program } from "../../engine/program/program.ts";
import { f32 } from "../../engine/arrays/shape.ts";
import { type Tensor, type Value, Variable } from "../../engine/graph/tensor.ts";
import { driverText } from "../adapter/driver.ts";
import { adapterName } from "../record/env.ts";
import { inputOf, type Inputs } from "./input_file.ts";
import type { WorkloadName } from "./protocol.ts";
import { type OpenPeer, type ReadyWorkload, serve } from "./serve.ts";
import { CHECKED_STEPS, PARAMETERS, spreadValues, stepChecks, totalChange } from "./workloads.ts";
import { createPeerWorkload } from "./workload.ts";

/** What this engine says of itself, beyond what every peer does. */
export interface EngineIdentity {
  readonly adapter: Gpu["info"];
  /** Only its own process knows: see {@linkcode driverText}. */
  readonly driver: string | null;
  readonly readPath: string;
}

/** Opens the machine's adapter. */
export async function openEngine(backend: Backend | null = null): Promise<OpenPeer & EngineIdentity> {
  const gpu = await openGpu({ backend });
  return enginePeer(gpu);
}

/** This engine on an open device. */
export function enginePeer(gpu: Gpu): OpenPeer & EngineIdentity {
  return {
    version: config.version,
    backend: "WebGPU",
    device: adapterName(gpu.info),
    adapter: gpu.info,
    driver: driverText(gpu.info),
    readPath: gpu.readPath,
    prepare: (workload, inputs) => WORKLOADS[workload](gpu, inputs),
  };
}

const WORKLOADS: Readonly<Record<WorkloadName, (gpu: Gpu, inputs: Inputs) => Promise<ReadyWorkload>>> = {
  step: prepareStep,
  matmul: (gpu, inputs) => prepareOp(gpu, inputs, { names: ["matmul.a", "matmul.b"], op: matmul }),
  conv: (gpu, inputs) =>
    prepareOp(gpu, inputs, { names: ["conv.x", "conv.w"], op: (x, w) => conv2d(x, w, { padding: 1 }) }),
};

async function prepareStep(gpu: Gpu, inputs: Inputs): Promise<ReadyWorkload> {
  const initial = PARAMETERS.map((name) => inputOf(inputs, name).data);
  const workload = await createPeerWorkload(gpu, {
    weights: new Map(PARAMETERS.map((name, i) => [name, initial[i]])),
  });
  const losses: number[] = [];
  for (let i = 0; i < CHECKED_STEPS; i++) {
    workload.step();
    losses.push(await workload.loss());
  }
  const trained = await workload.weights();
  return {
    checks: stepChecks(losses, PARAMETERS.map((name, i) => totalChange(initial[i], trained.get(name)!))),
    run: async (steps) => {
      for (let i = 0; i < steps; i++) workload.step();
      await gpu.idle();
    },
  };
}

async function prepareOp(
  gpu: Gpu,
  inputs: Inputs,
  { names, op }: { names: readonly [string, string]; op: (a: Value, b: Value) => Tensor },
): Promise<ReadyWorkload> {
  const [a, b] = names.map((name) => {
    const { shape, data } = inputOf(inputs, name);
    return new Variable(name, f32(...shape), data);
  });
  const program = await Program.compile(gpu, names.join(" "), () => ({ y: op(a, b) }));
  program.run();
  return {
    checks: { values: spreadValues(await program.read("y")) },
    run: async (steps) => {
      for (let i = 0; i < steps; i++) program.run();
      await gpu.idle();
    },
  };
}

if (import.meta.main) await serve(openEngine);
