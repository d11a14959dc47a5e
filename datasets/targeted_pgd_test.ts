import { assert, assertEquals, assertGreater, assertNotEquals, assertRejects } from "@std/assert";
import type { Gpu } from "../engine/device/device.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import type { ConstructionPart, ConstructProgress } from "./construct.ts";
import { logits, SOURCE } from "./testing.ts";
import { targetedPgd, type TargetedPgdOptions } from "./targeted_pgd.ts";
import { toFloat } from "./types.ts";

const OPTIONS: TargetedPgdOptions = {
  name: "D_det",
  source: SOURCE,
  count: 40,
  batchSize: 40,
  steps: 20,
  logits,
  targets: "next-class",
  norm: "L2",
  eps: 1,
  stepSize: 0.1,
  seed: 3,
};

const make = (gpu: Gpu, own: Partial<TargetedPgdOptions> = {}) => targetedPgd(gpu, { ...OPTIONS, ...own });

for (
  const { norm, eps, stepSize } of [{ norm: "L2", eps: 1, stepSize: 0.1 }, {
    norm: "Linf",
    eps: 0.1,
    stepSize: 0.01,
  }] as const
) {
  gpuTest(`targetedPgd() in ${norm} moves each image within eps to the class it is given`, async (gpu) => {
    const { set, sources, targets, reached, remaining, ...moved } = await make(gpu, { norm, eps, stepSize });
    const start = toFloat(SOURCE), end = toFloat(set), size = 3 * 12 * 12;
    assertEquals([...set.labels], [...SOURCE.labels].map((y) => (y + 1) % 10));
    assertEquals([sources, remaining], [targets, null]);
    assert(end.every((v) => v >= 0 && v <= 1));
    const found = norm === "L2" ? moved.l2 : moved.linf;
    for (let i = 0; i < 40; i++) {
      const way = Array.from({ length: size }, (_, k) => end[i * size + k] - start[i * size + k]);
      const length = norm === "L2" ? Math.hypot(...way) : Math.max(...way.map(Math.abs));
      assert(length > 0 && length <= eps + 1e-6, `${length} at ${i}`);
      assert(Math.abs(length - found[i]) < 1e-5, `${length} and ${found[i]} at ${i}`);
    }
    const share = reached!.reduce((a, b) => a + b, 0) / 40;
    const before = (await make(gpu, { norm, eps: 1e-6, stepSize, steps: 1 })).reached!.reduce((a, b) =>
      a + b, 0) / 40;
    assertGreater(share, before + 0.5);
  });
}

gpuTest("targetedPgd() with random targets draws any class, for each image alone", async (gpu) => {
  const { set } = await make(gpu, { targets: "random", steps: 1 });
  assertGreater(new Set(set.labels).size, 7);
  assertNotEquals([...set.labels], [...SOURCE.labels].map((y) => (y + 1) % 10));
  const fewer = await make(gpu, { targets: "random", steps: 1, count: 10, batchSize: 10 });
  assertEquals(fewer.set.labels, set.labels.slice(0, 10));
  const other = await make(gpu, { targets: "random", steps: 1, seed: 4 });
  assertNotEquals(other.set.labels, set.labels);
});

gpuTest("targetedPgd() makes the same bits again, in any batch", async (gpu) => {
  const first = await make(gpu, { steps: 5 });
  assertEquals(await make(gpu, { steps: 5 }), first);
  const before = gpu.buffers.liveBytes;
  assertEquals(await make(gpu, { steps: 5, batchSize: 16 }), first);
  assertEquals(gpu.buffers.liveBytes, before);
});

gpuTest("targetedPgd() stops where its caller throws", async (gpu) => {
  const stop = () => {
    throw new DOMException("Cannot continue: interrupted", "AbortError");
  };
  await assertRejects(() => make(gpu, { onProgress: stop, steps: 1, batchSize: 16 }), DOMException);
});

gpuTest("targetedPgd() continues from the batches that an earlier process made", async (gpu) => {
  const given = { targets: "random", steps: 3, batchSize: 16 } as const;
  const whole = await make(gpu, given);
  let from: ConstructionPart | undefined;
  const stop = ({ part }: ConstructProgress) => {
    from = structuredClone(part);
    throw new DOMException("Cannot continue: interrupted", "AbortError");
  };
  await assertRejects(() => make(gpu, { ...given, onProgress: stop }), DOMException);
  const done: number[] = [];
  const onProgress = (progress: ConstructProgress) => void done.push(progress.done);
  assertEquals(await make(gpu, { ...given, onProgress, from: from! }), whole);
  assertEquals(done, [32, 40]);
});
