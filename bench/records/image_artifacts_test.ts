import { assertEquals, assertThrows } from "@std/assert";
import { makeExamples, makePictures } from "../../reports/testing_images.ts";
import { parseExamples, parsePictures } from "./image_artifacts.ts";

const json = (value: unknown) => JSON.parse(JSON.stringify(value));

Deno.test("parseExamples() accepts examples and refuses images of another size", () => {
  const images = makeExamples();
  assertEquals(parseExamples(json(images)), images);
  assertThrows(
    () => parseExamples({ ...images, height: 15 }),
    SyntaxError,
    "examples[0].source holds 768 bytes, 15 x 16 x 3 = 720 expected",
  );
  assertThrows(
    () => parseExamples({ ...images, examples: [{ ...images.examples[0], result: "!".repeat(1024) }] }),
    SyntaxError,
    "examples[0].result holds -1 bytes",
  );
});

Deno.test("parsePictures() accepts sheets and refuses pictures of another size, or none", () => {
  const pictures = makePictures();
  assertEquals(parsePictures(json(pictures)), pictures);
  const [sheet] = pictures.sheets;
  const withImage = (image: unknown) => ({
    ...pictures,
    sheets: [{ ...sheet, rows: [{ label: "row", images: [image] }] }],
  });
  const [image] = sheet.rows[0].images;
  assertThrows(
    () => parsePictures(withImage({ ...image, width: 15 })),
    SyntaxError,
    "sheets[0].rows[0].images[0].rgb holds 768 bytes, 16 x 15 x 3 = 720 expected",
  );
  for (const bad of [{ ...image, height: 0 }, { ...image, rgb: 3 }, null]) {
    assertThrows(
      () => parsePictures(withImage(bad)),
      SyntaxError,
      "Cannot read pictures: sheets[0].rows[0].images[0]",
    );
  }
  assertThrows(
    () => parsePictures({ ...pictures, schemaVersion: 2 }),
    SyntaxError,
    "schemaVersion is not 1, the known version, got 2",
  );
});
