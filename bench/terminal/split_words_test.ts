import { assertEquals } from "@std/assert";
import { splitWords } from "./split_words.ts";

const TABLE = [{ name: "out", value: "FILE", help: "" }, { name: "json", value: null, help: "" }];

Deno.test("splitWords() keeps the value of an option with it, and leaves paths", () => {
  assertEquals(splitWords(["a", "--out", "b", "--json", "c", "--out=d", "b"], TABLE), {
    paths: ["a", "c", "b"],
    words: ["--out", "b", "--json", "--out=d"],
  });
});
