/** What `compare` and `report` read back of measurements: records of `bench perf` and `bench peers`, and a history. */
import { canonicalJson } from "../../common/canonical_json.ts";
import { appendHistory } from "../compare/history/append_history.ts";
import { readHistory } from "../compare/history/history_file.ts";
import { loadSide } from "../compare/sides/load.ts";
import { fakePeersRecord } from "../peers/testing.ts";
import { fakePerfRecord } from "../perf/testing.ts";
import { PEERS_RECORD } from "../records/peers_record.ts";
import { PERF_RECORD } from "../records/perf_record.ts";
import type { DamageTarget } from "./testing_targets.ts";

/** One record of each kind, and a history of both. */
export async function speedTargets(dir: string): Promise<DamageTarget[]> {
  const history = `${dir}/history.jsonl`;
  const records = {
    perf: PERF_RECORD.write(fakePerfRecord()),
    peers: PEERS_RECORD.write(fakePeersRecord()),
  };
  const targets: DamageTarget[] = [];
  for (const [name, text] of Object.entries(records)) {
    const path = `${dir}/${name}.json`;
    await Deno.writeTextFile(path, text);
    await appendHistory(history, path);
    targets.push({
      name: `record of ${name}`,
      path,
      read: async () => ({ content: canonicalJson((await loadSide(path)).records) }),
    });
  }
  const read = async () => {
    const { entries, problems } = await readHistory(history);
    return problems.length > 0 || entries.length === 0 ? null : { content: canonicalJson(entries) };
  };
  return [...targets, { name: "history", path: history, read }];
}
