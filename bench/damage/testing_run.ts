/** A real run of a few small cells, and the checkpoints that they had before they ended. */
import { parsePreset } from "../config/parse_preset.ts";
import { openWorkbench } from "../cells/mod.ts";
import type { OpenWorkbench } from "../plan/cell.ts";
import { canonicalRecord } from "../record/canonical.ts";
import { SILENT } from "../run/progress.ts";
import { run } from "../run/run.ts";

/** A preset with a cell of every kind. */
export const PRESET_TEXT = `
name: tiny
description: for tests
seeds: [0]
dataset: { name: planted, trainSize: 64, testSize: 32, size: 12 }
model: { arch: resnet8, widths: [4, 8, 8] }
training: { epochs: 1, batchSize: 16, lr: 0.05 }
adversarialTraining: { attack: { steps: 1 } }
featureSets: { robust: { steps: 2, count: 32 } }
probe: { epochs: 1, batchSize: 16 }
evaluation:
  batchSize: 32
  attack: { norm: L2, eps: 0.25, steps: 2, restarts: 2 }
  autoAttack: { version: custom, images: 16, iterations: 2, queries: 6 }
examples: 3
`;

/** The cells that run: one of each kind, and the network that the set is made with. */
export const CELLS = {
  train: "sl/natural/seed-0",
  probe: "sl/natural/seed-0/probe",
  attack: "sl/natural/seed-0/attack",
  construct: "construct/robust/seed-0",
} as const;

/** A kind of cell that keeps a state. */
export type Kind = keyof typeof CELLS;

/** A file in the checkpoints of a run. */
export interface KeptState {
  /** Relative to the run folder. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The result of a run of the cells. */
export interface DamageRun {
  readonly exitCode: number;
  /** What must be the same in any run of the cells, by cell, as JSON. */
  readonly records: ReadonlyMap<string, string>;
  /** "run <cell>", "keep <cell>" and notes, in their order. */
  readonly seen: readonly string[];
  /** What each cell that ran had saved when it ended. */
  readonly states: ReadonlyMap<string, KeptState>;
}

/** Runs cells into a folder, or resumes its run; each saves its state whenever it can. */
export async function runCells(
  outDir: string,
  only: readonly string[] = Object.values(CELLS),
): Promise<DamageRun> {
  const seen: string[] = [], states = new Map<string, KeptState>();
  const open: OpenWorkbench = async (preset, options) => {
    const workbench = await openWorkbench(preset, options);
    return {
      ...workbench,
      executeCell: async (cell, context) => {
        const outcome = await workbench.executeCell(cell, context);
        const { path } = context.checkpoint;
        const bytes = await Deno.readFile(path).catch(() => null);
        if (bytes !== null) states.set(cell.name, { path: path.slice(outDir.length + 1), bytes });
        return outcome;
      },
    };
  };
  const preset = parsePreset(PRESET_TEXT, { source: "tiny.yaml" });
  const request = { preset, outDir, dataDir: null, command: "test", only, resume: true };
  const { exitCode, records } = await run(request, {
    openWorkbench: open,
    writeReport: (dir) => Promise.resolve({ path: `${dir}/report.html`, problems: [] }),
    progress: {
      ...SILENT,
      start: ({ name }) => seen.push(`run ${name}`),
      keep: ({ name }) => seen.push(`keep ${name}`),
      note: (text) => seen.push(`note ${text}`),
    },
    signal: new AbortController().signal,
    checkpointPauseMs: 0,
  });
  const canonical = new Map(
    records.map((record) => [record.cell, JSON.stringify(canonicalRecord(record))]),
  );
  return { exitCode, records: canonical, seen, states };
}
