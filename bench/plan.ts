import type { CellDescription, ConstructCell, TrainCell } from "./cell.ts";
import { FEATURE_SETS, type Preset } from "./preset.ts";

/**
 * The cells of a preset in an order in which every cell follows its inputs: for each seed the natural and the
 * adversarially trained network, then the constructed sets, then a network on each set.
 */
export function expand(preset: Preset, seeds: readonly number[] = preset.seeds): CellDescription[] {
  return seeds.flatMap((seed) => cellsOfSeed(preset, seed));
}

function cellsOfSeed(preset: Preset, seed: number): CellDescription[] {
  const { dataset, model, training, adversarialTraining, probe, evaluation, examples } = preset;
  const standard = `sl/natural/seed-${seed}`;
  const robust = `sl/adversarial/seed-${seed}`;
  const train = (
    cell: Pick<TrainCell, "name" | "featureSet" | "inputs">,
    how: Pick<TrainCell["config"], "training" | "adversary">,
  ): TrainCell => ({
    kind: "train",
    paradigm: "sl",
    seed,
    ...cell,
    config: { dataset, model, ...how, probe, evaluation },
  });

  const plain = { training, adversary: null };
  const cells: CellDescription[] = [train({ name: standard, featureSet: "natural", inputs: [] }, plain)];
  if (adversarialTraining !== null) {
    const { attack, ...rest } = adversarialTraining;
    cells.push(
      train({ name: robust, featureSet: "natural", inputs: [] }, { training: rest, adversary: attack }),
    );
  }
  const sets = FEATURE_SETS.flatMap((name): ConstructCell[] => {
    const construction = preset.featureSets[name];
    if (construction === undefined) return [];
    return [{
      kind: "construct",
      name: `construct/${name}/seed-${seed}`,
      paradigm: null,
      featureSet: name,
      seed,
      inputs: [construction.encoder === "robust" ? robust : standard],
      config: { dataset, model, construction, examples },
    }];
  });
  const onSets = sets.map((set) =>
    train(
      { name: `sl/${set.featureSet}/seed-${seed}`, featureSet: set.featureSet, inputs: [set.name] },
      plain,
    )
  );
  return [...cells, ...sets, ...onSets];
}
