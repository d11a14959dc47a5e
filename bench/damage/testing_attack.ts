/** What `bench attack` reads back: weights, its state, and a finished record. The device pretends. */
import type { AttackDevice } from "../attack/device.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import { ATTACK_COMMAND } from "../commands/attack.ts";
import { servicesFor } from "../commands/testing.ts";
import { fakeDevice, fakeResult, TEST_SIZE, writeInputs } from "../attack/testing.ts";
import { readState } from "../attack/state_file.ts";
import { loadSide } from "../compare/sides/load.ts";
import { hashTensors } from "../../engine/files/hash_tensors.ts";
import { canonicalJson } from "../../common/canonical_json.ts";
import { copyFolder } from "../run/testing_resume.ts";
import type { DamageTarget, Read } from "./testing_targets.ts";

const ARGS = ["--norm=Linf", "--eps=8/255", `--n=${TEST_SIZE}`, "--quiet", "--json"];

type Evaluate = AttackDevice["attack"];

/** Of the whole command: it does more than read. */
const TIMES = 30;

/** An interrupted and a finished evaluation of one network. */
export async function attackTargets(dir: string): Promise<DamageTarget[]> {
  const inputs = [...await writeInputs(dir), ...ARGS];
  const start = async (out: string, evaluate: Evaluate, signal = new AbortController().signal) => {
    let text = "", notes = "";
    const stdout = (part: string) => text += part, stderr = (part: string) => notes += part;
    const args = [...inputs, `--out=${out}`, "--resume"];
    await runCommand(
      ATTACK_COMMAND,
      args,
      servicesFor({ openAttackDevice: fakeDevice(evaluate), signal, stdout, stderr }),
    );
    return { text, notes };
  };
  const controller = new AbortController();
  await start(`${dir}/stopped`, async (_options, _examples, { state, signal }) => {
    await state!.save({
      tensors: new Map([["rows", { dtype: "F32", shape: [64], data: new Float32Array(64).fill(0.5) }]]),
      state: { attack: "apgd-t", done: 5 },
    });
    controller.abort(new DOMException("Cannot continue: interrupted", "AbortError"));
    signal!.throwIfAborted();
    return fakeResult(TEST_SIZE);
  }, controller.signal);
  await start(`${dir}/finished`, () => Promise.resolve(fakeResult(TEST_SIZE)));
  let number = 0;
  /** Resumes a copy of an evaluation; null where a file was set aside. */
  const goOn = async (from: string): Promise<Read | null> => {
    const out = `${dir}/copy-${number++}`;
    await copyFolder(from, out);
    let kept: unknown = "nothing was attacked";
    try {
      const { text, notes } = await start(out, async (_options, _examples, { state }) => {
        const { tensors, state: json } = await state!.load() ?? { tensors: new Map(), state: null };
        kept = [json, [...tensors].map(([name, { data }]) => [name, [...data].map(String)])];
        return fakeResult(TEST_SIZE);
      });
      const { configuration, asked } = JSON.parse(text);
      if (notes.includes(".corrupt")) return null;
      return { content: canonicalJson([configuration, asked, kept]), known: configuration.weights.sha256 };
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  };
  const target = (name: string, file: string, from: string) => ({
    name: `${name} of an evaluation`,
    path: `${dir}/${file}`,
    read: () => goOn(`${dir}/${from}`),
    times: TIMES,
  });
  await Deno.mkdir(`${dir}/empty`);
  const [state, record] = [`${dir}/stopped/state.safetensors`, `${dir}/finished/attack.json`];
  return [
    {
      name: "state, read alone",
      path: state,
      read: async () => {
        const { checkpoint, ...rest } = await readState(state);
        return { content: canonicalJson([rest, checkpoint!.state, hashTensors(checkpoint!.tensors)]) };
      },
    },
    {
      name: "record, compared",
      path: record,
      read: async () => ({ content: canonicalJson((await loadSide(record)).records) }),
    },
    target("state", "stopped/state.safetensors", "stopped"),
    target("record", "finished/attack.json", "finished"),
    target("weights", "net.safetensors", "empty"),
  ];
}
