/** A dot in pixels, with the text next to it. */
export interface Labelled {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

const HEIGHT = 9, DIGIT = 5.5, GAP = 4;

/** Distances from a dot, nearest first: to its sides, then above and below, then farther. */
const PLACES = [9, 16, 23, 30].flatMap((dx) => [0, -8, 8, -16, 16].flatMap((dy) => [[dx, dy], [-dx, dy]]))
  .sort(([a, b], [c, d]) => Math.hypot(a, b) - Math.hypot(c, d));

/**
 * Places a short text next to each dot. No two texts overlap each other or a dot, as long as there is room.
 *
 * @returns For each dot, how far its text's centre is from its own, in pixels.
 */
export function placeLabels(dots: readonly Labelled[]): { dx: number; dy: number }[] {
  const taken: Labelled[] = [];
  return dots.map((dot) => {
    const free = PLACES.find(([dx, dy]) => {
      const at = { text: dot.text, x: dot.x + dx, y: dot.y + dy };
      return !taken.some((other) => overlap(at, other)) &&
        !dots.some((other) => overlap(at, { ...other, text: "" }));
    });
    const [dx, dy] = free ?? PLACES[0];
    taken.push({ text: dot.text, x: dot.x + dx, y: dot.y + dy });
    return { dx, dy };
  });
}

/** Whether two texts lie on each other; an empty text is a dot. */
function overlap(a: Labelled, b: Labelled): boolean {
  const width = (text: string) => text === "" ? GAP : text.length * DIGIT;
  const height = b.text === "" ? GAP : HEIGHT;
  return Math.abs(a.x - b.x) < (width(a.text) + width(b.text)) / 2 &&
    Math.abs(a.y - b.y) < (HEIGHT + height) / 2;
}
