/** The settings of `planted` in a preset. */
import type { Amount } from "../settings/amount.ts";
import type { Fields } from "../settings/field.ts";
import type { DatasetConfig } from "./registered.ts";

/** `planted` in a preset: amounts are kept as they were written. */
export interface PlantedConfig extends DatasetConfig {
  readonly name: "planted";
  /** Height and width in pixels. */
  readonly size: number;
  readonly gratingAmplitude: Amount;
  readonly gratingReliability: number;
  readonly silhouetteReliability: number;
  readonly pixelNoise: Amount;
  readonly seed: number;
}

/** Its keys. */
export const PLANTED_FIELDS: Fields<Omit<PlantedConfig, "name">> = {
  trainSize: {
    kind: "integer",
    min: 10,
    max: 1_000_000,
    default: 4000,
    unit: "images",
    help: "training images",
  },
  testSize: { kind: "integer", min: 10, max: 1_000_000, default: 1000, unit: "images", help: "test images" },
  size: { kind: "integer", min: 12, max: 128, default: 16, unit: "pixels", help: "height and width" },
  gratingAmplitude: {
    kind: "amount",
    min: 0,
    max: 1,
    default: { value: 4 / 255, label: "4/255" },
    unit: "pixel units",
    help: "Linf amplitude of the non-robust cue",
  },
  gratingReliability: {
    kind: "number",
    min: 0,
    max: 1,
    default: 0.7,
    unit: "fraction",
    help: "how often the non-robust cue agrees with the label",
  },
  silhouetteReliability: {
    kind: "number",
    min: 0,
    max: 1,
    default: 0.95,
    unit: "fraction",
    help: "how often the robust cue agrees with the label",
  },
  pixelNoise: {
    kind: "amount",
    min: 0,
    max: 1,
    default: { value: 8 / 255, label: "8/255" },
    unit: "pixel units",
    help: "standard deviation of the noise on each pixel",
  },
  seed: {
    kind: "integer",
    min: 0,
    default: 0,
    unit: "1",
    help: "seed of the images, whatever the seed of a cell",
  },
};
