import { assertAlmostEquals, assertEquals } from "@std/assert";
import { compareMetrics } from "./compare.ts";
import type { ComparedMetric } from "./metrics.ts";

const options = { threshold: 1.1, p: 0.01 };

function metric(samples: readonly number[], parts: Partial<ComparedMetric> = {}): ComparedMetric {
  return { name: "a", unit: "ms", better: "less", samples, ...parts };
}

function verdict(base: ComparedMetric, head: ComparedMetric) {
  return compareMetrics([base], [head], options)[0].verdict;
}

const BASE = [10, 11, 12, 13, 14];

Deno.test("compareMetrics() calls a difference one that is large and unlikely to be chance", () => {
  assertEquals(verdict(metric(BASE), metric(BASE.map((v) => v + 5))), "worse");
  assertEquals(verdict(metric(BASE), metric(BASE.map((v) => v - 5))), "better");
});

Deno.test("compareMetrics() calls neither a small sure difference nor a large doubtful one a change", () => {
  assertEquals(verdict(metric([10, 10.1, 10.2, 10.3, 10.4]), metric([10.5, 10.6, 10.7, 10.8, 10.9])), "same");
  assertEquals(verdict(metric(BASE), metric([9, 13.9, 14, 20, 30])), "same");
});

Deno.test("compareMetrics() knows where more is better", () => {
  const more = { better: "more", unit: "GB/s" } as const;
  assertEquals(verdict(metric(BASE, more), metric(BASE.map((v) => v + 5), more)), "better");
  const [change] = compareMetrics([metric(BASE, more)], [metric(BASE.map((v) => v / 2), more)], options);
  assertEquals(change.verdict, "worse");
  assertAlmostEquals(change.ratio!, 2);
});

Deno.test("compareMetrics() says where samples are too few to tell", () => {
  assertEquals(verdict(metric([1, 1, 1]), metric([9, 9, 9])), "too few");
  assertEquals(verdict(metric([1, 1, 1]), metric([1, 1, 1])), "same");
});

Deno.test("compareMetrics() judges bytes by the threshold alone", () => {
  const bytes = { unit: "bytes" };
  assertEquals(verdict(metric([100], bytes), metric([120], bytes)), "worse");
  assertEquals(verdict(metric([100], bytes), metric([105], bytes)), "same");
});

Deno.test("compareMetrics() keeps what only one record has, and calls it no change", () => {
  const changes = compareMetrics(
    [metric(BASE), metric([3], { name: "b" })],
    [metric([4], { name: "c" }), metric(BASE)],
    options,
  );
  assertEquals(changes.map(({ name, verdict }) => `${name} ${verdict}`), [
    "a same",
    "b only in base",
    "c only in head",
  ]);
  assertEquals(changes[1], {
    name: "b",
    unit: "ms",
    base: 3,
    head: null,
    ratio: null,
    p: null,
    verdict: "only in base",
  });
});
