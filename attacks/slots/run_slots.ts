/** Feeds examples to the slots of an attack until all are finished. */

import type { Gpu } from "../../engine/device/device.ts";
import { Pace } from "../../engine/device/pace.ts";
import { read } from "../../engine/graph/variables.ts";
import { type SlotAttack, slotVariables, STATUS } from "./slot_attack.ts";
import {
  fillSlot,
  type NewExample,
  packSlots,
  readSlots,
  rowOf,
  rowSize,
  type SlotRows,
  writeSlots,
} from "./slot_rows.ts";

/** Outcome of an example. */
export interface FinishedExample {
  /** Position among the caller's examples. */
  readonly position: number;
  readonly misclassified: boolean;
  /** See {@linkcode SlotInputs.score}. */
  readonly score: number;
  /** The attack's resulting image, a copy. */
  readonly image: Float32Array<ArrayBuffer>;
}

/** An attack in progress: what it takes to resume it to the same bits. */
export interface SlotSnapshot {
  /** Positions of the examples in the slots, in their order. */
  readonly live: readonly number[];
  /** Iterations that each of them has run. */
  readonly ages: readonly number[];
  /** Positions of the examples that have not started. */
  readonly waiting: readonly number[];
  /** All variables, a row for each of `live`. */
  readonly rows: SlotRows;
}

/** How examples are fed; changes no outcome. */
export interface RunSlotsOptions {
  /** Positions of the examples to attack, in order; or the state to resume. */
  readonly from: readonly number[] | SlotSnapshot;
  /** The example at a position. */
  readonly example: (position: number) => NewExample;
  /** Called once with each example, as soon as it is known to be finished. */
  readonly onFinished: (finished: FinishedExample) => void;
  /** Called between iterations, while the device is idle; the attack waits for it. */
  readonly onPause?: (pause: { snapshot(): Promise<SlotSnapshot> }) => Promise<void> | void;
  /**
   * Seconds of iterations between two readbacks of the slots. A readback takes about 0.011 s, so the interval grows up to
   * fourfold while no example finishes. Default 0.4.
   */
  readonly pauseSeconds?: number;
  /** Aborted, the attack pauses once more after the current iteration, and ends. */
  readonly signal?: AbortSignal;
}

/** Maximum iterations submitted at once: it bounds the device's queue. */
const MAX_ITERATIONS = 512;

/**
 * Runs an attack on examples: one in each slot, the next ones as soon as slots become free. When no example waits, the
 * remaining ones are packed together, and the attack runs for those slots alone.
 *
 * @throws {DOMException} If the signal is aborted; the state is then that of the last pause.
 * @throws {GpuError} If the device reported an error.
 */
export async function runSlots(gpu: Gpu, attack: SlotAttack, options: RunSlotsOptions): Promise<void> {
  const { onPause, pauseSeconds = 0.4, signal } = options;
  const roster = await Roster.open(gpu, attack, options);
  const pace = new Pace(gpu);
  let iterations = 1, patience = 1;
  while (roster.live.length > 0) {
    const started = performance.now();
    const wanted = Math.max(1, Math.min(iterations, roster.iterationsLeft));
    let count = 0;
    do {
      attack.iterate(roster.live.length);
      count++;
      await pace.step();
    } while (count < wanted && !signal?.aborted);
    const finished = await roster.collect(count);
    patience = finished > 0 ? 1 : Math.min(4, patience * 1.25);
    const seconds = (performance.now() - started) / 1000 / count;
    iterations = Math.max(
      1,
      Math.min(MAX_ITERATIONS, 2 * iterations, Math.round(patience * pauseSeconds / seconds)),
    );
    await onPause?.({ snapshot: () => roster.snapshot() });
    signal?.throwIfAborted();
  }
}

/** Which example is in which slot, and which examples wait. */
class Roster {
  /** Positions of the examples in the slots. */
  readonly live: number[];
  readonly #ages: number[];
  readonly #waiting: number[];
  readonly #gpu: Gpu;
  readonly #attack: SlotAttack;
  readonly #options: RunSlotsOptions;

  private constructor(gpu: Gpu, attack: SlotAttack, options: RunSlotsOptions) {
    const { from } = options, resumed = "live" in from ? from : null;
    this.#gpu = gpu;
    this.#attack = attack;
    this.#options = options;
    this.live = [...resumed?.live ?? []];
    this.#ages = [...resumed?.ages ?? []];
    this.#waiting = [...resumed?.waiting ?? from as readonly number[]];
  }

  /** Fills the slots: from a snapshot, then with waiting examples. */
  static async open(gpu: Gpu, attack: SlotAttack, options: RunSlotsOptions): Promise<Roster> {
    const roster = new Roster(gpu, attack, options);
    const rows = await readSlots(gpu, attack);
    if ("rows" in options.from) restoreRows(attack, { rows, kept: options.from.rows });
    roster.#fill(rows);
    return roster;
  }

  /** Iterations until the oldest example is certain to be finished. */
  get iterationsLeft(): number {
    return Math.min(...this.#ages.map((age) => this.#attack.maxIterations - age));
  }

  /** Removes examples that finished within the last `iterations`, and fills the free slots. */
  async collect(iterations: number): Promise<number> {
    this.#ages.forEach((age, slot) => this.#ages[slot] = age + iterations);
    const slots = await read(this.#gpu, this.#attack.inputs.slot);
    const done = this.live.map((_, slot) => slots[4 * slot] !== STATUS.running);
    if (!done.includes(true)) return 0;
    const rows = await readSlots(this.#gpu, this.#attack);
    this.live.forEach((position, slot) => {
      if (done[slot]) this.#options.onFinished({ position, ...harvest(this.#attack, rows, slot) });
    });
    const kept = [...this.live.keys()].filter((slot) => !done[slot]);
    packSlots(this.#attack, rows, kept);
    for (const list of [this.live, this.#ages]) {
      list.splice(
        0,
        list.length,
        ...kept.map((slot) => list[slot]),
      );
    }
    this.#fill(rows);
    return done.length - kept.length;
  }

  async snapshot(): Promise<SlotSnapshot> {
    const rows = await readSlots(this.#gpu, this.#attack), count = this.live.length;
    const first = slotVariables(this.#attack).map((variable) =>
      [variable.name, rows.get(variable.name)!.slice(0, count * rowSize(variable))] as const
    );
    return { live: [...this.live], ages: [...this.#ages], waiting: [...this.#waiting], rows: new Map(first) };
  }

  #fill(rows: SlotRows): void {
    const { inputs: { slot } } = this.#attack, free = slot.shape[0] - this.live.length;
    for (const position of this.#waiting.splice(0, free)) {
      const example = this.#options.example(position);
      fillSlot(this.#attack, rows, { slot: this.live.push(position) - 1, example });
      this.#ages.push(0);
    }
    writeSlots(this.#gpu, this.#attack, rows);
  }
}

/** Restores the rows of a snapshot, from the first slot on. */
function restoreRows(attack: SlotAttack, { rows, kept }: { rows: SlotRows; kept: SlotRows }): void {
  for (const [name, values] of kept) {
    const whole = rows.get(name);
    if (whole === undefined || values.length > whole.length) {
      throw new RangeError(
        `Cannot resume ${attack.name}: its slots do not hold the ${values.length} numbers of "${name}"`,
      );
    }
    whole.set(values);
  }
}

function harvest(
  attack: SlotAttack,
  rows: SlotRows,
  slot: number,
): Pick<FinishedExample, "misclassified" | "score" | "image"> {
  const { inputs, image } = attack;
  return {
    misclassified: rowOf(rows, inputs.slot, slot)[0] === STATUS.misclassified,
    score: rowOf(rows, inputs.score, slot)[0],
    image: Float32Array.from(rowOf<Float32Array>(rows, image, slot)),
  };
}
