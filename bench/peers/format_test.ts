import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatPeers } from "./format.ts";
import { fakePeersRecord } from "./testing.ts";

Deno.test("formatPeers() shows medians, spreads and ratios, and says what has none", () => {
  const text = formatPeers(fakePeersRecord());
  assertMatch(text, /^made up \(a processor\), Deno 9\.9\nMedian, minimum and maximum of 2 rounds;/);
  assertStringIncludes(text, "\ntraining step\npackage ");
  assertMatch(text, /\nrealfeatures +1 +WebGPU, a +45\.0 +40\.0 +50\.0 +- +- +-\n/);
  assertMatch(text, /\nSlow +2\.0 +WebGPU, a +425 +400 +450 +9\.44 +9\.00 +10\.0\n/);
  assertMatch(text, /\nOdd +3 +CPU, 2 threads +2\.25 +0\.500 +4\.00 +- +- +-\n/);
  assertMatch(text, /\nGone +- +CPU +- +- +- +- +- +-\n/);
  assertStringIncludes(
    text,
    "\nGone is missing: Cannot start Gone\nSlow, step: change of a is 1, ours 2\n" +
      "Odd, step: runs another workload: losses are 9, ours 2\n",
  );
});

Deno.test("formatPeers() ends after the tables where there is nothing to say", () => {
  const record = fakePeersRecord();
  const text = formatPeers({
    ...record,
    frameworks: record.frameworks.slice(0, 1),
    rows: record.rows.slice(0, 1),
  });
  assertEquals(text.split("\n").slice(-2).map((line) => line.slice(0, 12)), ["realfeatures", ""]);
});
