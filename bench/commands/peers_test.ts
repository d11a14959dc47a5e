import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { PEERS_RECORD } from "../records/mod.ts";
import { withTempDir } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import type { TimePeersOptions } from "../peers/time_peers.ts";
import { PEERS_COMMAND } from "./peers.ts";
import { servicesFor } from "./testing.ts";
import type { PeersRecord } from "../records/peers_record.ts";
import { fakePeersRecord } from "../peers/testing.ts";

/** Runs the command without starting anything. */
async function start(args: string[], record: PeersRecord = fakePeersRecord()) {
  let stdout = "", stderr = "", asked: TimePeersOptions | null = null;
  const code = await runCommand(
    PEERS_COMMAND,
    args,
    servicesFor({
      stdout: (text) => stdout += text,
      stderr: (text) => stderr += text,
      time: (options) => {
        asked = options;
        options.say("starting\n");
        return Promise.resolve(record);
      },
    }),
  );
  return { code, stdout, stderr, asked: asked as TimePeersOptions | null };
}

const SOUND = { ...fakePeersRecord(), rows: fakePeersRecord().rows.slice(0, 2) };

Deno.test("peers() measures all peers, prints tables and writes the record", async () => {
  await withTempDir(async (dir) => {
    const out = `${dir}/new/record.json`;
    const { code, stdout, stderr, asked } = await start(["--out", out], SOUND);
    assertEquals([code, stderr], [0, "starting\n"]);
    assertMatch(stdout, /\nSlow +2\.0 /);
    assertStringIncludes(stdout, `\nRecord: ${out}\n`);
    assertEquals(PEERS_RECORD.parse(JSON.parse(await Deno.readTextFile(out))), SOUND);
    assertEquals(asked!.peers.map(({ name }) => name), ["ours", "jax-js", "tfjs", "torch"]);
    assertEquals([asked!.rounds, asked!.steps, asked!.command], [
      5,
      null,
      `deno task bench peers --out ${out}`,
    ]);
  });
});

Deno.test("peers() passes its options on and prints JSON alone with --json --quiet", async () => {
  await withTempDir(async (dir) => {
    const args = ["--out", `${dir}/r.json`, "--peers", "torch,jax-js", "--rounds=2", "--steps", "9"];
    const { stdout, stderr, asked } = await start([...args, "--json", "--quiet"], SOUND);
    assertEquals([JSON.parse(stdout), stderr], [SOUND, ""]);
    assertEquals(asked!.peers.map(({ name }) => name), ["ours", "jax-js", "torch"]);
    assertEquals([asked!.rounds, asked!.steps], [2, 9]);
  });
});

Deno.test("peers() ends with 1 where a peer runs another workload", async () => {
  await withTempDir(async (dir) => {
    const { code, stdout } = await start(["--out", `${dir}/r.json`]);
    assertEquals(code, 1);
    assertStringIncludes(stdout, "Odd, step: runs another workload");
  });
});

Deno.test("peers() refuses a record's file that exists, before it measures", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/r.json`, "kept");
    const error = await assertRejects(() => start(["--out", `${dir}/r.json`]), UsageError);
    assertMatch(
      error.message,
      /^Cannot write .*r\.json: it exists already, and .*\nHint: choose another file/,
    );
    assertEquals(await Deno.readTextFile(`${dir}/r.json`), "kept");
  });
});

Deno.test("peers() says what it cannot write", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "");
    const error = await assertRejects(() => start(["--out", `${dir}/file/r.json`]), UsageError);
    assertMatch(error.message, /^Cannot write .*\/file\/r\.json: .*\nHint: choose another file with --out$/);
    assertEquals(error.exitCode, 1);
  });
});

Deno.test("peers() shows its help", async () => {
  const { code, stdout, asked } = await start(["--help"]);
  assertEquals([code, asked], [0, null]);
  for (
    const part of ["--peers LIST", "jax-js,tfjs,torch", "--rounds N", "--steps N", "--out FILE", "--json"]
  ) {
    assertStringIncludes(stdout, part);
  }
});

for (
  const [args, message] of [
    [["--ruonds", "4"], /unknown option --ruonds, did you mean --rounds/],
    [["--rounds", "0"], /--rounds: must be a whole number from 1 to 999999, given 0$/],
    [["--steps", "x"], /--steps: must be a whole number .*given x$/],
    [
      ["--peers", "torch,jax"],
      /unknown peer jax, did you mean jax-js, known are jax-js, tfjs, torch, given torch,jax$/,
    ],
    [["fast"], /unexpected argument fast/],
  ] as const
) {
  Deno.test(`peers() refuses ${args.join(" ")} before it measures`, async () => {
    const error = await assertRejects(() => start([...args]), UsageError);
    assertMatch(error.message, message);
    assertEquals(error.exitCode, 2);
  });
}
