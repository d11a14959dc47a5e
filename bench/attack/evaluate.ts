/** The evaluation itself: from options to a record. */

import { referenceRadius } from "../../attacks/autoattack/reference_radius.ts";
import type { AutoAttackResult } from "../../attacks/autoattack/types.ts";
import { nchwToNhwc } from "../../engine/arrays/layout.ts";
import { toFloat } from "../../datasets/types.ts";
import { codeHashes } from "../plan/cell_key.ts";
import { configHash, gitState, machineInfo, runtimeInfo } from "../record/env.ts";
import { adapterIdentity } from "../adapter/surroundings.ts";
import type { Progress } from "../run/progress.ts";
import type { Artifact } from "../records/mod.ts";
import type { LoadedClassifier } from "./classifier.ts";
import type { AttackDevice } from "./device.ts";
import { type EvaluationFolder, type EvaluationPart, FILES } from "./folder.ts";
import type { TestImages } from "./images.ts";
import type { AttackOptions } from "./options.ts";
import { encodeOutcomes } from "./outcomes.ts";
import { ATTACK_RECORD, type AttackConfiguration, type AttackRecord } from "../records/attack_record.ts";
import { checksOf, isApgd, type Radii, summarise } from "./summarise.ts";

/** Labels of the radii to which the reference code raises smaller ones. */
const RAISED = { L2: "0.6", Linf: "6/255" } as const;

/** The classifier, the images and the device of an evaluation. */
export interface EvaluationTask {
  readonly options: AttackOptions;
  readonly classifier: LoadedClassifier;
  readonly images: TestImages;
  readonly device: AttackDevice;
}

/** Services of an evaluation. */
export interface EvaluationServices {
  readonly folder: EvaluationFolder;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly command: string;
}

/** Everything that decides the bits. */
export async function configurationOf(task: EvaluationTask): Promise<AttackConfiguration> {
  const { options, classifier, images: { set }, device } = task;
  const {
    norm,
    eps,
    version,
    attacks,
    iterations,
    queries,
    seed,
    batchSize,
    referenceRadius,
    officialConstants,
  } = options;
  return {
    weights: classifier.configuration,
    data: { name: set.name, sha256: set.sha256, n: set.count },
    norm,
    eps: eps.value,
    version,
    attacks,
    iterations,
    queries,
    seed,
    batchSize: Math.min(batchSize, set.count),
    referenceRadius,
    officialConstants,
    codeHash: configHash(await codeHashes()),
    adapter: adapterIdentity(device),
    readPath: device.readPath,
  };
}

/** Attacks, and writes outcomes and record into the folder. */
export async function evaluate(
  task: EvaluationTask,
  configuration: AttackConfiguration,
  services: EvaluationServices,
): Promise<AttackRecord> {
  const { options, classifier, images, device } = task, { folder, progress } = services;
  const { norm, eps, saveImages } = options;
  const artifacts: Artifact[] = [];
  const done = async (part: EvaluationPart, radii: Radii) => {
    const result = await attack(task, { part, radii }, services);
    const bytes = encodeOutcomes(result, { set: images.set, images: saveImages });
    artifacts.push(await folder.writeArtifact(FILES.outcomes[part], { kind: "outcomes", bytes }));
    const summary = summarise(result, radii);
    progress.note(
      `${radii.description}: done in ${summary.seconds.toFixed(1)} s`,
    );
    return { summary, checks: checksOf(result, radii) };
  };
  const plain: Radii = {
    norm,
    eps: eps.value,
    apgdEps: eps.value,
    description: `every attack at ${norm} ${eps.label}`,
  };
  const asked = await done("asked", plain);
  const apgdEps = referenceRadius(norm, eps.value);
  let reference: Awaited<ReturnType<typeof done>> | null = null;
  if (options.referenceRadius) {
    const changes = apgdEps > eps.value && asked.summary.attacks.some(({ name }) => isApgd(name));
    const description = changes
      ? `APGD at ${norm} ${RAISED[norm]} as in the reference code, others at ${eps.label}`
      : `as asked: the reference code changes nothing at ${norm} ${eps.label}`;
    reference = changes
      ? await done("referenceRadius", { ...plain, apgdEps, description })
      : { summary: { ...asked.summary, description }, checks: [] };
  }
  const evaluations = [asked.summary, ...(reference === null ? [] : [reference.summary])];
  const record = ATTACK_RECORD.of({
    startedAt: folder.startedAt,
    durationMs: 1000 * evaluations.reduce((sum, { seconds }) => sum + seconds, 0),
    resumedAt: folder.resumedAt,
    command: services.command,
    machine: machineInfo(device.adapter, { driver: device.driver }),
    runtime: runtimeInfo(),
    ...await gitState(),
    variants: device.variants(),
    configuration,
    configHash: configHash({ ...configuration }),
    epsLabel: eps.label,
    weightsFile: classifier.file,
    dataFiles: images.files,
    asked: asked.summary,
    referenceRadius: reference?.summary ?? null,
    checks: [...asked.checks, ...reference?.checks ?? []],
    peakBytes: device.peakBytes(),
    artifacts,
  });
  await folder.finish(record);
  return record;
}

async function attack(
  { options, images: { set }, device }: EvaluationTask,
  { part, radii }: { part: EvaluationPart; radii: Radii },
  { folder, progress, signal }: EvaluationServices,
): Promise<AutoAttackResult> {
  const { norm, version, attacks, iterations, queries, seed, batchSize, referenceRadius, officialConstants } =
    options;
  const { height, width, channels, count } = set;
  progress.start({
    name: "attack",
    index: part === "asked" ? 0 : 1,
    count: referenceRadius ? 2 : 1,
  });
  return await device.attack(
    {
      norm,
      eps: radii.eps,
      ...(radii.apgdEps === radii.eps ? {} : { apgdEps: radii.apgdEps }),
      imageShape: [height, width, channels],
      batchSize: Math.min(batchSize, count),
      seed,
      version,
      ...(attacks === null ? {} : { attacks }),
      iterations,
      queries,
      ...(officialConstants && { officialConstants }),
    },
    {
      images: nchwToNhwc(toFloat(set), [count, channels, height, width]),
      labels: Uint32Array.from(set.labels),
    },
    {
      state: folder.store(part),
      signal,
      onProgress: ({ attack, done, total, correct }) =>
        progress.update({ label: attack, done, total, unit: "images", accuracy: correct / count }),
    },
  );
}
