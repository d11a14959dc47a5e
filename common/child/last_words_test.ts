import { assertEquals } from "@std/assert";
import { lastWords } from "./last_words.ts";

Deno.test("lastWords() joins what failed and why", () => {
  const python =
    'Traceback (most recent call last):\n  File "x.py", line 10\nModuleNotFoundError: No module named y\n';
  assertEquals(lastWords(python), "ModuleNotFoundError: No module named y");
  assertEquals(lastWords("error: no such file\n"), "no such file");
  assertEquals([lastWords(""), lastWords("\n  \n")], ["it says nothing", "it says nothing"]);
});
