import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { join } from "node:path";
import { noGpu } from "../../engine/testing/gpu.ts";
import { PROJECT_ROOT } from "../record/env.ts";
import { withTempDir } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import { type ProcessFacts, useVectorWidth } from "./vector_width.ts";

/** What a process with this environment and processor would have set. */
function setBy(
  text: string | null,
  env: Record<string, string>,
  flags: string[] | null,
): Record<string, string> {
  const set: Record<string, string> = {};
  const facts: ProcessFacts = {
    get: (name) => env[name],
    set: (name, value) => set[name] = value,
    cpuFlags: () => flags === null ? null : new Set(flags),
  };
  useVectorWidth(text, facts);
  return set;
}

Deno.test("useVectorWidth() sets the width and a folder of its own for shaders", () => {
  assertEquals(setBy("512", { HOME: "/me" }, ["avx512f"]), {
    LP_NATIVE_VECTOR_WIDTH: "512",
    MESA_SHADER_CACHE_DIR: join("/me", ".cache", "realfeatures", "shaders-512-bits"),
  });
  assertEquals(
    setBy("256", { HOME: "/me", XDG_CACHE_HOME: "/cache" }, null).MESA_SHADER_CACHE_DIR,
    join("/cache", "realfeatures", "shaders-256-bits"),
  );
});

Deno.test("useVectorWidth() leaves alone a folder that somebody chose, and everything where no width is given", () => {
  assertEquals(setBy("128", { MESA_SHADER_CACHE_DIR: "/mine" }, []), { LP_NATIVE_VECTOR_WIDTH: "128" });
  assertEquals(setBy(null, {}, []), {});
});

Deno.test("useVectorWidth() refuses other widths, and one that the processor does not have", () => {
  const message = (text: string, flags: string[] | null) =>
    assertThrows(() => setBy(text, {}, flags), UsageError).message;
  assertEquals(
    message("1024", ["avx512f"]),
    "Cannot set option vectorWidth: known are 128, 256 and 512, given 1024",
  );
  assertMatch(message("512", ["avx2"]), /the processor has no AVX-512, given 512$/);
});

Deno.test(
  "useVectorWidth() shows in the description of llvmpipe",
  { ignore: noGpu },
  () =>
    withTempDir(async (dir) => {
      const script = `
import { findAdapter } from "${new URL("engine/device/backend.ts", PROJECT_ROOT)}";
import { useVectorWidth } from "${new URL("bench/adapter/vector_width.ts", PROJECT_ROOT)}";
useVectorWidth("128");
console.log((await findAdapter()).adapter.info.description);`;
      await Deno.writeTextFile(`${dir}/script.ts`, script);
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          "--config",
          new URL("deno.json", PROJECT_ROOT).pathname,
          `${dir}/script.ts`,
        ],
        env: { XDG_CACHE_HOME: dir },
      }).output();
      const description = new TextDecoder().decode(stdout);
      if (description.startsWith("llvmpipe")) assertMatch(description, /128 bits/);
    }),
);
