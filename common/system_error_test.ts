import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { inPlainWords, reasonOf, systemMessage, systemReason } from "./system_error.ts";

/** The system's reason for the failure of an attempt. */
async function said(attempt: () => Promise<unknown>): Promise<string | null> {
  return systemReason(await attempt().then(() => "nothing", (error) => error));
}

Deno.test("systemReason() says in plain words what the system refused", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(dir, "file"), "");
    assertEquals(await said(() => Deno.readFile(join(dir, "none"))), "no such file or folder");
    assertEquals(
      await said(() => Deno.readFile(join(dir, "file", "x"))),
      "a part of the path is not a folder",
    );
    assertEquals(await said(() => Deno.mkdir(join(dir, "file"))), "it exists already");
    assertEquals(await said(() => Deno.readFile(join(dir, "x".repeat(300)))), "the name is too long");
    if (Deno.build.os === "windows") return;
    await Deno.symlink("loop", join(dir, "loop"));
    assertEquals(await said(() => Deno.readFile(dir)), "it is a folder, not a file");
    assertEquals(await said(() => Deno.readFile(join(dir, "loop"))), "links lead round in a circle");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("systemReason() knows codes it was not told of, and nothing of errors of ours", () => {
  assertEquals(
    systemReason(new Error("Stale file handle (os error 116): readfile 'a'")),
    "stale file handle",
  );
  assertEquals(
    systemReason(new Deno.errors.PermissionDenied("Permission denied (os error 13)")),
    "permission denied",
  );
  assertEquals(systemReason(new RangeError("Cannot read a: it is cut short")), null);
  assertEquals(systemReason("text"), null);
  assertMatch(reasonOf(new Error("oops")), /^oops$/);
});

Deno.test("systemMessage() says what was tried, with which path, and why not", async () => {
  const message = async (attempt: () => Promise<unknown>) =>
    systemMessage(await attempt().then(() => "nothing", (error) => error));
  assertEquals(
    await message(() => Deno.readFile("no/such\u001b")),
    "Cannot read no/such\\u{1b}: no such file or folder",
  );
  assertEquals(
    await message(() => Deno.rename("no/a", "no/b")),
    "Cannot rename no/a as no/b: no such file or folder",
  );
  assertMatch(
    (await message(() => Deno.makeTempDir({ dir: "no/such" })))!,
    /^Cannot make a temporary folder in .*: no such file or folder\nHint: set TMPDIR/,
  );
  // Under a task's permissions Deno does not say which file.
  assertMatch(
    (await message(() => Deno.readFile("a\0b")))!,
    /^Cannot (read a\\u\{0\}b: .*not valid$|use a file: .*not valid, file name contained)/,
  );
  assertEquals(systemMessage(new TypeError("x is undefined")), null);
});

Deno.test("inPlainWords() leaves jargon out of messages that hold it, and everything else in", () => {
  const raw = "Cannot write to a: Not a directory (os error 20): lstat 'a/b'\nHint: choose another";
  assertEquals(inPlainWords(raw), "Cannot write to a: not a directory\nHint: choose another");
  assertEquals(
    inPlainWords("Cannot continue: No space left on device (os error 28)"),
    "Cannot continue: no space left on device",
  );
  assertEquals(
    inPlainWords("Cannot continue: it is (os error) free"),
    "Cannot continue: it is (os error) free",
  );
});
