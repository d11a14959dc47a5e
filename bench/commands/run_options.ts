/** Options of `bench` and `bench plan`, and of their functions. */
import { flag, list, option, type OptionType, text } from "../../common/command_line/mod.ts";
import { BACKEND_OPTION } from "../adapter/backend_option.ts";
import { VARIANTS_OPTION } from "../adapter/variants_option.ts";
import type { Preset } from "../config/preset.ts";
import { JOBS_OPTION } from "../jobs/jobs_option.ts";
import { SEEDS } from "./seeds.ts";
import { DATA_OPTION } from "./shared_options.ts";

const PRESET: OptionType<string | Preset> = {
  description: "the name of a preset, or a YAML file",
  read: (given) => given,
  check() {},
  write: (preset) => typeof preset === "string" ? preset : preset.name,
};

/** Which preset, and how. */
const PRESET_OPTIONS = [
  option({
    name: "preset",
    value: "NAME|FILE",
    type: PRESET,
    default: "quick",
    help: "what to run: a built-in preset, or a YAML file",
  }),
  DATA_OPTION,
  option({
    name: "seeds",
    value: "LIST",
    type: SEEDS,
    defaultText: "those of the preset",
    help: "seeds such as 0,1,2 or 0..4",
  }),
] as const;

/** How to compute. */
const DEVICE_OPTIONS = [
  option({
    name: "reuse",
    value: "RUN[,RUN...]",
    type: list(text(), { of: "run folders", repeats: true, min: 0 }),
    help: "run folders whose finished cells are reused where they are what would be computed",
  }),
  JOBS_OPTION,
  BACKEND_OPTION,
  VARIANTS_OPTION,
] as const;

/** What `bench` can be asked for. */
export const RUN_OPTIONS = [
  ...PRESET_OPTIONS,
  option({
    name: "out",
    property: "outDir",
    value: "DIR",
    type: text("a folder"),
    defaultText: "runs/PRESET-TIME",
    help: "run folder, without a run in it",
  }),
  flag({
    name: "resume",
    needs: "outDir",
    help: "continue the stopped run in --out; start it where there is none",
  }),
  ...DEVICE_OPTIONS,
] as const;

/** What `bench plan` can be asked for. */
export const PLAN_OPTIONS = [
  ...PRESET_OPTIONS,
  option({
    name: "out",
    property: "outDir",
    value: "DIR",
    type: text("a folder"),
    help: "run folder: say which cells are done there, stale and why, or to do",
  }),
  ...DEVICE_OPTIONS,
] as const;
