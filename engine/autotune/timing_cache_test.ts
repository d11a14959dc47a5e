import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { TimingCache, timingCachePath } from "./timing_cache.ts";

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("TimingCache keeps timings from run to run", () =>
  withFolder(async (folder) => {
    const path = join(folder, "new", "folders", "autotune.json");
    const first = await TimingCache.open(path);
    assertEquals(first.get("conv2d 1x2"), undefined);
    first.set("conv2d 1x2", { a: 1.5, b: 2 });
    await first.save();
    const second = await TimingCache.open(path);
    assertEquals(second.get("conv2d 1x2"), { a: 1.5, b: 2 });
    assertEquals(second.get("constructor"), undefined);
  }));

Deno.test("TimingCache reads a damaged file as empty, and replaces it", () =>
  withFolder(async (folder) => {
    const path = join(folder, "autotune.json"), cache = await TimingCache.open(path);
    cache.set("a", { b: 1 });
    await cache.save();
    const whole = await Deno.readTextFile(path);
    for (
      const text of [
        "",
        '{"times": {"a": {"b": 1}',
        "null",
        "[]",
        '{"times": {"a": {"b": 1}}}',
        whole.replace("1", "2"),
      ]
    ) {
      await Deno.writeTextFile(path, text);
      const cache = await TimingCache.open(path);
      assertEquals(cache.get("a"), undefined, text);
      cache.set("c", { d: 1 });
      await cache.save();
      assertEquals(JSON.parse(await Deno.readTextFile(path)).times, { c: { d: 1 } });
    }
  }));

Deno.test("TimingCache.save() keeps what another process has written meanwhile", () =>
  withFolder(async (folder) => {
    const path = join(folder, "autotune.json");
    const [one, other] = [await TimingCache.open(path), await TimingCache.open(path)];
    one.set("a", { x: 1 });
    one.set("both", { x: 1 });
    other.set("b", { x: 2 });
    other.set("both", { x: 2 });
    await one.save();
    await other.save();
    const found = await TimingCache.open(path);
    assertEquals(["a", "b", "both"].map((key) => found.get(key)), [{ x: 1 }, { x: 2 }, { x: 2 }]);
  }));

Deno.test("TimingCache.save() writes nothing where nothing was timed", () =>
  withFolder(async (folder) => {
    const path = join(folder, "autotune.json");
    const cache = await TimingCache.open(path);
    await cache.save();
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  }));

Deno.test("TimingCache.open() reads what it cannot read as empty, TimingCache.save() says so", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    const cache = await TimingCache.open(join(folder, "file", "autotune.json"));
    cache.set("a", { x: 1 });
    await assertRejects(() => cache.save());
  }));

Deno.test("timingCachePath() is one file a machine, in the user's cache folder", () => {
  const env = (values: Record<string, string>) => (name: string) => values[name];
  const llvmpipe = ["", "llvmpipe (LLVM 15.0.6, 256 bits)", "texture"];
  const path = timingCachePath(llvmpipe, env({ XDG_CACHE_HOME: "/cache", HOME: "/me" }));
  assertEquals(path, join("/cache", "realfeatures", "autotune-llvmpipe-llvm-15.0.6-256-bits-texture.json"));
  assertEquals(
    timingCachePath([""], env({ HOME: "/me" })),
    join("/me", ".cache", "realfeatures", "autotune-unknown.json"),
  );
  const wider = ["", "llvmpipe (LLVM 15.0.6, 512 bits)", "texture"];
  assertNotEquals(timingCachePath(wider, env({})), timingCachePath(llvmpipe, env({})));
  const long = timingCachePath(
    ["", "../".repeat(100) + "x".repeat(300), "buffer"],
    env({ XDG_CACHE_HOME: "/cache" }),
  );
  assertEquals(long, join("/cache", "realfeatures", `autotune-${"x".repeat(143)}-buffer.json`));
});
