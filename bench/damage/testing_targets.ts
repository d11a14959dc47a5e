/** Files that this suite reads back, each with what reading it comes to. */
import { cifar10 } from "../../datasets/cifar10.ts";
import { CIFAR10_CLASS_FILE, CIFAR10_CLASSES, CIFAR10_FILES } from "../../datasets/cifar10_release.ts";
import { loadCheckpoint } from "../../engine/files/checkpoint.ts";
import { stream } from "../../common/random.ts";
import { loadRun } from "../../reports/mod.ts";
import { readClassifier } from "../attack/classifier.ts";
import { surroundingsOf } from "../adapter/surroundings.ts";
import { restoreOutput } from "../cells/restore.ts";
import { loadPreset } from "../config/load_preset.ts";
import type { Preset } from "../config/preset.ts";
import { codeHashes, keysOf } from "../plan/cell_key.ts";
import { expand } from "../plan/plan.ts";
import type { CellRecord } from "../records/mod.ts";
import { canonicalJson } from "../../common/canonical_json.ts";
import { CheckpointFile } from "../store/checkpoint_file.ts";
import { hashTensors } from "../../engine/files/hash_tensors.ts";
import { recordPath } from "../store/run_files.ts";
import { recordedPreset } from "../store/run_manifest.ts";
import { FAKE_ADAPTER } from "../testing.ts";
import { CELLS, type KeptState, PRESET_TEXT } from "./testing_run.ts";

/** What was read. */
export interface Read {
  /** All that a number could depend on, as text. */
  readonly content: string;
  /** What of it shows in keys and records. Default: nothing, the content may not change. */
  readonly known?: string;
}

/** A file that is read back. */
export interface DamageTarget {
  readonly name: string;
  readonly path: string;
  /** How often it is damaged. Default: 200. */
  readonly times?: number;
  /** Reads it, or what it belongs to; null where it is named and left out. Anything but a plain refusal is a fault. */
  read(): Promise<Read | null>;
}

/** All targets. `dir` holds a finished run in `run/`; `states` are what its cells had saved. */
export async function makeTargets(
  dir: string,
  states: ReadonlyMap<string, KeptState>,
): Promise<DamageTarget[]> {
  const run = `${dir}/run`;
  return [
    ...await runTargets(run),
    ...await stateTargets(dir, states),
    ...await artifactTargets(run),
    weightsTarget(`${dir}/weights.safetensors`, `${run}/artifacts/${CELLS.train}/weights.safetensors`),
    await presetTarget(`${dir}/preset.yaml`),
    ...await cifarTargets(`${dir}/cifar10`),
  ];
}

const json = (value: unknown) => JSON.stringify(value);

/** Manifest, records and pictures, as a page reads them: a file that cannot be used is named, and takes no other along. */
async function runTargets(run: string): Promise<DamageTarget[]> {
  const { records } = await loadRun(run);
  const others = (network: string, found: typeof records) =>
    found.filter(({ record }) => !record.cell.startsWith(network))
      .map(({ record: { cell, status, metrics } }) => canonicalJson([cell, status, metrics])).sort()
      .join("\n");
  // A network's record stands for those of its parts.
  const files = Object.values(CELLS).map((cell) => [recordPath(cell), cell.replace(/\/(probe|attack)$/, "")]);
  const pictures = records.flatMap(({ record }) => record.artifacts)
    .filter(({ kind }) => kind === "examples" || kind === "pictures").map(({ path }) => path);
  return [...files, ...["run.json", ...pictures].map((path) => [path, "none"])].map(([path, network]) => ({
    name: path,
    path: `${run}/${path}`,
    read: async () => {
      const found = await loadRun(run);
      if (others(network, found.records) !== others(network, records)) {
        throw new Error(`another record than ${path} is lost`);
      }
      if (found.problems.length > 0) return null;
      return { content: json([found.manifest, found.records, found.examples, found.pictures]) };
    },
  }));
}

/** Checkpoints of trainings, and states of other cells: set aside where they are not what was saved. */
async function stateTargets(dir: string, states: ReadonlyMap<string, KeptState>): Promise<DamageTarget[]> {
  const targets: DamageTarget[] = [];
  for (const [kind, cell] of Object.entries(CELLS)) {
    const path = `${dir}/${kind}.safetensors`;
    await Deno.writeFile(path, states.get(cell)!.bytes);
    const open = () => new CheckpointFile(path, { note: () => {} });
    targets.push({
      name: `state of ${cell}`,
      path,
      read: async () => {
        if (kind !== "train") {
          const kept = await open().loadState((kept) => kept);
          return kept && { content: json([kept.state, hashTensors(kept.tensors)]) };
        }
        const history = await open().load();
        return history && { content: json([history, hashTensors((await loadCheckpoint(path)).tensors)]) };
      },
    });
  }
  return targets;
}

/** Weights, probe and set of finished cells, as cells that need them read them. */
async function artifactTargets(run: string): Promise<DamageTarget[]> {
  const cells = new Map(expand(await loadTiny()).map((cell) => [cell.name, cell]));
  const targets: DamageTarget[] = [];
  for (const name of [CELLS.train, CELLS.probe, CELLS.construct]) {
    const record = JSON.parse(await Deno.readTextFile(`${run}/${recordPath(name)}`)) as CellRecord;
    for (const { kind, path } of record.artifacts) {
      if (!["weights", "probe", "feature-set", "manifest"].includes(kind)) continue;
      const read = async () => {
        const output = await restoreOutput(cells.get(name)!, record, { runDir: run });
        return { content: contentOf(output) };
      };
      targets.push({ name: path, path: `${run}/${path}`, read });
    }
  }
  return targets;
}

function contentOf(output: Awaited<ReturnType<typeof restoreOutput>>): string {
  if ("weights" in output) return hashTensors(output.weights);
  return "sha256" in output ? json([output.sha256, output.classNames]) : hashTensors(output);
}

/** A network from elsewhere: nothing says what it should be, so its hash shows in the record. */
function weightsTarget(path: string, from: string): DamageTarget {
  Deno.copyFileSync(from, path);
  return {
    name: "weights",
    path,
    read: async () => {
      const options = { arch: "resnet8", mean: null, std: null, note: () => {} } as const;
      const { tensors, configuration: { sha256, ...rest } } = await readClassifier(path, options);
      return { content: json([rest, hashTensors(tensors)]), known: sha256 };
    },
  };
}

async function loadTiny(): Promise<Preset> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(path, PRESET_TEXT);
  const preset = await loadPreset(path);
  await Deno.remove(path);
  return preset;
}

/** A preset: whatever its cells are computed from is part of their keys. */
async function presetTarget(path: string): Promise<DamageTarget> {
  await Deno.writeTextFile(path, PRESET_TEXT);
  const code = await codeHashes();
  const workbench = {
    dataset: { name: "planted", sha256: "0" },
    adapter: FAKE_ADAPTER,
    driver: null,
    readPath: "buffer" as const,
  };
  return {
    name: "preset",
    path,
    read: async () => {
      const preset = await loadPreset(path),
        { name: _, description: __, dataset, ...settings } = recordedPreset(preset);
      const keys = keysOf(expand(preset), { code, ...surroundingsOf(workbench) });
      // Data have a hash of their own.
      return {
        content: json([settings, dataset]),
        known: json([[...keys].map(([name, { key }]) => [name, key]), dataset]),
      };
    },
  };
}

/** Images: any file that is not the one that was, has another hash. */
async function cifarTargets(folder: string): Promise<DamageTarget[]> {
  const draws = stream(0, "images for tests"), recordsPerFile = 4;
  await Deno.mkdir(folder);
  for (const [i, name] of CIFAR10_FILES.entries()) {
    const bytes = Uint8Array.from(
      { length: recordsPerFile * 3073 },
      (_, at) => at % 3073 === 0 ? draws.below(10, { step: i, example: at }) : at % 251,
    );
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
  await Deno.writeTextFile(`${folder}/${CIFAR10_CLASS_FILE}`, CIFAR10_CLASSES.join("\n"));
  return [CIFAR10_FILES[0], CIFAR10_FILES[5], CIFAR10_CLASS_FILE].map((name) => ({
    name,
    path: `${folder}/${name}`,
    read: async () => {
      const { train, test, files, sha256 } = await cifar10(folder, { recordsPerFile });
      const content = [train, test].map(({ images, labels, classNames }) =>
        json([
          classNames,
          hashTensors(
            new Map([
              ["images", { dtype: "U8", shape: [images.length], data: images as Uint8Array<ArrayBuffer> }],
              ["labels", { dtype: "U8", shape: [labels.length], data: Uint8Array.from(labels) }],
            ]),
          ),
        ])
      );
      return { content: content.join(), known: json([sha256, files]) };
    },
  }));
}
