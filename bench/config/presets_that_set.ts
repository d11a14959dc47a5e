/** Which of the presets at hand set a key. */
import { isObject } from "../../common/is_object.ts";
import { ARCHITECTURES } from "../../paradigms/architectures/registry.ts";
import { DATASETS } from "../../datasets/registry.ts";
import { PRESETS } from "./load_preset.ts";
import { FEATURE_SETS } from "./preset.ts";
import { readYaml } from "./read_yaml.ts";
import { type PresetKey, SAME_KEYS } from "./reference.ts";

/** The names of the presets that set a key, here or in a section with the same keys. */
export function presetsThatSet({ path, of }: PresetKey): string[] {
  const places = [
    path,
    ...SAME_KEYS.flatMap(({ path: other, as }) => {
      return path === as || path.startsWith(`${as}.`) ? [other + path.slice(as.length)] : [];
    }),
  ];
  return Object.entries(PRESETS).filter(([, text]) => {
    const preset = readYaml(text);
    return places.some((place) => sets(preset, place, of));
  }).map(([name]) => name);
}

function sets(preset: unknown, place: string, of: PresetKey["of"]): boolean {
  if (place.includes("<set>")) {
    return FEATURE_SETS.some((set) => sets(preset, place.replace("<set>", set), null));
  }
  if (valueAt(preset, place) === undefined) return false;
  if (of === null) return true;
  const key = of.path.slice(of.path.lastIndexOf(".") + 1), section = place.slice(0, place.lastIndexOf("."));
  const chosen = valueAt(preset, `${section}.${key}`) ?? (key === "arch" ? ARCHITECTURES : DATASETS)[0].name;
  return chosen === of.choice;
}

/** What stands at a path; undefined where nothing does. */
function valueAt(preset: unknown, path: string): unknown {
  let value = preset;
  for (const key of path.split(".")) value = isObject(value) ? value[key] : undefined;
  return value;
}
