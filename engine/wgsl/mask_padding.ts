/** Clears the padding of rows in a kernel.
 *
 * @module
 */

/** WGSL for a vec4 with zeros where vec4 `i` holds padding. */
export function maskPadding(value: string, { row, tail }: { row: number; tail: number }): string {
  const last = `vec4<bool>(i % ${row}u == ${row - 1}u)`;
  return `select(${value}, vec4<f32>(0.0), ${last} & (vec4<u32>(0u, 1u, 2u, 3u) >= vec4<u32>(${tail}u)))`;
}
