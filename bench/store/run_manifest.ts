/** The manifest of a run: a new one, or that of a stopped run that resumes. */
import type { CellDescription } from "../plan/cell.ts";
import type { Surroundings } from "../adapter/surroundings.ts";
import type { Preset } from "../config/preset.ts";
import { plainNumbers } from "../record/record.ts";
import type { Place } from "../record/place.ts";
import { RUN_MANIFEST, type RunIdentity, type RunManifest } from "../records/run_manifest.ts";

/** The manifest of a run that begins. */
export function newManifest(
  preset: Preset,
  options: {
    cells: readonly CellDescription[];
    command: string;
    startedAt: Date;
    identity: RunIdentity;
    jobs: number;
    place: Place;
  },
): RunManifest {
  const { cells, command, startedAt, identity, jobs, place } = options;
  return RUN_MANIFEST.of({
    ...place,
    runId: `${preset.name}-${timestamp(startedAt)}-${crypto.randomUUID().slice(0, 8)}`,
    preset: preset.name,
    description: preset.description,
    settings: recordedPreset(preset),
    command,
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    jobs,
    identity,
    cells: cells.map(({ name }) => name),
  });
}

/** The manifest of a resumed run, as it is asked for now. */
export function resumedManifest(
  stopped: RunManifest,
  { preset, cells, identity, startedAt, jobs, place }: {
    preset: Preset;
    cells: readonly CellDescription[];
    identity: RunIdentity;
    startedAt: Date;
    jobs: number;
    place: Place;
  },
): RunManifest {
  return {
    ...stopped,
    ...place,
    description: preset.description,
    settings: recordedPreset(preset),
    identity,
    cells: cells.map(({ name }) => name),
    jobs,
    resumedAt: [...stopped.resumedAt ?? [], startedAt.toISOString()],
  };
}

/** A preset as manifests hold it: numbers are numbers, with their labels. */
export function recordedPreset(preset: Preset): Record<string, unknown> {
  return plainNumbers(preset) as Record<string, unknown>;
}

/** What decides the bits of every record of a run. */
export function identityOf(surroundings: Surroundings, codeHash: string): RunIdentity {
  return { codeHash, ...surroundings };
}

/** A time for names of files: `20260102T030405Z`. */
export function timestamp(at: Date): string {
  return at.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
}
