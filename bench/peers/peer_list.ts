/** The frameworks that can be measured, and the commands that start their programs. */

import { PROJECT_ROOT } from "../record/env.ts";
import { CHILD_PERMISSIONS } from "../adapter/child_permissions.ts";
import type { PeerCommand } from "./peer_process.ts";
import type { WorkloadName } from "./protocol.ts";

/** A framework that can be measured. */
export interface PeerDescription {
  readonly name: PeerName;
  readonly title: string;
  readonly backend: string;
  /** Whether it comes from `packages/deno.lock`. */
  readonly isPackage: boolean;
  /** Commands that start its program, to be tried in this order. */
  readonly commands: readonly PeerCommand[];
}

/** Names of the frameworks; this engine is `ours`. */
export type PeerName = "ours" | "jax-js" | "tfjs" | "torch";

/** Configuration of the packages: imports and lock file of their own, so that the suite itself stays without them. */
export const PACKAGES_CONFIG = "bench/peers/packages/deno.json";

const python = (program: string): PeerCommand => ({
  program,
  args: ["bench/peers/packages/torch_peer.py"],
  cwd: PROJECT_ROOT,
});

const deno = (...args: string[]): PeerCommand => ({
  program: Deno.execPath(),
  args: ["run", "--quiet", "--no-check", ...CHILD_PERMISSIONS, ...args],
  cwd: PROJECT_ROOT,
});

/** All of them, this engine first. The system's Python may have PyTorch where the first one in the path has not. */
export const PEERS: readonly PeerDescription[] = [
  {
    name: "ours",
    title: "realfeatures",
    backend: "WebGPU",
    isPackage: false,
    commands: [deno("bench/peers/engine_peer.ts")],
  },
  {
    name: "jax-js",
    title: "jax-js",
    backend: "WebGPU",
    isPackage: true,
    commands: [deno("--frozen", "--cached-only", "--config", PACKAGES_CONFIG, "bench/peers/packages/jax.ts")],
  },
  {
    name: "tfjs",
    title: "TensorFlow.js",
    backend: "WebGPU",
    isPackage: true,
    commands: [
      deno("--frozen", "--cached-only", "--config", PACKAGES_CONFIG, "bench/peers/packages/tfjs.ts"),
    ],
  },
  {
    name: "torch",
    title: "PyTorch",
    backend: "CPU",
    isPackage: false,
    commands: ["python3", ...(Deno.build.os === "windows" ? ["python"] : ["/usr/bin/python3"])].map(python),
  },
];

/** The workloads, in the order of the tables. */
export const WORKLOADS: readonly { readonly name: WorkloadName; readonly title: string }[] = [
  { name: "step", title: "training step: 3 convolutions, 64 images of 32x32" },
  { name: "matmul", title: "matrix product, 1024x1024x1024" },
  { name: "conv", title: "convolution 3x3, 32 to 32 channels, 64 images of 32x32" },
];
