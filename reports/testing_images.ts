import { type ExampleImages, IMAGES_VERSION, type PictureSheets } from "../bench/records/mod.ts";

/** Ten examples of 16 x 16 pixels whose results differ from their sources by at most `amplitude` of 255. */
export function makeExamples({ amplitude = 12, size = 16, count = 8 } = {}): ExampleImages {
  const base64 = (pixels: number[]) => btoa(String.fromCharCode(...pixels));
  const at = (i: number) => [Math.floor(i / 3) % size, Math.floor(i / 3 / size), i % 3];
  const indices = Array.from({ length: size * size * 3 }, (_, i) => i);
  const examples = Array.from({ length: count }, (_, k) => {
    const source = indices.map((i) => {
      const [x, y, c] = at(i);
      const inside = Math.hypot(x - size / 2 - (k % 3) + 1, y - size / 2) < size / 4 + k % 4;
      return inside ? 90 + 50 * ((k + c) % 3) : 110 + (i * 7919 + k * 104729) % 40;
    });
    const result = source.map((value, i) =>
      Math.min(255, value + Math.round(amplitude * Math.sin(at(i)[0] * (1 + k % 4) + at(i)[1])))
    );
    return { label: (k + 1) % 10, sourceLabel: k % 10, source: base64(source), result: base64(result) };
  });
  const classNames = [
    "disc",
    "square",
    "triangle",
    "cross",
    "ring",
    "star",
    "bar",
    "crescent",
    "hexagon",
    "arrow",
  ];
  return { schemaVersion: IMAGES_VERSION, height: size, width: size, classNames, examples };
}

/** One sheet of two rows of pictures: those of {@linkcode makeExamples} and what became of them. */
export function makePictures({ count = 8 } = {}): PictureSheets {
  const { height, width, examples } = makeExamples({ amplitude: 60, count });
  const images = (side: "source" | "result") =>
    examples.map((example) => ({ height, width, rgb: example[side] }));
  return {
    schemaVersion: IMAGES_VERSION,
    sheets: [{
      title: "Masked images and reconstructions",
      caption: "What the encoder sees, and what the decoder makes of it",
      rows: [{ label: "Original", images: images("source") }, {
        label: "Reconstruction",
        images: images("result"),
      }],
    }],
  };
}
