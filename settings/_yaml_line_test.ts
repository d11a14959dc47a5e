import { assertEquals } from "@std/assert";
import { yamlLine } from "./_yaml_line.ts";

const TEXT = `# comment: not a key
name: x
attack: { steps: 3 }
training:
  # epochs: 9
  epochs: 5
  attack:
    "steps": 4   # 4: enough
evaluation:
    attack:
        steps: 7
`;

Deno.test("yamlLine() finds a key by its whole path", () => {
  assertEquals(yamlLine(TEXT, ["name"]), 2);
  assertEquals(yamlLine(TEXT, ["training", "epochs"]), 6);
  assertEquals(yamlLine(TEXT, ["training", "attack", "steps"]), 8);
  assertEquals(yamlLine(TEXT, ["evaluation", "attack", "steps"]), 11);
});

Deno.test("yamlLine() gives the line of the deepest ancestor that stands on its own line", () => {
  assertEquals(yamlLine(TEXT, ["attack", "steps"]), 3);
  assertEquals(yamlLine(TEXT, ["training", "missing"]), 4);
});

Deno.test("yamlLine() returns null where not even the first key is there", () => {
  assertEquals(yamlLine(TEXT, ["nothing"]), null);
  assertEquals(yamlLine(TEXT, []), null);
});
