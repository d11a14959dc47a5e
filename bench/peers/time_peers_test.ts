import { assertEquals, assertRejects } from "@std/assert";
import { NoAdapterError } from "../../engine/device/device.ts";
import { PEERS_RECORD } from "../records/mod.ts";
import { FAKE_ADAPTER } from "../testing.ts";
import { timePeers, type TimePeersOptions } from "./time_peers.ts";
import { readInputs } from "./input_file.ts";
import { PEERS } from "./peer_list.ts";
import type { PeerClient, PeerCommand } from "./peer_process.ts";
import type { PeerRequest } from "./protocol.ts";

const options: TimePeersOptions = {
  peers: PEERS,
  rounds: 2,
  steps: 1,
  startedAt: new Date("2026-01-02T03:04:05Z"),
  command: "deno task bench peers",
  signal: new AbortController().signal,
  say: () => {},
};

const IDENTITY = {
  version: "1",
  backend: "B",
  device: "d",
  adapter: FAKE_ADAPTER,
  driver: "D 1",
  readPath: "buffer",
};

/** Starts peers that answer at once; `answer` may do something else instead. */
function fakes(
  answer: (name: string, request: PeerRequest, command: PeerCommand) => unknown = () => undefined,
) {
  const log: string[] = [];
  const start = (name: string, command: PeerCommand): PeerClient => {
    log.push(`start ${name}`);
    return {
      ask: async (request) => {
        const own = await answer(name, request, command);
        if (own !== undefined) return own as Record<string, unknown>;
        if (request.do === "open") return IDENTITY;
        return request.do === "setup" ? { checks: { values: [1] } } : { ms: 2 };
      },
      close: () => {
        log.push(`close ${name}`);
        return Promise.resolve();
      },
    };
  };
  const install = () => {
    log.push("install");
    return Promise.resolve();
  };
  return { log, services: { start, install } };
}

Deno.test("timePeers() makes a sound record, gives all peers the same inputs, and ends them", async () => {
  const folders = new Set<string>(), names: string[] = [];
  const { log, services } = fakes(async (_, request) => {
    if (request.do !== "setup") return;
    if (!folders.has(request.inputs)) names.push(...(await readInputs(request.inputs)).keys());
    folders.add(request.inputs);
  });
  const record = await timePeers(options, services);
  assertEquals(PEERS_RECORD.parse(JSON.parse(PEERS_RECORD.write(record))), record);
  assertEquals([record.rows.length, record.rounds, record.readPath], [12, 2, "buffer"]);
  assertEquals([record.startedAt, record.machine.driver], ["2026-01-02T03:04:05.000Z", "D 1"]);
  const titles = PEERS.map(({ title }) => title);
  assertEquals(log, ["install", ...titles.map((t) => `start ${t}`), ...titles.map((t) => `close ${t}`)]);
  assertEquals(folders.size, 1);
  assertEquals(names.slice(0, 3), ["images", "labels", "conv1.weight"]);
  await assertRejects(() => Deno.stat([...folders][0]), Deno.errors.NotFound);
});

Deno.test("timePeers() records a peer that cannot be started as missing, after all its commands", async () => {
  let tried = 0;
  const { log, services } = fakes((name, request) => {
    if (name !== "PyTorch" || request.do !== "open") return;
    throw new Error(`Cannot measure PyTorch: no ${++tried}`);
  });
  const { frameworks, rows } = await timePeers(options, services);
  assertEquals(tried, PEERS[3].commands.length);
  assertEquals([frameworks[3].missing, frameworks[3].version, frameworks[3].backend], [
    "Cannot measure PyTorch: no 1",
    null,
    "CPU",
  ]);
  assertEquals([rows.length, log.filter((text) => text === "close PyTorch").length], [9, tried]);
});

Deno.test("timePeers() takes the second command where the first does not open", async () => {
  const programs: string[] = [];
  const { services } = fakes((name, request, { program }) => {
    if (name !== "PyTorch" || request.do !== "open") return;
    programs.push(program);
    if (programs.length === 1) throw new Error("Cannot measure PyTorch: none here");
  });
  const { frameworks } = await timePeers(options, services);
  assertEquals([frameworks[3].missing, programs], [
    null,
    PEERS[3].commands.slice(0, 2).map((c) => c.program),
  ]);
});

Deno.test("timePeers() fails where this engine finds no adapter, and asks for no packages it does not need", async () => {
  const { log, services } = fakes((name, request) => {
    if (name === "realfeatures" && request.do === "open") throw new NoAdapterError("Cannot open a GPU: none");
  });
  const peers = PEERS.filter(({ isPackage }) => !isPackage);
  await assertRejects(() => timePeers({ ...options, peers }, services), NoAdapterError);
  assertEquals(log, ["start realfeatures", "close realfeatures"]);
});

Deno.test("timePeers() ends all peers on an abort, even while they are busy", async () => {
  const controller = new AbortController();
  const { log, services } = fakes((name, request) => {
    if (name !== "jax-js" || request.do !== "sample") return;
    controller.abort(new DOMException("Cannot continue: interrupted", "AbortError"));
    throw new Error("Cannot measure jax-js: its process ended with code 137");
  });
  const run = () => timePeers({ ...options, signal: controller.signal }, services);
  const error = await assertRejects(run, DOMException);
  assertEquals(error.name, "AbortError");
  assertEquals(log.filter((text) => text.startsWith("close")).sort(), [
    "close PyTorch",
    "close TensorFlow.js",
    "close jax-js",
    "close realfeatures",
  ]);
});
