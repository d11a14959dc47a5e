/** Residual networks as encoders. */
import {
  checkResnet,
  type ResnetArch,
  resnetEncoder,
  type ResnetEncoderConfig,
} from "../../engine/nn/resnet.ts";
import type { ArchitectureMethod } from "./types.ts";

type Config = Omit<ResnetEncoderConfig, "arch" | "widths"> & { readonly widths?: readonly number[] | null };

/** One of the residual networks; without widths it has those of the published network. */
export function resnetMethod(arch: ResnetArch): ArchitectureMethod<Config> {
  const full = ({ widths, ...rest }: Config): ResnetEncoderConfig => ({
    arch,
    ...rest,
    ...(widths && { widths }),
  });
  return {
    check: (config) => checkResnet(full(config)),
    create: (config, { seed }) => resnetEncoder(full(config), { seed }),
  };
}
