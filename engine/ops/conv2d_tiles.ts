import type { ConvSizes } from "./conv2d_sizes.ts";
export interface ForwardTile { readonly name: string; readonly rows: number; readonly columns: number; readonly outputs: number }
export interface GradInputTile { readonly name: string; readonly columns: number; readonly outputs: number }
export function forwardTiles(_s: unknown): ForwardTile[] { return [{ name: "1x8x8", rows: 1, columns: 8, outputs: 8 }]; }
export function stridedTiles(_s: ConvSizes): GradInputTile[] { return [{ name: "4x8", columns: 4, outputs: 8 }]; }
export interface GradWeightsTile { readonly name: string; readonly outputs: number; readonly inputs: number; readonly taps: number; readonly step: number }
export function gradWeightsTiles({ KW, C, O }: ConvSizes): GradWeightsTile[] { return [{ name: "8x8", taps: KW <= 3 ? KW : 1, outputs: O > 4 ? 8 : 4, inputs: C > 4 ? 8 : 4, step: 2 }]; }
