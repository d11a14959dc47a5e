import { type Fields, isObject } from "../common/is_object.ts";
import { count, list, positiveCount, type Rule, rule, shown, text } from "../bench/records/field_rules.ts";
import { type ExampleImages, type PictureSheets, SCHEMA_VERSION } from "../bench/schema.ts";

function check<T>(kind: string, json: unknown, fields: Readonly<Record<string, Rule>>): T {
  const refuse = (reason: string) => new SyntaxError(`Cannot read ${kind}: ${reason}`);
  if (!isObject(json)) throw refuse("it is not a JSON object");
  if (json.schemaVersion !== SCHEMA_VERSION) {
    throw refuse(`schemaVersion is ${shown(json.schemaVersion)}, known is ${SCHEMA_VERSION}`);
  }
  const faults = Object.entries(fields).flatMap(([name, one]) => one(json[name], name));
  if (faults.length > 0) throw refuse(faults.join("; "));
  return json as T;
}

/**
 * Checks that parsed JSON is an "examples" artifact whose images have the stated size.
 *
 * @throws {SyntaxError} If a field is missing or an image does not hold height x width x 3 bytes.
 */
export function parseExamples(json: unknown): ExampleImages {
  const images = check<ExampleImages>("examples", json, {
    height: count,
    width: count,
    classNames: list(text),
    examples: listOf(
      (e) => [e.source, e.result].every(isString) && [e.label, e.sourceLabel].every(Number.isInteger),
      "labelled pairs of images",
    ),
  });
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
  const isPicture = (p: unknown) =>
    isObject(p) && isString(p.rgb) &&
    [p.height, p.width].every((side) => positiveCount(side, "").length === 0);
  const isRow = (r: unknown) =>
    isObject(r) && isString(r.label) && Array.isArray(r.images) && r.images.every(isPicture);
  const content = check<PictureSheets>("pictures", json, {
    sheets: listOf(
      (s) => [s.title, s.caption].every(isString) && Array.isArray(s.rows) && s.rows.every(isRow),
      "sheets with rows of pictures",
    ),
  });
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

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** A list of objects of which something holds; what is wrong with one of them is not named: they are long. */
function listOf(holds: (item: Fields) => boolean, expected: string): Rule {
  const isList = (value: unknown) =>
    Array.isArray(value) && value.every((item) => isObject(item) && holds(item));
  return rule(isList, `a list of ${expected}`);
}

/** Number of bytes that a base64 text stands for, or -1 where it is none. */
function base64Bytes(text: string): number {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return -1;
  return text.length / 4 * 3 - (text.match(/=*$/)?.[0].length ?? 0);
}
