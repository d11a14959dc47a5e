import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { stream } from "../common/random.ts";
import { batches } from "./batches.ts";

const s = stream(0, "batches");

Deno.test("batches() visits every example once an epoch, in another order each", () => {
  const order = batches(s, { count: 10, batchSize: 4, dropLast: false });
  assertEquals(order.batchesPerEpoch, 3);
  const epochs = [0, 1].map((e) => [0, 1, 2].flatMap((b) => [...order.at(3 * e + b)]));
  for (const epoch of epochs) assertEquals(epoch.toSorted((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertNotEquals(epochs[0], epochs[1]);
  assertEquals(order.at(5).length, 2);
  assertEquals([2, 3].map(order.epochOf), [0, 1]);
});

Deno.test("batches() drops the last batch by default", () => {
  const order = batches(s, { count: 10, batchSize: 4 });
  assertEquals(order.batchesPerEpoch, 2);
  for (let step = 0; step < 6; step++) assertEquals(order.at(step).length, 4);
});

Deno.test("batches() gives a resumed run the batches of the whole run", () => {
  const options = { count: 100, batchSize: 7 };
  const whole = batches(s, options);
  const seen = Array.from({ length: 40 }, (_, step) => [...whole.at(step)]);
  for (const step of [39, 17, 0]) assertEquals([...batches(s, options).at(step)], seen[step]);
});

Deno.test("batches() keeps the order where shuffle is off", () => {
  const order = batches(s, { count: 5, batchSize: 2, shuffle: false });
  assertEquals([0, 1, 2].map((step) => [...order.at(step)]), [[0, 1], [2, 3], [0, 1]]);
});

Deno.test("batches() rejects sizes that give no batch", () => {
  assertThrows(
    () => batches(s, { count: 3, batchSize: 4 }),
    RangeError,
    "3 examples do not fill one batch of 4",
  );
  assertThrows(() => batches(s, { count: 0, batchSize: 4 }), RangeError, "they are 0 and 4");
  assertThrows(() => batches(s, { count: 4, batchSize: 2 }).at(-1), RangeError, "it is -1");
});
