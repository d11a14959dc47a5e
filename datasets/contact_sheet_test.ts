import { assertEquals } from "@std/assert";
import { decode } from "fast-png";
import { contactSheet } from "./contact_sheet.ts";
import { imageSet } from "./types.ts";

/** Two images of one pixel: red and a grey of 51. */
const set = imageSet({
  name: "pixels",
  classNames: ["a"],
  height: 1,
  width: 1,
  images: new Uint8Array([255, 0, 0, 51, 51, 51]),
  labels: new Uint8Array(2),
});

Deno.test("contactSheet() lays images out in rows and leaves the rest white", () => {
  const { width, height, data } = decode(contactSheet(set, { columns: 1, rows: 3, zoom: 2 }));
  assertEquals([width, height], [2, 6]);
  const pixel = (y: number) => [...data.subarray(y * 2 * 3, y * 2 * 3 + 3)];
  assertEquals([pixel(0), pixel(1), pixel(2), pixel(5)], [[255, 0, 0], [255, 0, 0], [51, 51, 51], [
    255,
    255,
    255,
  ]]);
});

Deno.test("contactSheet() shows a difference around middle grey", () => {
  const from = imageSet({ ...set, images: new Uint8Array([255, 0, 0, 46, 51, 56]) });
  const { data } = decode(
    contactSheet(set, { columns: 2, rows: 1, zoom: 1, difference: { from, factor: 10 } }),
  );
  assertEquals([...data], [128, 128, 128, 178, 128, 78]);
});
