import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { withTempDir } from "../testing.ts";
import { comparePeers, timePeersTo } from "./compare_peers.ts";
import { parsePeersOptions } from "./options.ts";
import { fakePeersRecord } from "./testing.ts";
import type { TimePeersOptions } from "./time_peers.ts";

Deno.test("comparePeers() refuses what its command refuses, before anything is started", async () => {
  await assertRejects(() => comparePeers({ rounds: 1.5 }), UsageError, "--rounds must be a whole number");
  await assertRejects(() => comparePeers({ steps: 0 }), UsageError, "--steps must be a whole number");
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/r.json`, "kept");
    await assertRejects(() => comparePeers({ out: `${dir}/r.json` }), UsageError, "it exists already");
  });
});

Deno.test("timePeersTo() writes the record that it returns, or none", async () => {
  await withTempDir(async (dir) => {
    const signal = new AbortController().signal, say = () => {};
    const options = { ...parsePeersOptions(["--peers=torch"]), startedAt: new Date(), signal, say };
    const names: string[][] = [];
    const time = ({ peers }: TimePeersOptions) => {
      names.push(peers.map(({ name }) => name));
      return Promise.resolve(fakePeersRecord());
    };
    const record = await timePeersTo(`${dir}/a/r.json`, options, time);
    assertEquals(JSON.parse(await Deno.readTextFile(`${dir}/a/r.json`)), record);
    await timePeersTo(null, options, time);
    assertEquals(names, [["ours", "torch"], ["ours", "torch"]]);
    assertEquals(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name), ["a"]);
  });
});
