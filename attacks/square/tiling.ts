/** Tiling of the start images of the Square Attack in L2. */

/** Tiles of one size, side by side in the middle of an image. */
export interface Tiling {
  /** Side of a tile in pixels. */
  readonly side: number;
  readonly down: number;
  readonly across: number;
  /** Rows above and columns left of the first tile. */
  readonly top: number;
  readonly left: number;
}

/**
 * As many tiles as fit, of side max(1, floor(min(height, width) / 5)): 5 x 5 of side 6 from (1, 1) on 32x32.
 *
 * Source: the official AutoAttack. Departures: there the tiles of long images, and of those with room for a sixth, begin
 * where five would and may not fit; here they are in the middle.
 */
export function tiling(height: number, width: number): Tiling {
  const side = Math.max(1, Math.floor(Math.min(height, width) / 5));
  const [down, across] = [Math.floor(height / side), Math.floor(width / side)];
  return {
    side,
    down,
    across,
    top: Math.floor((height - down * side) / 2),
    left: Math.floor((width - across * side) / 2),
  };
}
