import { paradigmOf } from "../../paradigms/registry.ts";
import { type Recipe, recipesOf } from "../config/parse_paradigms.ts";
import { FEATURE_SETS, type Preset } from "../config/preset.ts";
import type { AttackCell, CellDescription, ConstructCell, ProbeCell, TrainCell } from "./cell.ts";
import { curveEpochs } from "./curve_epochs.ts";

/**
 * The cells of a preset in an order in which every cell follows its inputs: for each seed the network of the first paradigm and
 * the adversarially trained one, the sets constructed with them, then an encoder for each paradigm and set. Behind each
 * network come its probe (`<network>/probe`), if there is one, and its attack (`<network>/attack`).
 */
export function expand(preset: Preset, seeds: readonly number[] = preset.seeds): CellDescription[] {
  return seeds.flatMap((seed) => cellsOfSeed(preset, seed));
}

function cellsOfSeed(preset: Preset, seed: number): CellDescription[] {
  const { dataset, model, adversarialTraining, examples } = preset;
  const [first, ...others] = recipesOf(preset);
  const nameOf = (paradigm: string, set: string) => `${paradigm}/${set}/seed-${seed}`;
  const train = (
    { paradigm, config, training }: Recipe,
    cell: Pick<TrainCell, "featureSet" | "inputs"> & { name?: string },
    adversary: TrainCell["config"]["adversary"] = null,
  ): CellDescription[] => {
    const network: TrainCell = {
      kind: "train",
      name: nameOf(paradigm.name, cell.featureSet),
      paradigm: paradigm.name,
      seed,
      training: adversary === null ? "standard" : "adversarial",
      ...cell,
      config: {
        dataset,
        paradigm: config,
        paradigmLabel: paradigm.label,
        training,
        adversary,
        snapshots: curveOf(preset, { training, adversary }).slice(1, -1),
        examples,
      },
    };
    return [network, ...judgesOf(preset, network)];
  };
  const natural = { featureSet: "natural", inputs: [] } as const;
  const cells: CellDescription[] = train(first, natural);
  const robust = nameOf(first.paradigm.name, "adversarial");
  if (adversarialTraining !== null) {
    const { attack, ...training } = adversarialTraining;
    cells.push(...train({ ...first, training }, { ...natural, name: robust }, attack));
  }
  for (const name of FEATURE_SETS) {
    const set = preset.featureSets[name];
    if (set === undefined) continue;
    const { paradigms: _, ...construction } = set;
    const cell: ConstructCell = {
      kind: "construct",
      name: `construct/${name}/seed-${seed}`,
      paradigm: null,
      featureSet: name,
      seed,
      inputs: [construction.encoder === "robust" ? robust : nameOf(first.paradigm.name, "natural")],
      config: { dataset, model, construction, examples },
    };
    cells.push(cell);
  }
  const onSets = (recipe: Recipe) =>
    FEATURE_SETS.filter((name) => preset.featureSets[name]?.paradigms.includes(recipe.paradigm.name))
      .flatMap((name) => train(recipe, { featureSet: name, inputs: [`construct/${name}/seed-${seed}`] }));
  cells.push(...onSets(first));
  for (const recipe of others) cells.push(...train(recipe, natural), ...onSets(recipe));
  return cells;
}

/** Epochs that a network is probed after: none where the preset asks for no curve or trains adversarially. */
function curveOf(
  { probe }: Preset,
  { training, adversary }: Pick<TrainCell["config"], "training" | "adversary">,
) {
  if (probe === null || probe.curvePoints === 0 || adversary !== null) return [];
  return curveEpochs(training.epochs, probe.curvePoints);
}

/** The cells that judge a network: its probe, and the attack on what classifies. */
function judgesOf(preset: Preset, network: TrainCell): (ProbeCell | AttackCell)[] {
  const { dataset, probe, evaluation } = preset, { name, seed, paradigm, featureSet, training } = network;
  const common = { seed, paradigm, featureSet, training };
  const cells: (ProbeCell | AttackCell)[] = [];
  if (probe !== null) {
    const { curvePoints: _, ...settings } = probe;
    cells.push({
      kind: "probe",
      name: `${name}/probe`,
      ...common,
      inputs: probe.data === "same" ? [name, ...network.inputs] : [name],
      config: {
        dataset,
        paradigm: network.config.paradigm,
        paradigmLabel: network.config.paradigmLabel,
        probe: {
          ...settings,
          untrained: probe.untrained && featureSet === "natural" && training === "standard",
        },
        curve: curveOf(preset, network.config),
        batchSize: evaluation.batchSize,
      },
    });
  }
  cells.push({
    kind: "attack",
    name: `${name}/attack`,
    ...common,
    inputs: paradigmOf(paradigm).classifies ? [name] : [name, `${name}/probe`],
    config: {
      dataset,
      paradigm: network.config.paradigm,
      paradigmLabel: network.config.paradigmLabel,
      evaluation,
    },
  });
  return cells;
}
