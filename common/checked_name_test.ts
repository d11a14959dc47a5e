import { assert, assertEquals } from "@std/assert";
import { isCellName, isName, nameFrom } from "./checked_name.ts";

/** None of these may become part of a path. */
const EVIL: readonly unknown[] = [
  ...[
    "",
    ".",
    "..",
    "../../evil",
    "a/b",
    "a\\b",
    "/etc",
    "C:",
    "C:a",
    "~",
    ".hidden",
    "-rf",
    "_a",
    "a.",
    "a b",
    " a",
  ],
  ...["a\nb", "a\n", "a\0b", "\x1b[2J", "é", "a\u202eb", "a*", "x".repeat(65), "x".repeat(300)],
  ...["con", "NUL", "nul.yaml", "Com1", "lpt9.txt", "aux"],
  ...[null, undefined, 1, ["a"], {}],
];

Deno.test("isName() accepts the alphabet and nothing else", () => {
  for (const name of ["a", "7", "cifar10-small", "D_det", "v1.2", "console", "x".repeat(64)]) {
    assert(isName(name), name);
  }
  for (const name of EVIL) assert(!isName(name), JSON.stringify(name));
});

Deno.test("isCellName() accepts names with slashes between, so that files of two cells never have one name", () => {
  for (const name of ["sl/natural/seed-0", "construct/D_rand/seed-12", "sl/natural/seed-0/probe"]) {
    assert(isCellName(name), name);
  }
  const parts = EVIL.filter((part) => typeof part === "string" && part !== "a/b").map((part) =>
    `sl/${part}/seed-0`
  );
  for (const name of [...parts, "", "sl//a", "/sl", "sl/", "sl--natural/seed-0", "sl/seed--1", 1, null]) {
    assert(!isCellName(name), JSON.stringify(name));
  }
});

Deno.test("nameFrom() makes a name of any text", () => {
  for (const text of EVIL) assert(isName(nameFrom(String(text))), String(text));
  assertEquals(["sl/natural/seed-0", "my net (2)", "../../evil", ".."].map(nameFrom), [
    "sl-natural-seed-0",
    "my-net-2",
    "evil",
    "unnamed",
  ]);
});
