import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatPerf } from "./format.ts";
import { fakePerfRecord } from "./testing.ts";

Deno.test("formatPerf() shows medians, spread, bounds and shares", () => {
  const text = formatPerf(fakePerfRecord());
  assertMatch(text, /arithmetic +100 +90\.0 +110 +GFLOP\/s\n/);
  assertMatch(text, /matmul +40\.0 +50\.0 +0\.25 +200 +arithmetic +50 %\n/);
  assertMatch(text, /add +5\.00 +- +6\.00 +- +memory +60 %\n/);
  assertMatch(text, /resnet8 +128 +160 +100 +200 +800 +10\.0 +173\n/);
  assertMatch(text, /resnet8 +78042 +2\.5 s +1\.0 MiB +1\.0 MiB +2\.0 MiB\n/);
  assertMatch(text, /PGD +128 +320 +250 +400 +400 +15\.0 +80\n/);
  assertMatch(text, /cold +9\.00 +0\.10 +0\.50 +8\.40 +0\.40 +0\.07 +0\.20\n/);
  assertMatch(text, /warm +2\.00 /);
  assertStringIncludes(text, "nothing is subtracted");
});

Deno.test("formatPerf() shows what was measured and no more", () => {
  const nothing = fakePerfRecord({ ceilings: [], kernels: [], training: [], attacks: [], start: null });
  assertEquals(formatPerf(nothing).split("\n").length, 5);
  const kernels = formatPerf(fakePerfRecord({ ceilings: [], training: [], attacks: [], start: null }));
  assertMatch(kernels, /matmul +40\.0 +50\.0 +0\.25 +200 +- +-\n/);
  const soak = {
    network: "a network",
    steps: 40,
    every: 20,
    liveBytes: [2 ** 20, 2 ** 20],
    rssBytes: [2 ** 27, 2 ** 26],
  };
  assertStringIncludes(
    formatPerf(fakePerfRecord({ soak })),
    "40 steps of a network: 1.0 MiB on the device, 1.0 MiB at the end; the process 128.0 MiB at first, 128.0 MiB at " +
      "most, 64.0 MiB at the end.",
  );
});
