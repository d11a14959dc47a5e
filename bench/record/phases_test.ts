import { assertEquals } from "@std/assert";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { PhaseLog } from "./phases.ts";

gpuTest("PhaseLog counts the memory of its own cell, whatever was held before", async (gpu) => {
  const peakOf = () => {
    const phases = new PhaseLog(gpu);
    gpu.buffers.free(gpu.buffers.create("of the cell", 1024));
    return phases.peakBytes;
  };
  const alone = peakOf(), left = gpu.buffers.create("left by another cell", 4096);
  assertEquals([peakOf(), alone], [1024, 1024]);
  gpu.buffers.free(left);
  await gpu.idle();
});
