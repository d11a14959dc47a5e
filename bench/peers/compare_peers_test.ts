import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { withTempDir } from "../testing.ts";
import { PEERS_RECORD } from "../records/peers_record.ts";
import { comparePeers } from "./compare_peers.ts";
import { fakePeersRecord } from "./testing.ts";
import type { TimePeersOptions } from "./time_peers.ts";

Deno.test("comparePeers() refuses what its command refuses, before anything is started", async () => {
  await assertRejects(
    () => comparePeers({ rounds: 1.5 }),
    UsageError,
    "Cannot read option rounds: must be a whole number",
  );
  await assertRejects(
    () => comparePeers({ steps: 0 }),
    UsageError,
    "Cannot read option steps: must be a whole number",
  );
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/r.json`, "kept");
    await assertRejects(() => comparePeers({ out: `${dir}/r.json` }), UsageError, "it exists already");
  });
});

Deno.test("comparePeers() writes the record that it returns, or none, and says which command does the same", async () => {
  await withTempDir(async (dir) => {
    const asked: TimePeersOptions[] = [];
    const time = (options: TimePeersOptions) => (asked.push(options), Promise.resolve(fakePeersRecord()));
    const record = await comparePeers({ peers: ["torch"], out: `${dir}/a/r.json` }, { time });
    assertEquals(PEERS_RECORD.parse(JSON.parse(await Deno.readTextFile(`${dir}/a/r.json`))), record);
    await comparePeers({ peers: ["torch"], rounds: 2 }, { time });
    assertEquals(asked.map(({ peers }) => peers.map(({ name }) => name)), [["ours", "torch"], [
      "ours",
      "torch",
    ]]);
    assertEquals(asked[1].command, "deno task bench peers --peers=torch --rounds=2");
    assertEquals(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name), ["a"]);
  });
});
