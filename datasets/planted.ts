/**
 * `planted`: images with two known cues, made from a seed. It calibrates the instrument: accuracy on the splits
 * with one cue only says which cue an encoder uses.
 *
 * An image is a dark plain of random colour with 1/f noise, a brighter flat silhouette, a grating and pixel noise:
 * - robust cue: a large silhouette, one of ten shapes per class, of random colour, position, scale and rotation;
 * - non-robust cue: a grating of fixed size in every pixel, faint at a few /255, of random phase, one wave and
 *   colour per class ({@linkcode GRATINGS}). Mirroring and shifting an image leave its class.
 *
 * Why just so, and what networks take up: docs/planted.md.
 *
 * Reliability r of a cue: with probability r it shows the label's class, else a uniformly random other class; the
 * two cues err independently. In the splits with one cue only, that cue always shows the label and the other one is
 * absent. Example i of the three test splits shares background, placement and noise.
 *
 * Pixels are rounded to bytes, as in natural images. Labels are 0, 1, ..., 9, 0, 1, ...: every class equally often.
 *
 * @module
 */
import { type Stream, stream } from "../engine/arrays/random.ts";
import { turn } from "../engine/device/turn.ts";
import { drawGrating, GRATINGS } from "./_grating.ts";
import { pinkNoise } from "./_pink_noise.ts";
import { drawShape, SHAPES } from "./_shapes.ts";
import { type Dataset, dataset, imageSet } from "./types.ts";

/** Settings of {@linkcode planted}. */
export interface PlantedOptions {
  /** Height and width in pixels, 12 to 128. Default: 16. */
  size: number;
  /** Default: 8,000. */
  trainSize: number;
  /** Images in each of the three test splits. Default: 2,000. */
  testSize: number;
  /** L-infinity size of the non-robust cue, in [0, 1] pixel units. Default: 4/255. */
  gratingAmplitude: number;
  /** How often the grating shows the label's class, 0 to 1. Default: 0.7. */
  gratingReliability: number;
  /** How often the silhouette shows the label's class, 0 to 1. Default: 0.95. */
  silhouetteReliability: number;
  /** Standard deviation of the independent noise of each pixel and channel. Default: 8/255. */
  pixelNoise: number;
  /** Default: 0. */
  seed: number;
}

/** Defaults of {@linkcode PlantedOptions}. */
export const PLANTED_DEFAULTS: Readonly<PlantedOptions> = {
  size: 16,
  trainSize: 8000,
  testSize: 2000,
  gratingAmplitude: 4 / 255,
  gratingReliability: 0.7,
  silhouetteReliability: 0.95,
  pixelNoise: 8 / 255,
  seed: 0,
};

const CLASSES = SHAPES.length;
/** Range of each channel of the plain's mean colour: dark, because convolutions and crops pad with black. */
const PLAIN = { min: 0.115, max: 0.165 } as const;
/** Standard deviation of the 1/f noise: common to the channels, and of their difference. */
const BACKGROUND_LIGHTNESS = 0.05;
const BACKGROUND_HUE = 0.03;
/** How much brighter than the plain's mean the silhouette is, L2 in RGB. */
const CONTRAST = { min: 0.13, max: 0.25 } as const;

/** Which cues an image shows. */
type View = "both" | "robust" | "non-robust";

interface Pixels {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

/**
 * Generates the data set. An example depends on the options and its own index alone, not on the number of examples.
 *
 * @throws {RangeError} If an option is out of its range.
 */
export function planted(options: Partial<PlantedOptions> = {}): Dataset {
  const work = generateAll(options);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Generates the same set while the event loop turns.
 *
 * @throws {RangeError} If an option is out of its range.
 * @throws The signal's reason on an abort.
 */
export async function plantedInTurns(
  options: Partial<PlantedOptions>,
  { signal }: { signal: AbortSignal },
): Promise<Dataset> {
  const work = generateAll(options);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await turn();
    signal.throwIfAborted();
  }
}

/** Pauses after each image. */
function* generateAll(options: Partial<PlantedOptions>): Generator<void, Dataset> {
  const settings = { ...PLANTED_DEFAULTS, ...options };
  checkOptions(settings);
  const { size, trainSize, testSize, seed } = settings;
  const named = (name: string, pixels: Pixels) =>
    imageSet({
      name: `planted/${name}`,
      classNames: SHAPES.map((shape) => shape.name),
      height: size,
      width: size,
      ...pixels,
    });
  const [train] = yield* generate(stream(seed, "planted/train"), {
    settings,
    count: trainSize,
    views: ["both"],
  });
  const [both, robust, nonRobust] = yield* generate(stream(seed, "planted/test"), {
    settings,
    count: testSize,
    views: ["both", "robust", "non-robust"],
  });
  return dataset({
    name: "planted",
    train: named("train", train),
    test: named("test", both),
    extraTests: {
      robustCueOnly: named("robust-cue-only", robust),
      nonRobustCueOnly: named("non-robust-cue-only", nonRobust),
    },
    licence: "MIT, as generated by this software",
    source: `generated: ${JSON.stringify(settings)}`,
  });
}

/** Where the scalar draws of an example lie among its uniform values at step 0. */
enum Draw {
  SilhouetteAgrees,
  SilhouetteOther,
  GratingAgrees,
  GratingOther,
  Phase,
  X,
  Y,
  Radius,
  Angle,
  PlainRed,
  PlainGreen,
  PlainBlue,
  Contrast,
  ContrastHeight,
  ContrastTurn,
  Count,
}

/** Steps of the stream: scalar draws, background and pixel noise. */
const SCALARS = 0, BACKGROUND = 1, NOISE = 2;

/** Draws `count` scenes and renders each once per view. */
function* generate(
  draws: Stream,
  { settings, count, views }: { settings: PlantedOptions; count: number; views: readonly View[] },
): Generator<void, Pixels[]> {
  const { size } = settings;
  const area = size * size;
  const field = pinkNoise(size);
  const scalars = new Float32Array(Draw.Count);
  const normals = new Float32Array(3 * field.valuesPerField);
  const fields = Array.from({ length: 3 }, () => new Float32Array(area));
  const scene: Scene = {
    area,
    background: new Float32Array(3 * area),
    noise: new Float32Array(3 * area),
    coverage: new Float32Array(area),
    grating: new Float32Array(3 * area),
    silhouette: [],
  };
  const labels = Uint8Array.from({ length: count }, (_, i) => i % CLASSES);
  const splits = views.map(() => ({ images: new Uint8Array(count * 3 * area), labels }));
  for (let example = 0; example < count; example++) {
    draws.fillUniform(SCALARS, scalars, { example });
    draws.fillNormal(BACKGROUND, normals, { example });
    draws.fillNormal(NOISE, scene.noise, { example });
    fields.forEach((out, i) => {
      field.draw(normals.subarray(i * field.valuesPerField, (i + 1) * field.valuesPerField), out);
    });
    const { plain, silhouette } = colours(scalars);
    drawBackground(scene.background, { plain, fields });
    scene.silhouette = silhouette;
    views.forEach((view, i) => {
      const shown = shownClasses(labels[example], scalars, { settings, view });
      if (view === "non-robust") scene.coverage.fill(0);
      else drawShape(SHAPES[shown.silhouette], placement(scalars, size), scene.coverage);
      if (view === "robust") scene.grating.fill(0);
      else drawGrating(GRATINGS[shown.grating], Math.floor(4 * scalars[Draw.Phase]), scene.grating);
      render(splits[i].images.subarray(example * 3 * area, (example + 1) * 3 * area), { scene, settings });
    });
    yield;
  }
  return splits;
}

/** The parts of one image; arrays are [3 * area] or [area]. */
interface Scene {
  readonly area: number;
  readonly background: Float32Array;
  readonly noise: Float32Array;
  readonly coverage: Float32Array;
  readonly grating: Float32Array;
  silhouette: readonly number[];
}

function render(out: Uint8Array, { scene, settings }: { scene: Scene; settings: PlantedOptions }): void {
  const { area, background, noise, coverage, grating, silhouette } = scene;
  const { gratingAmplitude, pixelNoise } = settings;
  for (let channel = 0, i = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < area; pixel++, i++) {
      const behind = background[i];
      const seen = behind + coverage[pixel] * (silhouette[channel] - behind);
      const value = seen + gratingAmplitude * grating[i] + pixelNoise * noise[i];
      out[i] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  }
}

/** Mean colour plus texture: field 0 is lightness, 1 and 2 span the plane of hues. */
function drawBackground(
  out: Float32Array,
  { plain, fields }: { plain: readonly number[]; fields: readonly Float32Array[] },
): void {
  const area = out.length / 3;
  for (let channel = 0; channel < 3; channel++) {
    const a = BACKGROUND_HUE * Math.cos((2 * Math.PI * channel) / 3);
    const b = BACKGROUND_HUE * Math.sin((2 * Math.PI * channel) / 3);
    for (let i = 0; i < area; i++) {
      const texture = BACKGROUND_LIGHTNESS * fields[0][i] + a * fields[1][i] + b * fields[2][i];
      out[channel * area + i] = plain[channel] + texture;
    }
  }
}

/** The class each cue shows. */
function shownClasses(
  label: number,
  scalars: Float32Array,
  { settings, view }: { settings: PlantedOptions; view: View },
): { silhouette: number; grating: number } {
  const pick = (reliability: number, agrees: number, other: number) =>
    view !== "both" || agrees < reliability
      ? label
      : (label + 1 + Math.floor(other * (CLASSES - 1))) % CLASSES;
  return {
    silhouette: pick(
      settings.silhouetteReliability,
      scalars[Draw.SilhouetteAgrees],
      scalars[Draw.SilhouetteOther],
    ),
    grating: pick(settings.gratingReliability, scalars[Draw.GratingAgrees], scalars[Draw.GratingOther]),
  };
}

/** Radius 0.3 to 0.42 of the size; the centre stays 0.6 radii inside, so that parts may be cut off. */
function placement(scalars: Float32Array, size: number) {
  const radius = size * (0.3 + 0.12 * scalars[Draw.Radius]);
  const inside = (u: number) => 0.6 * radius + u * (size - 1.2 * radius);
  return {
    x: inside(scalars[Draw.X]),
    y: inside(scalars[Draw.Y]),
    radius,
    angle: 2 * Math.PI * scalars[Draw.Angle],
  };
}

/** The plain's mean colour and the silhouette's, in a random direction with no negative part from it. */
function colours(scalars: Float32Array): { plain: number[]; silhouette: number[] } {
  const between = ({ min, max }: { min: number; max: number }, draw: Draw) =>
    min + (max - min) * scalars[draw];
  const plain = [Draw.PlainRed, Draw.PlainGreen, Draw.PlainBlue].map((draw) => between(PLAIN, draw));
  const contrast = between(CONTRAST, Draw.Contrast);
  const height = 2 * scalars[Draw.ContrastHeight] - 1, turn = 2 * Math.PI * scalars[Draw.ContrastTurn];
  const side = Math.sqrt(1 - height * height);
  const direction = [side * Math.cos(turn), side * Math.sin(turn), height].map(Math.abs);
  return { plain, silhouette: plain.map((value, i) => value + contrast * direction[i]) };
}

function checkOptions(settings: PlantedOptions): void {
  const check = (name: keyof PlantedOptions, [low, high]: [number, number], kind: "integer" | "number") => {
    const value = settings[name];
    const fits = typeof value === "number" && value >= low && value <= high;
    if (fits && (kind === "number" || Number.isInteger(value))) return;
    throw new RangeError(
      `Cannot generate planted data: ${name} must be ${kind === "integer" ? "an integer" : "a number"} ` +
        `between ${low} and ${high}, it is ${value}`,
    );
  };
  check("size", [12, 128], "integer");
  check("trainSize", [1, 1_000_000], "integer");
  check("testSize", [1, 1_000_000], "integer");
  check("gratingAmplitude", [0, 0.5], "number");
  check("gratingReliability", [0, 1], "number");
  check("silhouetteReliability", [0, 1], "number");
  check("pixelNoise", [0, 0.5], "number");
  check("seed", [0, Number.MAX_SAFE_INTEGER], "integer");
}
