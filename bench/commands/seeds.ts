/** `--seeds`: numbers and ranges with both ends, "0,1,2" or "0..4" or "0,5..7". */
import { OptionFault, type OptionType } from "../../common/command_line/mod.ts";
import { MAX_SEEDS } from "../config/preset_schema.ts";

/** A list of seeds, all different. */
export const SEEDS: OptionType<readonly number[]> = {
  description: "whole numbers and ranges such as 0,1,2 or 0..4",
  read(text) {
    const seeds: number[] = [];
    for (const part of text.split(",")) {
      const match = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part);
      if (match === null) throw new OptionFault("must be integers such as 0,1,2 or a range such as 0..4");
      const first = Number(match[1]), last = Number(match[2] ?? match[1]);
      if (last < first) throw new OptionFault(`the range ${part.trim()} runs backwards`);
      if (seeds.length + last - first >= MAX_SEEDS) throw tooMany();
      checkSeed(last);
      for (let seed = first; seed <= last; seed++) seeds.push(seed);
    }
    SEEDS.check(seeds);
    return seeds;
  },
  check(seeds) {
    if (seeds.length === 0) throw new OptionFault("at least one seed has to be named");
    if (seeds.length > MAX_SEEDS) throw tooMany();
    seeds.forEach(checkSeed);
    if (new Set(seeds).size < seeds.length) throw new OptionFault("a seed is named twice");
  },
  write: (seeds) => seeds.join(","),
};

function tooMany(): OptionFault {
  return new OptionFault(`at most ${MAX_SEEDS} seeds can be named`);
}

function checkSeed(seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw new OptionFault(`a seed is a whole number of at most ${Number.MAX_SAFE_INTEGER}`);
}
