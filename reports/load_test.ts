import { assertEquals, assertRejects } from "@std/assert";
import { joinParts } from "../bench/records/network.ts";
import { loadRun } from "./load.ts";
import { missingCells } from "./sections/problems.ts";
import type { CellRecord } from "../bench/records/mod.ts";
import { makeManifest, makeRecord, sealedJson, writeRunFolder } from "./testing.ts";
import { makeExamples, makePictures } from "./testing_images.ts";

const first = makeRecord();
const second = makeRecord({ cell: "sl/robust/seed-0", featureSet: "robust" });

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
    "run.json": sealedJson(manifest),
    "records/a.json": sealedJson(first),
    "records/b.json": sealedJson(second),
    "records/b.json.tmp": "half",
  }, async (dir) => {
    const run = await loadRun(dir);
    assertEquals(run.manifest, manifest);
    const networks = joinParts([second, first]);
    assertEquals(run.records, [{ record: networks[0], path: "records/b.json" }, {
      record: networks[1],
      path: "records/a.json",
    }]);
    assertEquals(run.problems, []);
  });
});

Deno.test("loadRun() names files that it cannot read and continues", async () => {
  await inFolder({
    "records/a.json": sealedJson(first),
    "records/cut.json": sealedJson(second).slice(0, 100),
    "records/old.json": sealedJson({ ...second, version: 0 }),
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
      { "records/a.json": sealedJson(a), "records/b.json": sealedJson(b) },
      async (dir) => {
        const run = await loadRun(dir);
        assertEquals(run.records.map(({ record }) => record), joinParts([later]));
        assertEquals(run.problems.length, 2);
      },
    );
  }
});

const OWN = `artifacts/${first.cell}`;
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
      "run.json": sealedJson(makeManifest([record])),
      "records/a.json": sealedJson(record),
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
    `Cannot read the record of a cell: artifacts[0].path leads out of the folder of ${first.cell}, got ../e.json`,
  ]]);
  assertEquals(await load(withArtifact(`${OWN}/gone.json`, sha256)), [0, ["the file does not exist"]]);
});

Deno.test("loadRun() reads pictures", async () => {
  const text = JSON.stringify(makePictures());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const record = { ...first, artifacts: [{ kind: "pictures", path: P, sha256 }] };
  await inFolder({ "records/a.json": sealedJson(record), [P]: text }, async (dir) => {
    const run = await loadRun(dir);
    assertEquals(run.pictures, [{
      cell: record.cell,
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
    makeRecord({ kind, cell: `${first.cell}/${kind}`, metrics, artifacts: [] });
  const half = { value: 0.5, unit: "fraction" };
  const cells = ["", "/probe", "/attack"].map((name) => first.cell + name);
  await inFolder({
    "run.json": sealedJson({ ...makeManifest([]), cells: [...cells, "sl/gone/seed-0/probe"] }),
    "records/a.json": sealedJson({ ...first, metrics: { trainLoss: { value: 1, unit: "1" } } }),
    "records/p.json": sealedJson(part("probe", { probeAccuracy: half })),
    "records/q.json": sealedJson(part("attack", { robustAccuracy: half })),
  }, async (dir) => {
    const run = await loadRun(dir), { records: [network, ...others], problems } = run;
    assertEquals([others, problems], [[], []]);
    assertEquals(
      missingCells(run),
      ["sl/gone/seed-0/probe"],
      "parts are not missing, what left no record is",
    );
    assertEquals([network.record.cell, network.path], [first.cell, "records/a.json"]);
    assertEquals(Object.keys(network.record.metrics), ["trainLoss", "probeAccuracy", "robustAccuracy"]);
    assertEquals(network.metricPaths, { probeAccuracy: "records/p.json", robustAccuracy: "records/q.json" });
  });
});

Deno.test("loadRun() names the reused cells of a network, and the runs they come from", async () => {
  const probe = {
    ...makeRecord(),
    kind: "probe",
    cell: `${first.cell}/probe`,
    reusedFrom: "quick-1",
  };
  const attack = { ...makeRecord(), kind: "attack", cell: `${first.cell}/attack` };
  const files = { a: first, b: probe, c: attack, d: second };
  const texts = Object.entries(files).map((
    [name, record],
  ) => [`records/${name}.json`, sealedJson(record)]);
  await inFolder(Object.fromEntries(texts), async (dir) => {
    const { records } = await loadRun(dir);
    assertEquals(records.map(({ reusedFrom }) => reusedFrom), [{ [probe.cell]: "quick-1" }, undefined]);
  });
});

Deno.test("loadRun() reads records and manifest of version 1", async () => {
  const v1 = (name: string) =>
    Deno.readTextFile(new URL(`../bench/records/testing/v1/${name}.json`, import.meta.url));
  const files = {
    "run.json": await v1("run"),
    "records/a.json": await v1("train"),
    "records/b.json": await v1("probe"),
  };
  await inFolder(files, async (dir) => {
    const { manifest, records, problems } = await loadRun(dir);
    assertEquals([manifest?.preset, records.length, records[0].record.cell], [
      "quick",
      1,
      "sl/natural/seed-0",
    ]);
    const unread = problems.filter(({ path }) => !path.startsWith("artifacts/"));
    assertEquals([unread, records[0].parts], [[], ["sl/natural/seed-0/probe"]]);
    const { probeAccuracy } = records[0].record.metrics;
    assertEquals(probeAccuracy, JSON.parse(files["records/b.json"]).metrics.probeAccuracy);
  });
});
