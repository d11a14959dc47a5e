/** Artifacts that hold images as JSON, without a seal: the record that names one holds its hash. */
import { count, faultsOf, type Infer, list, object, positiveCount, refine, rule, text } from "./rules.ts";

/** The version of both artifacts, in their field `schemaVersion`. */
export const IMAGES_VERSION = 1;

const schemaVersion = rule<number>(
  (value) => value === IMAGES_VERSION,
  `${IMAGES_VERSION}, the known version`,
);
const label = rule<number>(Number.isInteger, "a whole number");

/** Pixels are 8-bit RGB, row by row, base64. */
const examples = refine(
  object({
    schemaVersion,
    height: count,
    width: count,
    classNames: list(text),
    examples: list(object({
      /** The label the image carries in the constructed set. */
      label,
      /** The class of the image it started from. */
      sourceLabel: label,
      source: text,
      result: text,
    })),
  }),
  ({ height, width, examples }) =>
    examples.flatMap((example, i) =>
      (["source", "result"] as const).flatMap((side) =>
        sizeFaults(`.examples[${i}].${side}`, { rgb: example[side], height, width })
      )
    ),
);

/** Pixels are 8-bit RGB, row by row, base64. */
const picture = object({ height: positiveCount, width: positiveCount, rgb: text });

const pictures = refine(
  object({
    schemaVersion,
    sheets: list(object({
      title: text,
      caption: text,
      rows: list(object({ label: text, images: list(picture) })),
    })),
  }),
  ({ sheets }) =>
    sheets.flatMap(({ rows }, s) =>
      rows.flatMap(({ images }, r) =>
        images.flatMap((image, i) => sizeFaults(`.sheets[${s}].rows[${r}].images[${i}].rgb`, image))
      )
    ),
);

/** An "examples" artifact: sources and results of a constructed set, or images of a data set. */
export type ExampleImages = Infer<typeof examples>;

/** A source image and the image constructed from it. */
export type ExampleImage = ExampleImages["examples"][number];

/** A "pictures" artifact: inputs and outputs of a paradigm, for people to look at. */
export type PictureSheets = Infer<typeof pictures>;

/** One figure: rows of small images, such as masked images above their reconstructions. */
export type PictureSheet = PictureSheets["sheets"][number];

/** A small image. */
export type RecordedPicture = Infer<typeof picture>;

/**
 * Checks that parsed JSON is an "examples" artifact whose images have the stated size.
 *
 * @throws {SyntaxError} If a field is missing or an image does not hold height x width x 3 bytes.
 */
export function parseExamples(json: unknown): ExampleImages {
  refuse("examples", faultsOf(examples, json));
  return json as ExampleImages;
}

/**
 * Checks that parsed JSON is a "pictures" artifact whose images have the stated sizes.
 *
 * @throws {SyntaxError} If a field is missing or an image does not hold height x width x 3 bytes.
 */
export function parsePictures(json: unknown): PictureSheets {
  refuse("pictures", faultsOf(pictures, json));
  return json as PictureSheets;
}

/** The first faults: an artifact can have a thousand. */
function refuse(kind: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new SyntaxError(`Cannot read ${kind}: ${faults.slice(0, 3).join("; ")}`);
}

function sizeFaults(
  path: string,
  { rgb, height, width }: { rgb: string; height: number; width: number },
): string[] {
  const found = base64Bytes(rgb), expected = height * width * 3;
  return found === expected
    ? []
    : [`${path} holds ${found} bytes, ${height} x ${width} x 3 = ${expected} expected`];
}

/** Number of bytes that a base64 text stands for, or -1 for another text. */
function base64Bytes(text: string): number {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return -1;
  return text.length / 4 * 3 - (text.match(/=*$/)?.[0].length ?? 0);
}
