import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { PipelineCache, ShaderError, splitGrid } from "./pipeline_cache.ts";
import { gpuTest } from "../testing/gpu.ts";

const GOOD = `@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) gid: vec3<u32>) { out[gid.x] = 1.0; }`;

gpuTest("PipelineCache.get() compiles a text once, even when asked twice at the same time", async (gpu) => {
  const cache = new PipelineCache(gpu.device);
  const bindings = [{ binding: 0, form: "read_write" as const }];
  const [first, second] = await Promise.all([cache.get("a", GOOD, bindings), cache.get("b", GOOD, bindings)]);
  assertStrictEquals(first, second);
  assertStrictEquals(await cache.get("c", GOOD, bindings), first);
  assertEquals(cache.size, 1);
});

gpuTest(
  "PipelineCache.get() turns a bad shader into one error with label, line and source line",
  async (gpu) => {
    const cache = new PipelineCache(gpu.device);
    const bad = GOOD.replace("1.0", "one");
    const get = () => cache.get("my kernel", bad, [{ binding: 0, form: "read_write" }]);
    const error = await assertRejects(get, ShaderError, 'Cannot compile shader "my kernel": ');
    assertEquals(/line 2:\d+: /.test(error.message), true, error.message);
    assertEquals(error.message.includes(bad.split("\n")[1]), true, error.message);
    gpu.checkErrors();
  },
);

gpuTest("PipelineCache.get() keeps no broken pipeline", async (gpu) => {
  const cache = new PipelineCache(gpu.device);
  const get = () => cache.get("bad", "nonsense", [{ binding: 0, form: "read_write" }]);
  await assertRejects(get, ShaderError);
  assertEquals(cache.size, 0);
  await assertRejects(get, ShaderError);
});

gpuTest(
  "PipelineCache.get() refuses a shader whose bindings are used otherwise than declared",
  async (gpu) => {
    const cache = new PipelineCache(gpu.device);
    await assertRejects(
      () => cache.get("misbound", GOOD, [{ binding: 0, form: "read" }]),
      ShaderError,
      '"misbound"',
    );
    gpu.checkErrors();
  },
);

Deno.test("splitGrid() covers every workgroup within the limit of both dimensions", () => {
  for (const count of [0, 1, 2, 65_535, 65_536, 65_537, 131_071, 4_000_037, 65_535 ** 2]) {
    const [x, y, z] = splitGrid(count);
    assertEquals(x <= 65_535 && y <= 65_535 && z === 1, true, `${count}: ${x}, ${y}, ${z}`);
    assertEquals(x * y >= count && x * y - count <= y, true, `${count}: ${x}, ${y}`);
    assertEquals(x >= 1 && y >= 1, true, `${count}: ${x}, ${y}`);
  }
});
