import { assertEquals } from "@std/assert";
import { linesOf, parseMessage } from "./json_lines.ts";

const lines = async (parts: readonly string[]) => {
  const stream = ReadableStream.from(parts.map((part) => new TextEncoder().encode(part)));
  return await Array.fromAsync(linesOf(stream));
};

Deno.test("linesOf() puts lines together from pieces", async () => {
  assertEquals(await lines(["a\nb", "c\n", "\nd\n"]), ["a", "bc", "", "d"]);
  assertEquals(await lines([]), []);
  assertEquals(await lines(["cut off"]), ["cut off"]);
});

Deno.test("linesOf() puts characters together from bytes", async () => {
  const bytes = new TextEncoder().encode("ä\n");
  const stream = ReadableStream.from([bytes.subarray(0, 1), bytes.subarray(1)]);
  assertEquals(await Array.fromAsync(linesOf(stream)), ["ä"]);
});

Deno.test("parseMessage() takes what else is written for no message", () => {
  assertEquals(parseMessage('{"do":"stop"}'), { do: "stop" });
  for (const line of ["", "libEGL warning: x", "{cut", "3", "null", "[1]"]) {
    assertEquals(parseMessage(line), null);
  }
});
