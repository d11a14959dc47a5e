import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { parseBackend } from "./backend_option.ts";

Deno.test("parseBackend() knows the backends, and refuses others", () => {
  assertEquals([parseBackend(null), parseBackend("gl"), parseBackend("dx12")], [null, "gl", "dx12"]);
  const { message, exitCode } = assertThrows(() => parseBackend("opengl"), UsageError);
  assertMatch(message, /^Cannot read --backend: unknown, .*known are vulkan, metal, dx12, gl, given opengl$/);
  assertEquals(exitCode, 2);
});
