import { assertEquals, assertThrows } from "@std/assert";
import { withTempDir } from "../testing.ts";
import { inputOf, readInputs, writeInputs } from "./input_file.ts";

const INPUTS = new Map([
  ["a", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 0.1) }],
  ["empty", { shape: [0, 4], data: new Float32Array(0) }],
  ["b.weight", { shape: [1], data: Float32Array.of(-7) }],
]);

Deno.test("readInputs() reads what writeInputs() wrote, bit by bit", async () => {
  await withTempDir(async (dir) => {
    await writeInputs(dir, INPUTS);
    assertEquals([...await readInputs(dir)], [...INPUTS]);
    assertEquals((await Deno.stat(`${dir}/inputs.f32`)).size, 4 * 7);
    assertEquals(JSON.parse(await Deno.readTextFile(`${dir}/inputs.json`))[2], {
      name: "b.weight",
      shape: [1],
      offset: 6,
    });
  });
});

Deno.test("inputOf() names the inputs there are", () => {
  assertEquals(inputOf(INPUTS, "b.weight").data[0], -7);
  assertThrows(
    () => inputOf(INPUTS, "c"),
    RangeError,
    "Cannot read input c: known are a, empty, b.weight",
  );
});
