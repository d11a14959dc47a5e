import { assertEquals } from "@std/assert";
import { parseOptions } from "./options.ts";
import { toWords } from "./to_words.ts";

const TABLE = [
  { name: "out", value: "FILE", help: "" },
  { name: "list", value: "LIST", help: "" },
  { name: "json", value: null, help: "" },
] as const;

Deno.test("toWords() gives what parseOptions() reads back, whatever stands in the values", () => {
  const read = (values: Parameters<typeof toWords>[0]) => ({
    ...parseOptions(toWords(values), { table: TABLE, command: "x" }),
  });
  assertEquals(read({ out: "a b=--json", list: new Set(["a", "b"]), json: true }), {
    out: "a b=--json",
    list: "a,b",
    json: true,
  });
  assertEquals(read({ out: "007", list: [0, -1], json: false }), { out: "007", list: "0,-1", json: false });
  assertEquals(read({ out: null, list: undefined }), { out: null, list: null, json: false });
});
