/** The settings of residual networks in a preset. */
import type { ArchitectureSettings } from "./types.ts";

/** Null stands for the widths of the published network. */
export interface ResnetSettings {
  readonly widths: readonly number[] | null;
}

const WIDTH = { kind: "integers", min: 1, max: 1024, unit: "channels" } as const;

/** One basic block in each of three stages, for small experiments. */
export const RESNET8: ArchitectureSettings<ResnetSettings> = {
  name: "resnet8",
  help: "residual network of 3 stages with one basic block each",
  fields: {
    widths: { ...WIDTH, length: 3, default: [16, 32, 64], help: "width of each of the 3 stages" },
  },
};

const FOUR_STAGES: ArchitectureSettings<ResnetSettings>["fields"] = {
  widths: {
    ...WIDTH,
    length: 4,
    nullable: true,
    default: null,
    help: "width of each of the 4 stages; null for 64, 128, 256 and 512",
  },
};

/** Two basic blocks in each of four stages. */
export const RESNET18: ArchitectureSettings<ResnetSettings> = {
  name: "resnet18",
  help: "residual network of 4 stages with 2 basic blocks each",
  fields: FOUR_STAGES,
};

/** Bottleneck blocks in four stages. */
export const RESNET50: ArchitectureSettings<ResnetSettings> = {
  name: "resnet50",
  help: "residual network of 4 stages with 3, 4, 6 and 3 bottleneck blocks",
  fields: FOUR_STAGES,
};
