/** The type of architectures: the settings of a network, and the function that makes it. */
import type { Encoder } from "../../engine/nn/model.ts";
import type { Fields } from "../../settings/field.ts";

/** The images that a network is made for. */
export interface ImageShape {
  /** In pixels. */
  readonly height: number;
  readonly width: number;
}

/** An encoder as cells hold it: the name of its architecture and the settings of that. */
export interface EncoderConfig {
  readonly arch: string;
  readonly [key: string]: unknown;
}

/** The settings of an architecture in a preset, in a file of their own: no hash of code covers it. */
export interface ArchitectureSettings<Config> {
  /** Value of the key `arch`. */
  readonly name: string;
  /** A description in a few words. */
  readonly help: string;
  readonly fields: Fields<Config>;
}

/** Makes encoders of an architecture. */
export interface ArchitectureMethod<Config> {
  /**
   * Refuses settings that no network could be made of.
   *
   * @throws {RangeError} If a size does not fit.
   */
  check(config: Config, shape: ImageShape): void;
  /** A new encoder with weights drawn from the seed. */
  create(config: Config, options: ImageShape & { readonly seed: number }): Encoder;
}

/** An architecture of encoders that presets may name. */
export interface Architecture extends ArchitectureSettings<Record<string, unknown>> {
  readonly method: ArchitectureMethod<Record<string, unknown>>;
}

/** An architecture whose settings are no longer told apart by type: they have passed its `fields`. */
export function registerArchitecture<Config>(
  settings: ArchitectureSettings<Config>,
  method: ArchitectureMethod<Config>,
): Architecture {
  return { ...settings, method } as unknown as Architecture;
}
