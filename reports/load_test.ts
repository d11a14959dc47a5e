import { assertEquals, assertRejects } from "@std/assert";
import { loadRun } from "./load.ts";
import { missingCells } from "./sections/problems.ts";
import type { CellRecord } from "../bench/schema.ts";
import { makeManifest, makeRecord, writeRunFolder } from "./testing.ts";
import { makeExamples, makePictures } from "./testing_images.ts";

const first = makeRecord();
const second = makeRecord({ benchmark: "sl/robust/seed-0", featureSet: "robust" });

async function inFolder(files: Record<string, string>, act: (dir: string) => Promise<void>): Promise<void> {
  const dir = await writeRunFolder(files);
  try {
    await act(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("loadRun() reads manifest and records in the order of the cells", async () => {
  const manifest = { ...makeManifest([]), cells: ["sl/robust/seed-0", "sl/natural/seed-0"] };
  await inFolder({
    "run.json": JSON.stringify(manifest),
    "records/a.json": JSON.stringify(first),
    "records/b.json": JSON.stringify(second),
    "records/b.json.tmp": "half",
  }, async (dir) => {
    const run = await loadRun(dir);
    assertEquals(run.manifest, manifest);
    assertEquals(run.records, [{ record: second, path: "records/b.json" }, {
      record: first,
      path: "records/a.json",
    }]);
    assertEquals(run.problems, []);
  });
});

Deno.test("loadRun() names files that it cannot read and goes on", async () => {
  await inFolder({
    "records/a.json": JSON.stringify(first),
    "records/cut.json": JSON.stringify(second).slice(0, 100),
    "records/old.json": JSON.stringify({ ...second, schemaVersion: 0 }),
  }, async (dir) => {
    const run = await loadRun(dir);
    assertEquals([run.manifest, run.records.length], [null, 1]);
    assertEquals(run.problems.map(({ path }) => path), ["run.json", "records/cut.json", "records/old.json"]);
  });
});

Deno.test("loadRun() keeps the later of two records of one cell", async () => {
  const later = { ...first, startedAt: "2026-02-02T00:00:00.000Z" };
  for (const [a, b] of [[first, later], [later, first]]) {
    await inFolder(
      { "records/a.json": JSON.stringify(a), "records/b.json": JSON.stringify(b) },
      async (dir) => {
        const run = await loadRun(dir);
        assertEquals(run.records.map(({ record }) => record), [later]);
        assertEquals(run.problems.length, 2);
      },
    );
  }
});

const OWN = `artifacts/${first.benchmark}`;
const [E, P] = [`${OWN}/e.json`, `${OWN}/p.json`];

Deno.test("loadRun() reads examples, and only the file whose hash the record names", async () => {
  const text = JSON.stringify(makeExamples());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const withArtifact = (path: string, hash: string): CellRecord => ({
    ...first,
    artifacts: [{ kind: "examples", path, sha256: hash }],
  });
  const load = async (record: CellRecord) => {
    let counts: [number, string[]] = [0, []];
    await inFolder({
      "run.json": JSON.stringify(makeManifest([record])),
      "records/a.json": JSON.stringify(record),
      [E]: text,
    }, async (dir) => {
      const run = await loadRun(dir);
      counts = [run.examples.length, run.problems.map(({ reason }) => reason)];
    });
    return counts;
  };
  assertEquals(await load(withArtifact(E, sha256)), [1, []]);
  assertEquals(await load(withArtifact(E, "0".repeat(64))), [
    0,
    ["the file is not the one that the record names, its SHA-256 differs"],
  ]);
  assertEquals(await load(withArtifact("../e.json", sha256)), [0, [
    `Cannot read record: artifacts[0].path leads out of the folder of ${first.benchmark}, got ../e.json`,
  ]]);
  assertEquals(await load(withArtifact(`${OWN}/gone.json`, sha256)), [0, ["the file does not exist"]]);
});

Deno.test("loadRun() reads pictures", async () => {
  const text = JSON.stringify(makePictures());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const record = { ...first, artifacts: [{ kind: "pictures", path: P, sha256 }] };
  await inFolder({ "records/a.json": JSON.stringify(record), [P]: text }, async (dir) => {
    const run = await loadRun(dir);
    assertEquals(run.pictures, [{
      benchmark: record.benchmark,
      path: P,
      content: makePictures(),
    }]);
  });
});

Deno.test("loadRun() refuses a folder without a run, and no folder", async () => {
  await inFolder({ "notes.txt": "" }, async (dir) => {
    await assertRejects(() => loadRun(dir), TypeError, "the folder holds neither run.json nor records");
    await assertRejects(() => loadRun(`${dir}/gone`), TypeError, "Cannot read run: no such folder");
  });
});

Deno.test("loadRun() shows a network, its probe and its attack as one, and where each number stands", async () => {
  const part = (kind: "probe" | "attack", metrics: CellRecord["metrics"]) =>
    makeRecord({ kind, benchmark: `${first.benchmark}/${kind}`, metrics, artifacts: [] });
  const half = { value: 0.5, unit: "fraction" };
  const cells = ["", "/probe", "/attack"].map((name) => first.benchmark + name);
  await inFolder({
    "run.json": JSON.stringify({ ...makeManifest([]), cells: [...cells, "sl/gone/seed-0/probe"] }),
    "records/a.json": JSON.stringify({ ...first, metrics: { trainLoss: { value: 1, unit: "1" } } }),
    "records/p.json": JSON.stringify(part("probe", { probeAccuracy: half })),
    "records/q.json": JSON.stringify(part("attack", { robustAccuracy: half })),
  }, async (dir) => {
    const run = await loadRun(dir), { records: [network, ...others], problems } = run;
    assertEquals([others, problems], [[], []]);
    assertEquals(
      missingCells(run),
      ["sl/gone/seed-0/probe"],
      "parts are not missing, what left no record is",
    );
    assertEquals([network.record.benchmark, network.path], [first.benchmark, "records/a.json"]);
    assertEquals(Object.keys(network.record.metrics), ["trainLoss", "probeAccuracy", "robustAccuracy"]);
    assertEquals(network.metricPaths, { probeAccuracy: "records/p.json", robustAccuracy: "records/q.json" });
  });
});

Deno.test("loadRun() says which cells of a network were taken over, and from which runs", async () => {
  const probe = {
    ...makeRecord(),
    kind: "probe",
    benchmark: `${first.benchmark}/probe`,
    reusedFrom: "quick-1",
  };
  const attack = { ...makeRecord(), kind: "attack", benchmark: `${first.benchmark}/attack` };
  const files = { a: first, b: probe, c: attack, d: second };
  const texts = Object.entries(files).map((
    [name, record],
  ) => [`records/${name}.json`, JSON.stringify(record)]);
  await inFolder(Object.fromEntries(texts), async (dir) => {
    const { records } = await loadRun(dir);
    assertEquals(records.map(({ reusedFrom }) => reusedFrom), [{ [probe.benchmark]: "quick-1" }, undefined]);
  });
});
