import type { ParadigmName, ParadigmSettings } from "../paradigms/mod.ts";
import type { CellDescription, ConstructCell, TrainCell } from "./cell.ts";
import { encoderOf, FEATURE_SETS, type Preset, type TrainingConfig } from "./preset.ts";

/**
 * The cells of a preset in an order in which every cell follows its inputs: for each seed the supervised network and
 * the adversarially trained one, the sets constructed with them, then an encoder for each paradigm and set.
 */
export function expand(preset: Preset, seeds: readonly number[] = preset.seeds): CellDescription[] {
  return seeds.flatMap((seed) => cellsOfSeed(preset, seed));
}

/** A paradigm of a preset: its settings and how it is trained. */
interface Recipe {
  readonly settings: ParadigmSettings;
  readonly training: TrainingConfig;
}

/** The paradigms that run, in their order. */
function recipesOf({ model, training, paradigms: { cl, mim, dm } }: Preset): Recipe[] {
  const encoder = encoderOf(model);
  const recipes: Recipe[] = [{ settings: { name: "sl", config: { encoder } }, training }];
  if (cl !== null) {
    const { training, ...config } = cl;
    recipes.push({ settings: { name: "cl", config: { ...config, encoder } }, training });
  }
  if (mim !== null) {
    const { training, ...config } = mim;
    recipes.push({ settings: { name: "mim", config }, training });
  }
  if (dm !== null) {
    const { training, ...config } = dm;
    recipes.push({ settings: { name: "dm", config }, training });
  }
  return recipes;
}

function cellsOfSeed(preset: Preset, seed: number): CellDescription[] {
  const { dataset, model, adversarialTraining, probe, evaluation, examples } = preset;
  const [supervised, ...others] = recipesOf(preset);
  const nameOf = (paradigm: ParadigmName, set: string) => `${paradigm}/${set}/seed-${seed}`;
  const train = (
    { settings, training }: Recipe,
    cell: Pick<TrainCell, "featureSet" | "inputs"> & { name?: string },
    adversary: TrainCell["config"]["adversary"] = null,
  ): TrainCell => ({
    kind: "train",
    name: nameOf(settings.name, cell.featureSet),
    paradigm: settings.name,
    seed,
    ...cell,
    config: { dataset, paradigm: settings.config, training, adversary, probe, evaluation, examples },
  });
  const natural = { featureSet: "natural", inputs: [] } as const;
  const cells: CellDescription[] = [train(supervised, natural)];
  const robust = nameOf("sl", "adversarial");
  if (adversarialTraining !== null) {
    const { attack, ...training } = adversarialTraining;
    cells.push(train({ ...supervised, training }, { ...natural, name: robust }, attack));
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
      inputs: [construction.encoder === "robust" ? robust : nameOf("sl", "natural")],
      config: { dataset, model, construction, examples },
    };
    cells.push(cell);
  }
  const onSets = (recipe: Recipe) =>
    FEATURE_SETS.filter((name) => preset.featureSets[name]?.paradigms.includes(recipe.settings.name)).map((
      name,
    ) => train(recipe, { featureSet: name, inputs: [`construct/${name}/seed-${seed}`] }));
  cells.push(...onSets(supervised));
  for (const recipe of others) cells.push(train(recipe, natural), ...onSets(recipe));
  return cells;
}
