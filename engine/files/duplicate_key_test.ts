import { assertEquals } from "@std/assert";
import { duplicateKey } from "./duplicate_key.ts";

Deno.test("duplicateKey() finds a key that an object has twice, however it is written", () => {
  assertEquals(duplicateKey('{"a":1,"b":{"a":2},"a" :3}'), "a");
  assertEquals(duplicateKey('{"a":1,"\\u0061":3}'), "a");
  assertEquals(duplicateKey('{"x":[{"b":1,"b":2}]}'), "b");
  assertEquals(duplicateKey('{"":0,"":0}'), "");
  assertEquals(duplicateKey('{"__proto__":1,"__proto__":2}'), "__proto__");
});

Deno.test("duplicateKey() finds none in values, in lists, or in different objects", () => {
  for (
    const json of ['{"a":"a","b":"a"}', '["a","a"]', '[{"a":1},{"a":1}]', '{"a":{"a":{"a":1}}}', "1", '"a"']
  ) {
    assertEquals(duplicateKey(json), null, json);
  }
  assertEquals(duplicateKey(JSON.stringify({ 'a":1,"a': 1, 'b\\"': "}{\\" })), null);
});
