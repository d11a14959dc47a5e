/** Options of `bench peers` and `comparePeers`. */
import { BACKEND_OPTION } from "../adapter/backend_option.ts";
import { list, oneOf, option, whole } from "../../common/command_line/mod.ts";
import { type PeerName, PEERS } from "./peer_list.ts";

const COUNT = whole({ min: 1, max: 999_999 });

const OTHERS = PEERS.map(({ name }) => name).filter((name): name is Exclude<PeerName, "ours"> =>
  name !== "ours"
);

/** What can be asked for. */
export const PEERS_OPTIONS = [
  option({
    name: "peers",
    value: "LIST",
    type: list(oneOf("peer", OTHERS), { of: "peers", repeats: true }),
    defaultText: "all",
    help: `which of ${OTHERS.join(",")} to measure besides ours`,
  }),
  option({ name: "rounds", value: "N", type: COUNT, default: 5, help: "how often each is timed" }),
  option({
    name: "steps",
    value: "N",
    type: COUNT,
    defaultText: "enough for 0.3 s",
    help: "repetitions of the work in a sample",
  }),
  BACKEND_OPTION,
] as const;
