import { assertEquals } from "@std/assert";
import { printable, someNames } from "./printable.ts";

Deno.test("printable() escapes what a terminal would obey, and leaves all other text", () => {
  const hostile = "\u001b]0;title\u0007\r\n\t\u0000\u007f\u009b31m\u202e\u2066\u2028\ud800x";
  const shown = printable(hostile);
  assertEquals(
    shown,
    "\\u{1b}]0;title\\u{7}\\r\\n\\t\\u{0}\\u{7f}\\u{9b}31m\\u{202e}\\u{2066}\\u{2028}\\u{d800}x",
  );
  const plain = 'Zoë/网络 😀 "layer1.0.conv1" \\n';
  assertEquals(printable(plain), plain);
  assertEquals(printable("a\nb\r", { lines: true }), "a\nb\\r");
});

Deno.test("printable() leaves the middle of a long text out", () => {
  assertEquals(printable("x".repeat(1e6), { max: 10 }), "xxxxx...xxxxx");
  assertEquals(printable("x".repeat(10), { max: 10 }), "x".repeat(10));
});

Deno.test("someNames() lists a few and counts the rest", () => {
  assertEquals(someNames(["a", "b\n"]), "a, b\\n");
  assertEquals(someNames(["a", "b", "c"], 2), "a, b and 1 more");
  assertEquals(someNames([]), "");
});
