import {
  type CellRecord,
  type ExampleImages,
  type PictureSheets,
  type RunManifest,
  SCHEMA_VERSION,
} from "../bench/schema.ts";
import { Check, type Fields, isObject } from "./check_shape.ts";

const isString = (value: unknown) => typeof value === "string";

function open(kind: string, json: unknown): Fields {
  if (!isObject(json)) throw new SyntaxError(`Cannot read ${kind}: it is not a JSON object`);
  if (json.schemaVersion !== SCHEMA_VERSION) {
    throw new SyntaxError(
      `Cannot read ${kind}: schemaVersion is ${
        JSON.stringify(json.schemaVersion)
      }, known is ${SCHEMA_VERSION}`,
    );
  }
  return json;
}

function finish(kind: string, check: Check): void {
  if (check.faults.length > 0) throw new SyntaxError(`Cannot read ${kind}: ${check.faults.join("; ")}`);
}

function checkMetrics(metrics: unknown, check: Check): void {
  if (!isObject(metrics)) return;
  for (const [name, metric] of Object.entries(metrics)) {
    if (!isObject(metric) || !Number.isFinite(metric.value) || typeof metric.unit !== "string") {
      check.faults.push(`metrics.${name} has no finite value with a unit`);
    } else if (metric.unit === "fraction" && (Number(metric.value) < 0 || Number(metric.value) > 1)) {
      check.faults.push(`metrics.${name} is a fraction outside [0, 1], got ${metric.value}`);
    } else if (metric.samples !== undefined && !isNumbers(metric.samples)) {
      check.faults.push(`metrics.${name}.samples is not a list of finite numbers`);
    }
  }
  const [curve, epochs] = ["probeCurve", "probeCurveEpochs"].map((name) => lengthOfSamples(metrics[name]));
  if (curve !== epochs) {
    check.faults.push(`metrics.probeCurve has ${curve} samples, probeCurveEpochs ${epochs}`);
  }
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isFinite(item));
}

function lengthOfSamples(metric: unknown): number {
  return isObject(metric) && Array.isArray(metric.samples) ? metric.samples.length : 0;
}

/**
 * Checks that parsed JSON is a cell's record.
 *
 * @throws {SyntaxError} If a field is missing, has the wrong type, or an accuracy lies outside [0, 1];
 * the message names every fault.
 */
export function parseRecord(json: unknown): CellRecord {
  const fields = open("record", json);
  const check = new Check(fields);
  check.string("runId", "suite", "benchmark", "benchmarkVersion", "configHash", "kernelVariant", "startedAt");
  check.number("seed", "durationMs");
  check.object("config", "dataset", "machine", "runtime", "metrics");
  check.oneOf("kind", ["train", "probe", "attack", "construct", "perf"]);
  check.oneOf("status", ["ok", "failed", "skipped", "quick"]);
  check.oneOf("paradigm", ["sl", "cl", "mim", "dm", null]);
  check.oneOf("training", ["standard", "adversarial", null, undefined]);
  if (fields.featureSet !== null) check.string("featureSet");
  if (fields.reason !== null) check.string("reason");
  if (fields.kernelChoices !== undefined) {
    check.object("kernelChoices");
    if (!Object.values(fields.kernelChoices ?? {}).every(isString)) {
      check.faults.push("kernelChoices does not name a way of computing for each operation");
    }
  }
  if (fields.reusedFrom !== undefined) check.string("reusedFrom");
  if (fields.jobs !== undefined && !(Number.isInteger(fields.jobs) && Number(fields.jobs) >= 1)) {
    check.faults.push(`jobs is not a whole number from 1, got ${JSON.stringify(fields.jobs)}`);
  }
  check.list("warnings", isString, "strings");
  check.list("checks", (c) => isObject(c) && isString(c.name) && isString(c.detail), "checks");
  check.list("artifacts", (a) => isObject(a) && [a.kind, a.path, a.sha256].every(isString), "artifacts");
  if (isObject(fields.machine) && !isObject(fields.machine.adapter)) {
    check.faults.push("machine has no adapter");
  }
  checkMetrics(fields.metrics, check);
  finish("record", check);
  return fields as unknown as CellRecord;
}

/**
 * Checks that parsed JSON is a run's manifest.
 *
 * @throws {SyntaxError} If a field is missing or has the wrong type.
 */
export function parseManifest(json: unknown): RunManifest {
  const fields = open("run.json", json);
  const check = new Check(fields);
  check.string("runId", "suite", "description", "command", "startedAt");
  check.number("durationMs");
  check.object("preset");
  check.list("cells", isString, "cell names");
  finish("run.json", check);
  return fields as unknown as RunManifest;
}

/**
 * Checks that parsed JSON is an "examples" artifact whose images have the stated size.
 *
 * @throws {SyntaxError} If a field is missing or an image does not hold height x width x 3 bytes.
 */
export function parseExamples(json: unknown): ExampleImages {
  const fields = open("examples", json);
  const check = new Check(fields);
  check.number("height", "width");
  check.list("classNames", isString, "class names");
  check.list(
    "examples",
    (e) =>
      isObject(e) && isString(e.source) && isString(e.result) &&
      [e.label, e.sourceLabel].every(Number.isInteger),
    "labelled pairs of images",
  );
  finish("examples", check);
  const images = fields as unknown as ExampleImages;
  const size = images.height * images.width * 3;
  images.examples.forEach((example, index) => {
    for (const side of ["source", "result"] as const) {
      if (base64Bytes(example[side]) === size) continue;
      throw new SyntaxError(
        `Cannot read examples: ${side} ${index} holds ${base64Bytes(example[side])} bytes, ` +
          `${images.height} x ${images.width} x 3 = ${size} expected`,
      );
    }
  });
  return images;
}

/**
 * Checks that parsed JSON is a "pictures" artifact whose images have the stated sizes.
 *
 * @throws {SyntaxError} If a field is missing or an image does not hold height x width x 3 bytes.
 */
export function parsePictures(json: unknown): PictureSheets {
  const fields = open("pictures", json);
  const check = new Check(fields);
  const isPicture = (p: unknown) =>
    isObject(p) && isString(p.rgb) &&
    [p.height, p.width].every((side) => Number.isInteger(side) && Number(side) > 0);
  const isRow = (r: unknown) =>
    isObject(r) && isString(r.label) && Array.isArray(r.images) && r.images.every(isPicture);
  check.list(
    "sheets",
    (s) =>
      isObject(s) && isString(s.title) && isString(s.caption) && Array.isArray(s.rows) && s.rows.every(isRow),
    "sheets with rows of pictures",
  );
  finish("pictures", check);
  const content = fields as unknown as PictureSheets;
  for (const { title, rows } of content.sheets) {
    for (const { label, images } of rows) {
      images.forEach(({ height, width, rgb }, index) => {
        if (base64Bytes(rgb) === height * width * 3) return;
        throw new SyntaxError(
          `Cannot read pictures: ${title}, ${label} ${index} holds ${base64Bytes(rgb)} bytes, ` +
            `${height} x ${width} x 3 = ${height * width * 3} expected`,
        );
      });
    }
  }
  return content;
}

/** Number of bytes that a base64 text stands for, or -1 where it is none. */
function base64Bytes(text: string): number {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return -1;
  return text.length / 4 * 3 - (text.match(/=*$/)?.[0].length ?? 0);
}
