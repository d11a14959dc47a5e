import { formatTable } from "../terminal/table.ts";
import type { AttackRecord, EvaluationRecord } from "../records/attack_record.ts";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const seconds = (value: number) => value.toFixed(value < 99.95 ? 1 : 0);

/** A record for people: the evaluation, a table for each radius, failed checks, and diagnostics. */
export function formatAttack(record: AttackRecord): string {
  const { configuration, epsLabel, asked, referenceRadius, weightsFile } = record;
  const { weights, data, norm, version, attacks } = configuration;
  const cascade = attacks === null ? `AutoAttack ${version}` : `${attacks.join(", ")} (as in ${version})`;
  const head = `${weights.arch} of widths ${weights.widths.join(", ")} and ${weights.classes} classes ` +
    `(${weightsFile}) on the first ${data.n} images of ${data.name}\n` +
    `${cascade}, ${norm}, eps ${epsLabel}, seed ${configuration.seed}\n`;
  const { n } = data;
  const parts = [head, evaluationText(asked, { n })];
  if (referenceRadius !== null) {
    if (referenceRadius.apgdEps !== asked.apgdEps) {
      parts.push(evaluationText(referenceRadius, { n, remark: "at these radii, not at the one asked" }));
    }
    parts.push(comparisonTable(asked, referenceRadius, { epsLabel }));
  }
  for (const { name, detail } of record.checks.filter(({ passed }) => !passed)) {
    parts.push(`Did not pass the check ${name}: ${detail}\n`);
  }
  return parts.join("\n");
}

function evaluationText(
  evaluation: EvaluationRecord,
  { n, remark = "" }: { n: number; remark?: string },
): string {
  const { description, cleanAccuracy, robustAccuracy, robustInterval, safety, warnings } = evaluation;
  const rows = evaluation.attacks.map(({ name, eps, attacked, robustAccuracy, safety, seconds: time }) => [
    name,
    String(Number(eps.toPrecision(4))),
    String(attacked),
    percent(robustAccuracy),
    safety.lowestPixel > safety.highestPixel ? "none" : safety.largestPerturbation.toPrecision(4),
    seconds(time),
  ]);
  const table = formatTable(
    [
      { title: "attack" },
      ...["eps", "attacked", "robust after it", "largest perturbation", "seconds"].map((title) => ({
        title,
        align: "right" as const,
      })),
    ],
    [["clean", "", String(n), percent(cleanAccuracy), "", ""], ...rows],
  );
  const [low, high] = robustInterval.map((share) => (100 * share).toFixed(1));
  const { largestPerturbation, lowestPixel, highestPixel, notFinite } = safety;
  const range = lowestPixel > highestPixel ? "none" : `${lowestPixel} to ${highestPixel}`;
  const radius = Math.max(evaluation.eps, ...evaluation.attacks.map(({ eps }) => eps));
  return `${capital(description)}\n${table}\n` +
    `Clean accuracy   ${percent(cleanAccuracy)}\n` +
    `Robust accuracy  ${percent(robustAccuracy)} (95 % interval over images ${low} to ${high} %)${
      remark && ", "
    }${remark}\n` +
    `Images returned: largest perturbation ${largestPerturbation.toPrecision(6)} of ${
      radius.toPrecision(6)
    }, ` +
    `pixels ${range}, ${notFinite} numbers not finite; ` +
    `${seconds(evaluation.seconds)} s in all\n` +
    warnings.map(({ code, message }) => `Warning ${code}: ${message} (docs/attacks.md, Warnings)\n`).join("");
}

/** Both evaluations side by side. */
function comparisonTable(
  asked: EvaluationRecord,
  reference: EvaluationRecord,
  { epsLabel }: { epsLabel: string },
): string {
  const row = (title: string, { description, robustAccuracy, robustInterval, safety }: EvaluationRecord) => [
    title,
    percent(robustAccuracy),
    robustInterval.map((share) => (100 * share).toFixed(1)).join(" to "),
    safety.largestPerturbation.toPrecision(4),
    description,
  ];
  const right = { align: "right" as const };
  return formatTable(
    [
      { title: "evaluation" },
      { title: "robust accuracy", ...right },
      { title: "95 % interval", ...right },
      { title: "largest perturbation", ...right },
      { title: "description" },
    ],
    [
      row(`at the radius asked, ${epsLabel}`, asked),
      row("at the reference code's radius", reference),
    ],
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
