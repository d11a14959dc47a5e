import { assertEquals } from "@std/assert";
import { groupOverSeeds } from "../groups.ts";
import { AUTO_ATTACK, makeRun, makeTrained } from "../testing.ts";
import { robustnessColumns } from "./_robustness_columns.ts";

const groupsOf = (...records: Parameters<typeof makeRun>[0]) => groupOverSeeds(makeRun(records), "train");
const natural = (seed: number, auto?: number) =>
  makeTrained("natural", { seed, clean: 0.6, robust: 0.05, ...(auto !== undefined && { auto }) });
const PGD = "PGD, L2, eps 0.25, 20 steps, 1 restart";

Deno.test("robustnessColumns() has AutoAttack first, between clean accuracy and PGD on the same images, then PGD on all", () => {
  const groups = groupsOf(natural(0, 0.01), natural(1, 0.03));
  const columns = robustnessColumns(groups);
  assertEquals(columns.map(({ name, note, key }) => [name, note, key]), [
    ["Clean accuracy, attacked images", "first 128 test images", "attackedCleanAccuracy"],
    [
      "Robust accuracy: AutoAttack",
      "AutoAttack standard, L2, eps 0.25; first 128 test images, standard error up to 4.4 points",
      "autoAttackAccuracy",
    ],
    ["PGD on the same images", PGD, "pgdAccuracy"],
    ["Accuracy under PGD", `${PGD}; all 1000 test images`, "robustAccuracy"],
  ]);
  assertEquals(columns.map(({ value }) => Number(value(groups[0])?.mean.toFixed(6))), [
    0.62,
    0.02,
    0.05,
    0.05,
  ]);
});

Deno.test("robustnessColumns() has PGD alone where AutoAttack was not run", () => {
  const columns = robustnessColumns(groupsOf(natural(0)));
  assertEquals(columns.map(({ name, note }) => [name, note]), [["Robust accuracy", PGD]]);
});

Deno.test("robustnessColumns() keeps settings of AutoAttack apart, and shows no name that is not theirs", () => {
  const own = natural(0, 0.2), { attack } = own.config.evaluation as { attack: unknown };
  const autoAttack = { ...AUTO_ATTACK, version: "custom", attacks: ["apgd-ce"], iterations: 5, images: 64 };
  const quick = { ...own, config: { ...own.config, evaluation: { attack, autoAttack } } };
  const groups = groupsOf(quick, makeTrained("robust", { seed: 0, clean: 0.4, robust: 0.1, auto: 0.1 }));
  const columns = robustnessColumns(groups).filter(({ name }) => name.includes("AutoAttack"));
  const [first, second] = columns.map(({ note }) => note);
  assertEquals(
    first,
    "AutoAttack, non-standard settings (apgd-ce, 5 iterations), L2, eps 0.25; first 64 test images, " +
      "standard error up to 6.3 points",
  );
  assertEquals(second.startsWith("AutoAttack standard, "), true);
  assertEquals(new Set(columns.map(({ key }) => key)).size, 2);
  assertEquals(columns.map(({ value }) => groups.map((group) => value(group)?.mean ?? null)), [
    [0.2, null],
    [null, 0.1],
  ]);
});
