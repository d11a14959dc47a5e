/** Options of `bench perf` and `measurePerf`. */
import { BACKEND_OPTION } from "../adapter/backend_option.ts";
import { VARIANTS_OPTION } from "../adapter/variants_option.ts";
import { list, oneOf, option, OptionFault, type OptionType, whole } from "../../common/command_line/mod.ts";
import { kernelCases, selectCases } from "./kernel_cases.ts";
import { PARTS, type PerfPart } from "./measure.ts";

const COUNT = whole({ min: 1, max: 999_999 });

/** A part of a kernel's name. */
const KERNEL: OptionType<string> = {
  description: "a part of a kernel's name",
  read(text) {
    KERNEL.check(text);
    return text;
  },
  check(text) {
    try {
      selectCases(kernelCases(), text);
    } catch (cause) {
      throw new OptionFault((cause as Error).message.replace(/^Cannot select kernels: /, ""));
    }
  },
  write: (text) => text,
};

/** What can be asked for. */
export const PERF_OPTIONS = [
  option({
    name: "parts",
    value: "LIST",
    type: list(oneOf("part", PARTS), { of: "parts", repeats: true }),
    defaultText: "all but soak",
    help: `which of ${PARTS.join(",")} to measure`,
  }),
  option({
    name: "only",
    value: "TEXT",
    type: KERNEL,
    help: "kernels whose name holds TEXT, and no part but ceilings and kernels",
  }),
  option({ name: "samples", value: "N", type: COUNT, default: 5, help: "samples behind each number" }),
  option({
    name: "sample-ms",
    property: "minSampleMs",
    value: "N",
    type: COUNT,
    default: 150,
    help: "minimum duration of a sample; four times that in training",
  }),
  option({
    name: "starts",
    value: "N",
    type: COUNT,
    default: 3,
    help: "cold and warm starts, each in a process of its own",
  }),
  option({
    name: "soak",
    property: "soakSteps",
    value: "N",
    type: COUNT,
    help: "also train N steps and fail if memory grows",
  }),
  BACKEND_OPTION,
  VARIANTS_OPTION,
] as const;

/** Steps of a soak that no number is given for. */
export const SOAK_STEPS = 2000;

/** The parts that are measured: those asked for, and the soak where its steps are. */
export function partsOf(
  { parts, only, soakSteps }: {
    parts: readonly PerfPart[] | null;
    only: string | null;
    soakSteps: number | null;
  },
): ReadonlySet<PerfPart> {
  const usual: readonly PerfPart[] = only === null
    ? PARTS.filter((part) => part !== "soak")
    : ["ceilings", "kernels"];
  return new Set([...parts ?? usual, ...soakSteps === null ? [] : ["soak" as const]]);
}
