/** Checks the sizes of a U-Net. */

import type { UnetConfig } from "./unet.ts";

/** Names of a U-Net's blocks: `in_1` ... on the way down, `mid`, `out_1` ... on the way up. */
export function unetBlockNames(
  { multipliers, blocks }: Pick<UnetConfig, "multipliers" | "blocks">,
): string[] {
  const names = (prefix: string, perLevel: number) =>
    Array.from({ length: multipliers.length * perLevel }, (_, i) => `${prefix}_${i + 1}`);
  return [...names("in", blocks), "mid", ...names("out", blocks + 1)];
}

/**
 * Checks the configuration of a U-Net.
 *
 * @throws {RangeError} If a count is not a positive integer, the image cannot be halved often enough, an attention
 * level does not exist, or groups or heads do not divide a width.
 */
export function checkUnet(config: UnetConfig): void {
  const { height, width, channels, base, multipliers, blocks, attentionLevels, heads, dropout, groups } =
    config;
  const fail = (reason: string): never => {
    throw new RangeError(`Cannot make U-Net: ${reason}`);
  };
  const counts = { height, width, channels, base, blocks, heads, groups };
  for (
    const [name, count] of [
      ...Object.entries(counts),
      ...multipliers.map((m) => ["multipliers", m] as const),
    ]
  ) {
    if (!Number.isSafeInteger(count) || count < 1) {
      fail(`${name} must be whole numbers from 1 up, got ${count}`);
    }
  }
  if (multipliers.length === 0) fail("multipliers must name at least one level, got none");
  if (base % 2 !== 0 || base < 4) fail(`base must be even and from 4 up, got ${base}`);
  if (!(dropout >= 0 && dropout < 1)) fail(`dropout must lie in [0, 1), got ${dropout}`);
  const levels = multipliers.length, divisor = 2 ** (levels - 1);
  if (height % divisor !== 0 || width % divisor !== 0) {
    fail(`${levels} levels need a size divisible by ${divisor}, the images are ${height} x ${width}`);
  }
  for (const level of attentionLevels) {
    if (Number.isInteger(level) && level >= 0 && level < levels) continue;
    fail(`attention level ${level} does not exist, levels are ${multipliers.map((_, i) => i).join(", ")}`);
  }
  const attended = [...attentionLevels, levels - 1].map((level) => base * multipliers[level]);
  for (
    const [name, divisor, widths] of [
      ["groups", groups, [base, ...multipliers.map((m) => base * m)]],
      ["heads", heads, attended],
    ] as const
  ) {
    const bad = widths.find((width) => width % divisor !== 0);
    if (bad !== undefined) fail(`${name} must divide every width, got ${divisor} for a width of ${bad}`);
  }
}
