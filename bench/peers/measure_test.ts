import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { measurePeers, MIN_SAMPLE_MS, rotate } from "./measure.ts";
import { fakePeer } from "./testing.ts";

const options = {
  workloads: ["step", "conv"],
  rounds: 3,
  steps: 2,
  inputs: "/inputs",
  signal: new AbortController().signal,
} as const;

Deno.test("measurePeers() lets the peers take turns within each workload and round, in a rotating order", async () => {
  const asked: string[] = [];
  const names = ["a", "b", "c"];
  await measurePeers(names.map((name) => fakePeer(name, { asked, ms: () => 1 })), options);
  const setUps = names.flatMap((name) =>
    ["step", "conv"].flatMap((workload) => [`${name} setup ${workload}`, `${name} sample ${workload} 2`])
  );
  const rounds = ["abc", "bca", "cab"].flatMap((order) =>
    ["step", "conv"].flatMap((workload) => [...order].map((name) => `${name} sample ${workload} 2`))
  );
  assertEquals(asked, [...setUps, ...rounds]);
});

Deno.test("measurePeers() keeps every sample and compares medians and rounds, warm-up left out", async () => {
  const ours = [1000, 10, 20, 40], theirs = [7, 30, 20, 80];
  const [row, other] = await measurePeers([
    fakePeer("ours", { asked: [], ms: (_, i) => ours[i] }),
    fakePeer("other", { asked: [], ms: (_, i) => theirs[i] }),
  ], { ...options, workloads: ["step"] });
  assertEquals([row.samplesMs, row.ratio, row.framework, row.workload], [[10, 20, 40], null, "ours", "step"]);
  assertEquals([other.samplesMs, other.ratio], [[30, 20, 80], { median: 1.5, rounds: [3, 1, 2] }]);
  assertEquals([other.steps, other.checks, other.reason], [2, { losses: [2, 1] }, null]);
});

Deno.test("measurePeers() finds for each peer how many steps make a sample long enough", async () => {
  // The first step is slow, as one that compiles is.
  const ms = (full: number) => (_: unknown, i: number) => i === 0 ? full * 20 : full;
  const peers = [
    fakePeer("ours", { asked: [], ms: ms(1) }),
    fakePeer("slow", { asked: [], ms: ms(MIN_SAMPLE_MS * 2) }),
  ];
  const rows = await measurePeers(peers, { ...options, steps: null, workloads: ["step"] });
  assertEquals(rows.map(({ steps }) => steps), [MIN_SAMPLE_MS, 1]);
});

Deno.test("measurePeers() gives no ratio to a peer that does other work", async () => {
  const rows = await measurePeers([
    fakePeer("ours", { asked: [], ms: () => 2 }),
    fakePeer("other", { asked: [], ms: () => 1, checks: { losses: [2, 1.01] } }),
  ], options);
  assertEquals(rows[1].ratio, null);
  assertEquals(rows[1].reason, "runs another workload: losses is 2.000, 1.010, ours 2.000, 1.000");
  assertEquals(rows[1].samplesMs, [1, 1, 1]);
});

Deno.test("measurePeers() skips a workload at which a peer fails", async () => {
  const asked: string[] = [];
  const rows = await measurePeers([
    fakePeer("ours", { asked, ms: () => 2 }),
    fakePeer("other", {
      asked,
      ms: ({ workload }, i) => {
        if (workload === "step" && i > 1) throw new Error("Cannot measure other: no memory");
        return 4;
      },
    }),
  ], options);
  assertEquals(
    rows.map((
      { framework, workload, reason, samplesMs, ratio },
    ) => [framework, workload, reason, samplesMs.length, ratio?.median ?? null]),
    [
      ["ours", "step", null, 3, null],
      ["other", "step", "Cannot measure other: no memory", 0, null],
      ["ours", "conv", null, 3, null],
      ["other", "conv", null, 3, 2],
    ],
  );
  assertEquals(asked.filter((text) => text === "other sample step 2").length, 2);
});

Deno.test("measurePeers() fails where this engine does, and stops on an abort", async () => {
  const failing = fakePeer("ours", {
    asked: [],
    ms: () => {
      throw new Error("Cannot continue computing: lost");
    },
  });
  await assertRejects(() => measurePeers([failing], options), Error, "Cannot continue computing: lost");
  const controller = new AbortController(), asked: string[] = [];
  const peer = fakePeer("ours", {
    asked,
    ms: (_, i) => {
      if (i === 3) controller.abort(new DOMException("Cannot continue: interrupted", "AbortError"));
      return 1;
    },
  });
  await assertRejects(() => measurePeers([peer], { ...options, signal: controller.signal }), DOMException);
  assertEquals(asked.filter((text) => text.includes("sample")).length, 4);
});

Deno.test("measurePeers() takes a peer that an abort has ended for no failure of the peer", async () => {
  const controller = new AbortController(), asked: string[] = [];
  const peers = [
    fakePeer("ours", { asked, ms: () => 1 }),
    fakePeer("other", {
      asked,
      ms: () => {
        controller.abort(new DOMException("Cannot continue: interrupted", "AbortError"));
        throw new Error("Cannot measure other: its process ended with code 137");
      },
    }),
  ];
  await assertRejects(
    () => measurePeers(peers, { ...options, signal: controller.signal }),
    DOMException,
    "interrupted",
  );
  assertEquals(asked.slice(4), ["other setup step", "other sample step 2"]);
});

Deno.test("measurePeers() refuses a peer that replies no time", async () => {
  const peers = [
    fakePeer("ours", { asked: [], ms: () => 1 }),
    fakePeer("other", { asked: [], ms: () => NaN }),
  ];
  const [, other] = await measurePeers(peers, { ...options, workloads: ["step"] });
  assertEquals(other.reason, "Cannot measure other: it replied no time, but null");
  assertGreater(MIN_SAMPLE_MS, 0);
});

Deno.test("rotate() turns a list as a ring", () => {
  assertEquals([0, 1, 2, 3].map((by) => rotate(["a", "b", "c"], by).join("")), ["abc", "bca", "cab", "abc"]);
});
