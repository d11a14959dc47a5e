import { assertEquals } from "@std/assert";
import { commitText } from "./commit_text.ts";

Deno.test("commitText() shortens the commit and says how many others there are", () => {
  const commit = "0123456789abcdef";
  assertEquals(commitText({ commit }), "0123456789");
  assertEquals(commitText({ commit, otherCommits: ["a"] }), "0123456789 and another");
  assertEquals(commitText({ commit: null, otherCommits: ["a", null] }), "unknown and 2 others");
});
