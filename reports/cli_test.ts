import { assertEquals, assertStringIncludes } from "@std/assert";
import { PEERS_RECORD } from "../bench/records/peers_record.ts";
import { PERF_RECORD } from "../bench/records/perf_record.ts";
import { main } from "./cli.ts";
import { makeManifest, makeRecord, sealedJson, writeRunFolder } from "./testing.ts";
import { makePeers, makePerf } from "./testing_performance.ts";

async function report(args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const code = await main(args, { stdout: (text) => out += text, stderr: (text) => err += text });
  return { code, out, err };
}

const MINE = "<!doctype html><title>Mine</title>";
const FILES = {
  "run.json": sealedJson(makeManifest([makeRecord()])),
  "records/a.json": sealedJson(makeRecord()),
};

Deno.test("main() writes report.html into each run folder and prints its path", async () => {
  const dirs = [await writeRunFolder(FILES), await writeRunFolder(FILES)];
  const { code, out, err } = await report(dirs);
  assertEquals([code, out, err], [0, dirs.map((dir) => `${dir}/report.html\n`).join(""), ""]);
  for (const dir of dirs) {
    const page = await Deno.readTextFile(`${dir}/report.html`);
    assertStringIncludes(page, 'href="records/a.json"');
    const names = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name);
    assertEquals(names.sort(), ["records", "report.html", "run.json"]);
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("main() links from --out back to the run folder", async () => {
  const dir = await writeRunFolder({ ...FILES, "pages/.keep": "" });
  const { code } = await report([dir, "--out", `${dir}/pages/r.html`]);
  assertEquals(code, 0);
  assertStringIncludes(await Deno.readTextFile(`${dir}/pages/r.html`), 'href="../records/a.json"');
  await Deno.remove(dir, { recursive: true });
});

Deno.test("main() names unreadable records on the second stream and still makes the page", async () => {
  const dir = await writeRunFolder({ ...FILES, "records/b.json": "{" });
  const { code, err } = await report([dir]);
  assertEquals(code, 0);
  assertStringIncludes(err, "Not used: records/b.json: ");
  assertStringIncludes(await Deno.readTextFile(`${dir}/report.html`), "records/b.json");
  await Deno.remove(dir, { recursive: true });
});

Deno.test("main() replaces a page of its own and nothing else", async () => {
  const dir = await writeRunFolder({ ...FILES, "mine.html": MINE, "empty.html": "" });
  for (const out of ["report.html", "report.html", "empty.html"]) {
    assertEquals((await report([dir, "--out", `${dir}/${out}`])).code, 0);
  }
  await Deno.symlink("report.html", `${dir}/link.html`);
  const refusals = [["mine.html", "not a page of ours"], ["link.html", "a symbolic link"], [
    "records",
    "not a file",
  ]];
  const before = await Deno.readTextFile(`${dir}/report.html`);
  for (const [name, kind] of refusals) {
    const { code, err } = await report([dir, "--out", `${dir}/${name}`]);
    assertEquals(code, 1);
    assertStringIncludes(
      err,
      `Cannot write report: what lies there is ${kind} and is not replaced, ${dir}/${name}`,
    );
  }
  assertEquals(await Deno.readTextFile(`${dir}/mine.html`), MINE);
  assertEquals([
    await Deno.readTextFile(`${dir}/report.html`),
    (await Deno.lstat(`${dir}/link.html`)).isSymlink,
  ], [
    before,
    true,
  ]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("main() exits 2 where there is no run, 1 where there is no place to write", async () => {
  const dir = await writeRunFolder(FILES);
  const gone = await report([`${dir}/gone`]);
  assertEquals(gone.code, 2);
  assertStringIncludes(gone.err, "Cannot read run: no such folder");
  const unwritable = await report([dir, "--out", `${dir}/gone/r.html`]);
  assertEquals(unwritable.code, 1);
  assertStringIncludes(unwritable.err, "Cannot write report: ");
  await Deno.remove(dir, { recursive: true });
});

Deno.test("main() writes records of speed as a page of their own next to the first of them", async () => {
  const dir = await writeRunFolder({
    "perf-1.json": PERF_RECORD.write(makePerf()),
    "peers.json": PEERS_RECORD.write(makePeers()),
  });
  const { code, out } = await report(["--perf", `${dir}/perf-1.json`, "--peers", `${dir}/peers.json`]);
  assertEquals([code, out], [0, `${dir}/perf-1.html\n`]);
  const page = await Deno.readTextFile(`${dir}/perf-1.html`);
  for (const id of ["performance", "peers"]) assertStringIncludes(page, `<section id="${id}"`);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("main() adds records of speed to the page of a run", async () => {
  const dir = await writeRunFolder({ ...FILES, "perf.json": PERF_RECORD.write(makePerf()) });
  const { code, out } = await report([dir, "--perf", `${dir}/perf.json`]);
  assertEquals([code, out], [0, `${dir}/report.html\n`]);
  assertStringIncludes(await Deno.readTextFile(`${dir}/report.html`), '<section id="performance"');
  await Deno.remove(dir, { recursive: true });
});

Deno.test("main() exits 2 where a record of speed is absent or is another file", async () => {
  const dir = await writeRunFolder(FILES);
  const gone = await report([dir, "--perf", `${dir}/gone.json`]);
  assertEquals([gone.code, gone.err], [2, `Cannot read record: no such file or folder, ${dir}/gone.json\n`]);
  const other = await report(["--peers", `${dir}/run.json`]);
  assertEquals(other.code, 2);
  assertStringIncludes(
    other.err,
    'Cannot read the record of bench peers: schema is not realfeatures/peers, got "realfeatures/run"',
  );
  await Deno.remove(dir, { recursive: true });
});

const WRONG: [args: string[], message: string][] = [
  [[], "no run folder was given"],
  [
    ["a", "--oot", "x"],
    "unknown option --oot, did you mean --out, known are --perf, --peers, --history, --out, --help",
  ],
  [["a", "b", "--out", "x"], "--out names one file, 2 run folders were given"],
  [["a", "--out", "x", "--out", "y"], "--out is given twice"],
  [["a", "--out="], "--out needs a value, FILE"],
  [["a", "--perf="], "--perf needs a value, FILE"],
];
for (const [args, message] of WRONG) {
  Deno.test(`main() exits 2 on wrong usage: ${args.join(" ") || "no argument"}`, async () => {
    const { code, err } = await report(args);
    assertEquals(code, 2);
    assertStringIncludes(err, message);
  });
}

Deno.test("main() prints its usage on --help", async () => {
  const { code, out } = await report(["--help"]);
  assertEquals(code, 0);
  assertStringIncludes(out, "Usage: deno task report");
});
