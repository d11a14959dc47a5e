import { assertEquals, assertMatch } from "@std/assert";
import { memoryFaults } from "./faults.ts";
import type { Soak } from "../records/perf_record.ts";

const FLAT: Soak = {
  network: "a network",
  steps: 800,
  every: 100,
  liveBytes: [8, 8, 8, 8, 8, 8, 8, 8],
  rssBytes: [50, 90, 100, 101, 99, 104, 100, 100],
};

Deno.test("memoryFaults() finds none where memory is flat after the first quarter", () => {
  assertEquals(memoryFaults({ training: [], soak: FLAT }), []);
  assertEquals(memoryFaults({ training: [], soak: null }), []);
});

Deno.test("memoryFaults() names device memory that grows, even by a byte", () => {
  const [fault, ...others] = memoryFaults({
    training: [],
    soak: { ...FLAT, liveBytes: [8, 8, 8, 8, 8, 8, 8, 9] },
  });
  assertMatch(fault, /^a network took more device memory over 800 steps: 8 bytes, then 9$/);
  assertEquals(others, []);
});

Deno.test("memoryFaults() names a process that grows by more than 5 % after the first quarter", () => {
  const rssBytes = [50, 90, 100, 101, 99, 106, 100, 100];
  const [fault] = memoryFaults({ training: [], soak: { ...FLAT, rssBytes } });
  assertMatch(fault, /^the process grew by 6\.0 % over the last three quarters of 800 steps$/);
});
