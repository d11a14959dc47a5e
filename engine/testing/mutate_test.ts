import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { mutate } from "./mutate.ts";

const FILE = Uint8Array.from({ length: 1000 }, (_, i) => i);

Deno.test("mutate() does the same for the same number, other things for others, and leaves the file alone", () => {
  const before = FILE.slice(), whats = new Set<string>();
  for (let number = 0; number < 200; number++) {
    const { bytes, what } = mutate(FILE, number);
    assertEquals(mutate(FILE, number), { bytes, what });
    whats.add(what.replace(/\d+/g, "n"));
    assertEquals(FILE, before);
  }
  assertNotEquals(mutate(FILE, 0), mutate(FILE, 1));
  for (const kind of ["flipped", "made n", "made 0", "cut to", "cut out", "added", "doubled", "swapped"]) {
    assert(
      [...whats].some((what) => what.includes(kind.replace("0", "n"))),
      `${kind}: ${[...whats].join("; ")}`,
    );
  }
});

Deno.test("mutate() damages files of any size, as a rule so that they differ", () => {
  for (const length of [1, 2, 63, 1000]) {
    const file = FILE.slice(0, length);
    const changed = Array.from({ length: 100 }, (_, number) => mutate(file, number).bytes)
      .filter((bytes) => bytes.length !== length || bytes.some((byte, i) => byte !== file[i]));
    assert(changed.length > 70, `${changed.length} of 100 with ${length} bytes`);
  }
});
