import { assertEquals } from "@std/assert";
import { joinParts, networkOf } from "./network.ts";
import type { CellRecord } from "./mod.ts";
import { fakeRecord } from "../testing.ts";

const NAME = "cl/natural/seed-0";
const fraction = (value: number) => ({ value, unit: "fraction" });
const bytes = (value: number) => ({ value, unit: "bytes" });

const NETWORK = fakeRecord({
  cell: NAME,
  config: { training: { epochs: 2 } },
  metrics: { trainLoss: { value: 2, unit: "1" }, flops: { value: 10, unit: "1" }, peakBytes: bytes(7) },
  warnings: ["odd"],
  artifacts: [{ kind: "weights", path: "w", sha256: "0" }],
});
const PROBE = fakeRecord({
  kind: "probe",
  cell: `${NAME}/probe`,
  config: { probe: { data: "same" } },
  metrics: { probeAccuracy: fraction(0.5), flops: { value: 5, unit: "1" }, peakBytes: bytes(9) },
  warnings: ["odd", "late"],
  durationMs: 500,
});
const ATTACK = fakeRecord({
  kind: "attack",
  cell: `${NAME}/attack`,
  metrics: { robustAccuracy: fraction(0.25) },
  artifacts: [{ kind: "outcomes", path: "o", sha256: "1" }],
});

Deno.test("joinParts() puts what was trained, probed and attacked into one record", () => {
  const other = fakeRecord({ kind: "construct", cell: "construct/robust/seed-0" });
  const [joined, ...rest] = joinParts([NETWORK, PROBE, ATTACK, other]);
  assertEquals(rest, [other]);
  assertEquals([joined.cell, joined.kind, joined.durationMs], [NAME, "train", 2500]);
  assertEquals(joined.config, { training: { epochs: 2 }, probe: { data: "same" } });
  assertEquals(joined.metrics, {
    trainLoss: { value: 2, unit: "1" },
    flops: { value: 15, unit: "1" },
    peakBytes: bytes(9),
    probeAccuracy: fraction(0.5),
    robustAccuracy: fraction(0.25),
  });
  assertEquals([joined.warnings, joined.artifacts.map(({ path }) => path)], [["odd", "late"], ["w", "o"]]);
});

Deno.test("joinParts() lets the first part that did not succeed decide", () => {
  const ends = (...records: CellRecord[]) => joinParts(records).map(({ status, reason }) => [status, reason]);
  const failed = { status: "failed", reason: "Cannot attack" } as const;
  assertEquals(ends(NETWORK, PROBE, { ...ATTACK, ...failed }), [["failed", "its attack: Cannot attack"]]);
  assertEquals(ends({ ...NETWORK, ...failed }, { ...PROBE, status: "skipped", reason: "its input failed" }), [
    ["failed", "Cannot attack"],
  ]);
});

Deno.test("joinParts() leaves a part alone whose network is absent", () => {
  assertEquals(joinParts([PROBE]), [PROBE]);
});

Deno.test("networkOf() cuts off the part's name", () => {
  assertEquals([networkOf(ATTACK), networkOf(NETWORK)], [NAME, null]);
});
