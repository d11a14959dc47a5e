import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { explain, formatError, isExplained } from "./explained.ts";

/** The error that the JavaScript engine throws. */
function thrown(body: () => unknown): Error {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

Deno.test("isExplained() tells our errors from those of the engine underneath", () => {
  assert(isExplained(new RangeError("Cannot read CIFAR-10 file: it is cut short, given 17 bytes")));
  assert(
    isExplained(new Error("Cannot read /a:b/c\nd: no such file")),
    "a path may hold colons and line feeds",
  );
  const nothing = JSON.parse("null"), frozen = Object.freeze({ a: 1 });
  const natives = [
    thrown(() => nothing.a.b),
    thrown(() => nothing["x: y"]),
    thrown(() => nothing.a = 1),
    thrown(() => (frozen as { a: number }).a = 2),
    thrown(() => Object.defineProperty(frozen, "a", { value: 3 })),
    thrown(() => 1n + nothing!.a),
    thrown(() => Object.keys(nothing)),
    new ReferenceError("Cannot access 'a: b' before initialization"),
  ];
  for (const native of natives) assertFalse(isExplained(native), native.message);
  assertFalse(isExplained("Cannot do it: a text"));
});

Deno.test("formatError() shows a stack trace for bugs only", () => {
  assertEquals(formatError(new Error("Cannot do it: no way")), "Cannot do it: no way");
  assertMatch(formatError(new Error("oops")), /bug in realfeatures.*\nError: oops\n\s+at /);
});

Deno.test("explain() puts the operating system's errors into words, and memory that cannot be had", async () => {
  const error = await Deno.readFile("no/such").catch((error) => error);
  assertEquals(explain(error), "Cannot read no/such: no such file or folder");
  assertMatch(
    explain(thrown(() => new Float32Array(2 ** 50)))!,
    /^Cannot continue: there is not enough memory, /,
  );
});

Deno.test("explain() lets no control character through but line feeds", () => {
  assertEquals(
    explain(new Error("Cannot read \u001b[2Ja: b\u202e\nHint: c")),
    "Cannot read \\u{1b}[2Ja: b\\u{202e}\nHint: c",
  );
});

Deno.test("explain() says which permission is absent", () => {
  assertEquals(
    explain(new Deno.errors.NotCapable('Requires sys access to "cpus", run again with the --allow-sys flag')),
    'Cannot continue: Deno was started without a permission, there is no sys access to "cpus"\n' +
      "Hint: start it by deno task, or with --allow-sys",
  );
  assertMatch(explain(new Deno.errors.NotCapable("no"))!, /^Cannot continue: .*it says: no$/);
});
