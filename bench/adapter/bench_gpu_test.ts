import { assert, assertEquals, assertMatch } from "@std/assert";
import { basename, join } from "node:path";
import { TimingCache } from "../../engine/autotune/timing_cache.ts";
import { conv2d } from "../../engine/ops/conv2d.ts";
import { Program } from "../../engine/program/program.ts";
import { f32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { noGpu } from "../../engine/testing/gpu.ts";
import { chosenBy, openBenchGpu } from "./bench_gpu.ts";
import type { Variants } from "./variants_option.ts";
import { withTempDir } from "../testing.ts";

/** Compiles a convolution that is worth timing; what was chosen, what was noted, and the work and memory counted. */
async function convolve(variants: Variants, cacheHome: string) {
  const notes: string[] = [];
  const env = (name: string) => name === "XDG_CACHE_HOME" ? cacheHome : undefined;
  const { gpu, saveTimings } = await openBenchGpu(variants, { note: (text) => notes.push(text), env });
  try {
    const x = new Variable("x", f32(8, 16, 16, 16)), w = new Variable("w", f32(64, 3, 3, 16));
    const program = await Program.compile(gpu, "conv", () => ({ y: conv2d(x, w, { padding: 1 }) }));
    await saveTimings();
    await saveTimings();
    const { peakBytes, liveBytes } = gpu.buffers;
    return {
      chosen: chosenBy(gpu),
      notes,
      work: { ...gpu.work },
      memory: peakBytes - liveBytes,
      flops: program.flops,
    };
  } finally {
    gpu.close();
  }
}

/** The one file of timings below a cache folder. */
async function cacheFile(home: string): Promise<string> {
  const [file] = await Array.fromAsync(Deno.readDir(join(home, "realfeatures")), ({ name }) => name);
  return join(home, "realfeatures", file);
}

const gpuTest = (name: string, body: (dir: string) => Promise<void>) =>
  Deno.test({
    name,
    ignore: noGpu,
    sanitizeResources: false,
    sanitizeOps: false,
    fn: () => withTempDir(body),
  });

gpuTest("openBenchGpu() keeps timings from run to run, and takes the fastest way", async (dir) => {
  const first = await convolve({ rule: "timed", pins: {} }, dir);
  assertEquals(first.notes, []);
  assert(first.flops > 2e7);
  const file = await cacheFile(dir);
  assertMatch(basename(file), /^autotune-.*-(vulkan|metal|dx12)-/); // by another backend, other times
  const kept: Record<string, Record<string, number>> = JSON.parse(await Deno.readTextFile(file)).times;
  const [[key, times], ...rest] = Object.entries(kept);
  assertEquals(rest, []);
  assert(Object.keys(times).length > 1);
  const min = Math.min(...Object.values(times));
  const [[operation, way], ...others] = Object.entries(first.chosen);
  assertEquals(others, []);
  assertMatch(operation, /^conv2d 8x16x16x16 64x3x3x16 \{/);
  assert(key.startsWith(operation));
  assertEquals(times[way], min);
  // What is in the file decides, not a new timing.
  const slow = Object.keys(times).find((name) => name !== way)!;
  const cache = await TimingCache.open(file);
  cache.set(key, { ...times, [slow]: min / 2 });
  await cache.save();
  assertEquals((await convolve({ rule: "timed", pins: {} }, dir)).chosen, { [operation]: slow });
});

gpuTest("openBenchGpu() counts no work and no memory of its timings", async (dir) => {
  const timed = await convolve({ rule: "timed", pins: {} }, dir);
  const fixed = await convolve({ rule: "fixed", pins: {} }, dir);
  assertEquals([timed.work, timed.memory], [fixed.work, fixed.memory]);
});

gpuTest("openBenchGpu() writes nothing where the rule is fixed, and takes what is pinned", async (dir) => {
  const { chosen } = await convolve({ rule: "fixed", pins: { conv2d: "2x4x8" } }, dir);
  assertEquals(Object.values(chosen), ["2x4x8"]);
  assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
});

gpuTest("openBenchGpu() says once that timings cannot be kept, and continues", async (dir) => {
  await Deno.writeTextFile(join(dir, "file"), "");
  const { notes, chosen } = await convolve({ rule: "timed", pins: {} }, join(dir, "file"));
  assertEquals(Object.keys(chosen).length, 1);
  assertEquals(notes.length, 1);
  assertMatch(notes[0], /^Timings of kernels are not kept: /);
});
