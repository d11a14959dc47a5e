import { assert, assertEquals, assertGreater, assertLessOrEqual, assertRejects } from "@std/assert";
import { stream } from "../../common/random.ts";
import { sizeOf } from "../../engine/arrays/shape.ts";
import { assertClose, assertSameBits } from "../../engine/testing/compare.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { read, write } from "../../engine/graph/variables.ts";
import { STATUS } from "../slots/slot_attack.ts";
import {
  attackAll,
  fill,
  found,
  type FoundImages,
  givenImages,
  judge,
  makeSquare,
  moveSlots,
  SIZE,
} from "./_testing.ts";

const COUNT = 50;
const ORDER = Array.from({ length: COUNT }, (_, i) => i);
const QUERIES = 30;

function assertSameFound(label: string, a: FoundImages, b: FoundImages): void {
  assertSameBits(`${label}, images`, a.images, b.images);
  assertSameBits(`${label}, scores`, a.scores, b.scores);
  assertSameBits(`${label}, slots`, a.slots, b.slots);
}

/** How many slots have a status. */
function count({ slots }: FoundImages, status: number): number {
  return slots.filter((v, i) => i % 4 === 0 && v === status).length;
}

for (const { norm, eps } of [{ norm: "Linf", eps: 0.05 }, { norm: "L2", eps: 0.4 }] as const) {
  const options = { norm, eps, queries: QUERIES };

  gpuTest(
    `Square stays in the threat model, never raises the margin and stops when misclassified, ${norm}`,
    async (gpu) => {
      const given = await givenImages(gpu, COUNT);
      const square = await makeSquare(gpu, { ...options, slots: COUNT });
      fill(gpu, square, { given, numbers: ORDER });
      let before: FoundImages | null = null;
      for (let i = 0; i < square.maxIterations; i++) {
        square.iterate(COUNT);
        const now = await found(gpu, square);
        const { margins } = await judge(gpu, { images: now.images, labels: given.labels });
        assertClose("scores", now.scores, { expected: margins, atol: 1e-5, rtol: 0 });
        for (const b of ORDER) {
          const rows = (f: FoundImages) => f.images.subarray(b * SIZE, (b + 1) * SIZE);
          const moved = [...rows(now)].map((v, k) => v - given.images[b * SIZE + k]);
          const distance = norm === "L2" ? Math.hypot(...moved) : Math.max(...moved.map(Math.abs));
          assertLessOrEqual(distance, eps + 1e-6);
          assert(rows(now).every((v) => v >= 0 && v <= 1));
          const [status, run, iteration] = now.slots.subarray(4 * b);
          assertEquals(status === STATUS.misclassified, now.scores[b] <= 0);
          assertEquals(run, 0);
          if (status === STATUS.running) assertEquals(iteration, i + 1);
          if (before === null) continue;
          assertLessOrEqual(now.scores[b], before.scores[b]);
          if (now.scores[b] === before.scores[b]) assertSameBits("not taken", rows(now), rows(before));
          if (before.slots[4 * b] === STATUS.misclassified) {
            assertSameBits(
              "misclassified",
              now.slots.subarray(4 * b, 4 * b + 4),
              before.slots.subarray(4 * b, 4 * b + 4),
            );
            assertSameBits("misclassified", rows(now), rows(before));
          }
        }
        before = now;
      }
      // Both outcomes occur, and not all misclassified slots were so at once.
      assertGreater(count(before!, STATUS.robust), 3);
      assertGreater(count(before!, STATUS.misclassified), COUNT / 7 + 3);
      assertGreater(new Set(ORDER.map((b) => before!.slots[4 * b + 2])).size, 5);
      square.iterate(COUNT);
      assertSameFound("after the end", await found(gpu, square), before!);
      square.dispose();
    },
  );

  gpuTest(`Square gives the same bits in any order and batch size, ${norm}`, async (gpu) => {
    const given = await givenImages(gpu, COUNT);
    const whole = await attackAll(gpu, { ...options, given, slots: COUNT, order: ORDER });
    const parts = await attackAll(gpu, { ...options, given, slots: 16, order: ORDER.toReversed() });
    assertSameFound("batches of 16, reversed", parts, whole);
  });

  gpuTest(`Square gives the same bits for slots that start at different iterations, ${norm}`, async (gpu) => {
    const given = await givenImages(gpu, COUNT);
    const whole = await attackAll(gpu, { ...options, given, slots: COUNT, order: ORDER });
    const square = await makeSquare(gpu, { ...options, slots: COUNT });
    fill(gpu, square, { given, numbers: ORDER });
    const slots = new Uint32Array(4 * COUNT).fill(STATUS.robust);
    write(gpu, square.inputs.slot, slots);
    const last = 4 + square.maxIterations;
    for (let iteration = 0; iteration < last; iteration++) {
      if (iteration < 5) {
        const now = await read(gpu, square.inputs.slot) as Uint32Array;
        for (const b of ORDER) if (b % 5 === iteration) now.fill(0, 4 * b, 4 * b + 4);
        write(gpu, square.inputs.slot, now);
      }
      square.iterate(COUNT);
    }
    assertSameFound("staggered", await found(gpu, square), whole);
    square.dispose();
  });

  gpuTest(`Square moved to another instance half-way goes on with the same bits, ${norm}`, async (gpu) => {
    const given = await givenImages(gpu, COUNT);
    const whole = await attackAll(gpu, { ...options, given, slots: COUNT, order: ORDER });
    const [from, to] = [
      await makeSquare(gpu, { ...options, slots: COUNT }),
      await makeSquare(gpu, { ...options, slots: COUNT }),
    ];
    fill(gpu, from, { given, numbers: ORDER });
    for (let t = 0; t < 11; t++) from.iterate(COUNT);
    await moveSlots(gpu, { from, to });
    for (let t = 11; t < to.maxIterations; t++) to.iterate(COUNT);
    assertSameFound("moved", await found(gpu, to), whole);
    from.dispose();
    to.dispose();
  });

  gpuTest(`Square restarts from other images until its last run, ${norm}`, async (gpu) => {
    const given = await givenImages(gpu, COUNT);
    const square = await makeSquare(gpu, { ...options, queries: 2, restarts: 3, slots: COUNT });
    assertEquals(square.maxIterations, 9);
    fill(gpu, square, { given, numbers: ORDER });
    const starts: FoundImages[] = [];
    for (let iteration = 0; iteration < square.maxIterations; iteration++) {
      square.iterate(COUNT);
      if (iteration % 3 === 0) starts.push(await found(gpu, square));
    }
    const end = await found(gpu, square);
    assertEquals(count(end, STATUS.running), 0);
    assertGreater(count(end, STATUS.robust), 3);
    for (const b of ORDER.filter((b) => end.slots[4 * b] === STATUS.robust)) {
      const images = starts.map(({ images }) => images.subarray(b * SIZE, (b + 1) * SIZE));
      assert(images[0].some((v, k) => v !== images[1][k]) && images[1].some((v, k) => v !== images[2][k]));
      assertEquals([...end.slots.subarray(4 * b, 4 * b + 4)], [STATUS.robust, 2, 2, 0]);
      assertEquals(starts.map(({ slots }) => slots[4 * b + 1]), [0, 1, 2]);
    }
    square.dispose();
  });

  gpuTest(`Square draws from its stream and frees its memory, ${norm}`, async (gpu) => {
    const given = await givenImages(gpu, COUNT);
    const live = gpu.buffers.liveBytes;
    const square = await makeSquare(gpu, { ...options, slots: COUNT });
    square.dispose();
    assertEquals(gpu.buffers.liveBytes, live);
    const run = (seed: number) =>
      attackAll(gpu, {
        ...options,
        queries: 0,
        given,
        slots: COUNT,
        order: ORDER,
        stream: stream(seed, "square"),
      });
    const [a, b] = [await run(0), await run(1)];
    assertGreater(a.images.filter((v, k) => v !== b.images[k]).length, 0.2 * sizeOf([COUNT, SIZE]));
  });
}

gpuTest("Square.compile() says which setting is out of its range", async (gpu) => {
  const good = { norm: "Linf", eps: 0.1, slots: 2, queries: 5 } as const;
  const cases = [
    [{ eps: 0 }, "eps must be above 0 and, in Linf, at most 1, got 0 in Linf"],
    [{ eps: 1.5 }, "got 1.5 in Linf"],
    [{ eps: NaN, norm: "L2" }, "got NaN in L2"],
    [{ slots: 0 }, "slots must be a positive integer, got 0"],
    [{ queries: 2.5 }, "queries must be an integer from 0, got 2.5"],
    [{ restarts: 0 }, "restarts must be a positive integer, got 0"],
    [{ restarts: 1e6, queries: 5000 }, "an example has at most 2^32 queries"],
    [{ pInit: 0 }, "pInit must be above 0 and at most 1, got 0"],
    [{ imageShape: [8, 8, 5] }, "images must be [H, W, C] with 1 to 4 channels, got [8, 8, 5]"],
    [{ imageShape: [8, 8] }, "got [8, 8]"],
  ] as const;
  for (const [bad, message] of cases) {
    await assertRejects(() => makeSquare(gpu, { ...good, ...bad }), RangeError, message);
  }
});
