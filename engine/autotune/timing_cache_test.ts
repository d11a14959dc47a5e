import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { ChoiceCache, choiceCachePath } from "./timing_cache.ts";

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ChoiceCache keeps timings from run to run", () =>
  withFolder(async (folder) => {
    const path = join(folder, "new", "folders", "choices.json");
    const first = await ChoiceCache.open(path);
    assertEquals(first.get("conv2d 1x2"), undefined);
    first.set("conv2d 1x2", { a: 1.5, b: 2 });
    await first.save();
    const second = await ChoiceCache.open(path);
    assertEquals(second.get("conv2d 1x2"), { a: 1.5, b: 2 });
    assertEquals(second.get("constructor"), undefined);
  }));

Deno.test("ChoiceCache takes a damaged file for an empty one, and replaces it", () =>
  withFolder(async (folder) => {
    const path = join(folder, "choices.json"), cache = await ChoiceCache.open(path);
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
      const cache = await ChoiceCache.open(path);
      assertEquals(cache.get("a"), undefined, text);
      cache.set("c", { d: 1 });
      await cache.save();
      assertEquals(JSON.parse(await Deno.readTextFile(path)).times, { c: { d: 1 } });
    }
  }));

Deno.test("ChoiceCache.save() keeps what another process has written meanwhile", () =>
  withFolder(async (folder) => {
    const path = join(folder, "choices.json");
    const [one, other] = [await ChoiceCache.open(path), await ChoiceCache.open(path)];
    one.set("a", { x: 1 });
    one.set("both", { x: 1 });
    other.set("b", { x: 2 });
    other.set("both", { x: 2 });
    await one.save();
    await other.save();
    const found = await ChoiceCache.open(path);
    assertEquals(["a", "b", "both"].map((key) => found.get(key)), [{ x: 1 }, { x: 2 }, { x: 2 }]);
  }));

Deno.test("ChoiceCache.save() writes nothing where nothing was timed", () =>
  withFolder(async (folder) => {
    const path = join(folder, "choices.json");
    const cache = await ChoiceCache.open(path);
    await cache.save();
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  }));

Deno.test("ChoiceCache.open() takes what cannot be read for empty, ChoiceCache.save() says so", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    const cache = await ChoiceCache.open(join(folder, "file", "choices.json"));
    cache.set("a", { x: 1 });
    await assertRejects(() => cache.save());
  }));

Deno.test("choiceCachePath() is one file a machine, in the user's cache folder", () => {
  const env = (values: Record<string, string>) => (name: string) => values[name];
  const llvmpipe = ["", "llvmpipe (LLVM 15.0.6, 256 bits)", "texture"];
  const path = choiceCachePath(llvmpipe, env({ XDG_CACHE_HOME: "/cache", HOME: "/me" }));
  assertEquals(path, join("/cache", "realfeatures", "choices-llvmpipe-llvm-15.0.6-256-bits-texture.json"));
  assertEquals(
    choiceCachePath([""], env({ HOME: "/me" })),
    join("/me", ".cache", "realfeatures", "choices-unknown.json"),
  );
  const wider = ["", "llvmpipe (LLVM 15.0.6, 512 bits)", "texture"];
  assertNotEquals(choiceCachePath(wider, env({})), choiceCachePath(llvmpipe, env({})));
  const long = choiceCachePath(
    ["", "../".repeat(100) + "x".repeat(300), "buffer"],
    env({ XDG_CACHE_HOME: "/cache" }),
  );
  assertEquals(long, join("/cache", "realfeatures", `choices-${"x".repeat(143)}-buffer.json`));
});
