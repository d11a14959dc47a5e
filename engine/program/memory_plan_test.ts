import { assert, assertEquals } from "@std/assert";
import { type Lifetime, planMemory } from "./memory_plan.ts";
import { stream } from "../../common/random.ts";

/** Values as a traced step might have them: 1 to 60 of them, overlapping in every way. */
function randomLifetimes(round: number): Lifetime<number>[] {
  const draws = stream(round, "lifetimes");
  const below = (n: number, key: number, draw: number) => draws.bits(key, draw)[0] % n;
  const count = 1 + below(60, 0, 0);
  return Array.from({ length: count }, (_, key) => {
    const from = below(40, key + 1, 0), kept = below(8, key + 1, 1) === 0;
    const to = kept ? Infinity : from + below(12, key + 1, 2);
    return { key, from, to, sizeBytes: 16 * (1 + below(1000, key + 1, 3)) };
  });
}

const together = (a: Lifetime<number>, b: Lifetime<number>) => a.from <= b.to && b.from <= a.to;
const total = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);

Deno.test("planMemory() never gives two values that live at once the same slot", () => {
  for (let round = 0; round < 200; round++) {
    const lifetimes = randomLifetimes(round);
    const { slotOf, slotBytes } = planMemory(lifetimes);
    for (const a of lifetimes) {
      assert(
        slotBytes[slotOf.get(a.key)!] >= a.sizeBytes,
        `round ${round}: value ${a.key} does not fit its slot`,
      );
      for (const b of lifetimes) {
        if (a.key < b.key && together(a, b)) {
          assert(
            slotOf.get(a.key) !== slotOf.get(b.key),
            `round ${round}: ${a.key} and ${b.key} share a slot`,
          );
        }
      }
    }
  }
});

Deno.test("planMemory() needs no more than all values together, and no less than those of the fullest step", () => {
  for (let round = 0; round < 200; round++) {
    const lifetimes = randomLifetimes(round);
    const planned = total(planMemory(lifetimes).slotBytes);
    const fullest = Math.max(
      ...lifetimes.map(({ from }) =>
        total(lifetimes.filter((l) => l.from <= from && from <= l.to).map((l) => l.sizeBytes))
      ),
    );
    assert(planned <= total(lifetimes.map((l) => l.sizeBytes)), `round ${round}`);
    assert(planned >= fullest, `round ${round}`);
  }
});

Deno.test("planMemory() runs a chain of any length in two slots", () => {
  const chain = Array.from({ length: 50 }, (_, i) => ({ key: i, from: i, to: i + 1, sizeBytes: 64 }));
  assertEquals(planMemory(chain).slotBytes, [64, 64]);
});

Deno.test("planMemory() takes the free slot that wastes least", () => {
  const { slotOf, slotBytes } = planMemory([
    { key: "large", from: 0, to: 0, sizeBytes: 1024 },
    { key: "small", from: 0, to: 0, sizeBytes: 32 },
    { key: "tiny", from: 1, to: 2, sizeBytes: 16 },
    { key: "growing", from: 1, to: 1, sizeBytes: 2048 },
  ]);
  assertEquals(slotOf.get("tiny"), slotOf.get("small"));
  assertEquals(slotOf.get("growing"), slotOf.get("large"));
  assertEquals(total(slotBytes), 2048 + 32);
});
