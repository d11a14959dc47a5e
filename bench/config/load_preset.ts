import { readText } from "../../common/read_file.ts";
import { reasonOf } from "../../common/system_error.ts";
import { suggest } from "../../common/nearest.ts";
import { parsePreset } from "./parse_preset.ts";
import type { Preset } from "./preset.ts";
import cifar10Small from "../presets/cifar10-small.yaml" with { type: "text" };
import cifar10Sl from "../presets/cifar10-sl.yaml" with { type: "text" };
import paper from "../presets/paper.yaml" with { type: "text" };
import planted from "../presets/planted.yaml" with { type: "text" };
import quick from "../presets/quick.yaml" with { type: "text" };
import smoke from "../presets/smoke.yaml" with { type: "text" };
import { UsageError } from "../../common/usage_error.ts";

/** The presets at hand, as YAML. */
export const PRESETS: Readonly<Record<string, string>> = {
  quick,
  smoke,
  planted,
  "cifar10-small": cifar10Small,
  "cifar10-sl": cifar10Sl,
  paper,
};

/**
 * Reads a preset by its name or from a file: what has a slash or ends in .yaml or .yml is a file.
 *
 * @throws {UsageError} If there is no such preset or file, or it does not read.
 */
export async function loadPreset(nameOrFile: string): Promise<Preset> {
  if (Object.hasOwn(PRESETS, nameOrFile)) {
    return parsePreset(PRESETS[nameOrFile], { source: `${nameOrFile}.yaml` });
  }
  if (!/[/\\]|\.ya?ml$/.test(nameOrFile)) {
    const hint = "Hint: for a preset of your own give the path of its YAML file";
    throw new UsageError(
      `Cannot find preset "${nameOrFile}": no such name, ${
        suggest(nameOrFile, Object.keys(PRESETS))
      }\n${hint}`,
    );
  }
  let text: string;
  try {
    text = await readText(nameOrFile);
  } catch (cause) {
    throw new UsageError(`Cannot read preset ${nameOrFile}: ${reasonOf(cause)}`, { cause });
  }
  return parsePreset(text, { source: nameOrFile });
}
