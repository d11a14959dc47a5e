/** Feeds examples to the slots of an attack until all are done. */

import type { Gpu } from "../../engine/device.ts";
import { read } from "../../engine/variables.ts";
import { type SlotAttack, STATUS } from "./slot_attack.ts";
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

/** What became of an example. */
export interface FinishedExample {
  /** The caller's name for it: a position in what it attacks. */
  readonly position: number;
  readonly fooled: boolean;
  /** See {@linkcode SlotInputs.score}. */
  readonly score: number;
  /** The image that the attack hands back, a copy. */
  readonly image: Float32Array<ArrayBuffer>;
}

/** An attack in progress, to go on from: all it takes for the same bits. */
export interface SlotSnapshot {
  /** Positions of the examples in the slots, in their order. */
  readonly live: readonly number[];
  /** Ticks that each of them has had. */
  readonly ages: readonly number[];
  /** Positions of the examples that have not begun. */
  readonly waiting: readonly number[];
  /** All variables, a row for each of `live`. */
  readonly rows: SlotRows;
}

/** How examples are fed. None of it changes what becomes of an example. */
export interface RunSlotsOptions {
  /** Positions of the examples to attack, in order; or where to go on. */
  readonly from: readonly number[] | SlotSnapshot;
  /** The example at a position. */
  readonly example: (position: number) => NewExample;
  /** Called with each example once, as soon as it is known to be done. */
  readonly onFinished: (finished: FinishedExample) => void;
  /** Called between ticks, when nothing runs; what it awaits, the attack waits for. */
  readonly onPause?: (pause: { snapshot(): Promise<SlotSnapshot> }) => Promise<void> | void;
  /**
   * Seconds of ticks between two looks at the slots; a look takes about 0.011, so that they become up to four times
   * as many while none is done. Default 0.4.
   */
  readonly pauseSeconds?: number;
  readonly signal?: AbortSignal;
}

/** Ticks that are submitted at once at most: the device's queue is not a place to keep a program in. */
const MOST_TICKS = 512;

/**
 * Runs an attack on examples: as many as it has slots at a time, the next ones as soon as slots become free. When none
 * is waiting the examples in progress move together, and the attack runs for those slots alone.
 *
 * @throws {DOMException} If the signal is aborted; the state is that of the last pause then.
 * @throws {GpuError} If the device reported an error.
 */
export async function runSlots(gpu: Gpu, attack: SlotAttack, options: RunSlotsOptions): Promise<void> {
  const { from, onFinished, onPause, pauseSeconds = 0.4, signal } = options;
  const resumed = "live" in from ? from : null;
  const waiting = [...resumed?.waiting ?? from as readonly number[]];
  const live = [...resumed?.live ?? []], ages = [...resumed?.ages ?? []];
  const fill = (rows: SlotRows) => {
    const { inputs: { slot } } = attack;
    while (waiting.length > 0 && live.length < slot.shape[0]) {
      const position = waiting.shift()!;
      fillSlot(attack, rows, { slot: live.push(position) - 1, example: options.example(position) });
      ages.push(0);
    }
    writeSlots(gpu, attack, rows);
  };
  fill(await startRows(gpu, attack, resumed));
  let ticks = 1, patience = 1;
  while (live.length > 0) {
    const started = performance.now();
    const count = Math.max(1, Math.min(ticks, ...ages.map((age) => attack.ticks - age)));
    for (let t = 0; t < count; t++) attack.tick(live.length);
    const slots = await read(gpu, attack.inputs.slot);
    ages.forEach((age, slot) => ages[slot] = age + count);
    const done = live.map((_, slot) => slots[4 * slot] !== STATUS.running);
    patience = done.includes(true) ? 1 : Math.min(4, patience * 1.25);
    if (done.includes(true)) {
      const rows = await readSlots(gpu, attack);
      const kept = [...live.keys()].filter((slot) => !done[slot]);
      live.forEach((position, slot) => {
        if (done[slot]) onFinished({ position, ...harvest(attack, rows, slot) });
      });
      packSlots(attack, rows, kept);
      live.splice(0, live.length, ...kept.map((slot) => live[slot]));
      ages.splice(0, ages.length, ...kept.map((slot) => ages[slot]));
      fill(rows);
    }
    const seconds = (performance.now() - started) / 1000 / count;
    ticks = Math.max(1, Math.min(MOST_TICKS, 2 * ticks, Math.round(patience * pauseSeconds / seconds)));
    signal?.throwIfAborted();
    const snapshot = async () => {
      const rows = await readSlots(gpu, attack);
      return {
        live: [...live],
        ages: [...ages],
        waiting: [...waiting],
        rows: firstRows(attack, rows, live.length),
      };
    };
    await onPause?.({ snapshot });
  }
}

/** All rows, those of a snapshot first. */
async function startRows(gpu: Gpu, attack: SlotAttack, snapshot: SlotSnapshot | null): Promise<SlotRows> {
  const rows = await readSlots(gpu, attack);
  for (const [name, values] of snapshot?.rows ?? []) {
    const whole = rows.get(name);
    if (whole === undefined || values.length > whole.length) {
      throw new RangeError(
        `Cannot go on with ${attack.name}: its slots do not hold the ${values.length} numbers of "${name}"`,
      );
    }
    whole.set(values);
  }
  return rows;
}

function firstRows(attack: SlotAttack, rows: SlotRows, count: number): SlotRows {
  const variables = [...Object.values(attack.inputs), ...attack.state];
  return new Map(variables.map((v) => [v.name, rows.get(v.name)!.slice(0, count * rowSize(v))]));
}

function harvest(
  attack: SlotAttack,
  rows: SlotRows,
  slot: number,
): Pick<FinishedExample, "fooled" | "score" | "image"> {
  const { inputs, image } = attack;
  return {
    fooled: rowOf(rows, inputs.slot, slot)[0] === STATUS.fooled,
    score: rowOf(rows, inputs.score, slot)[0],
    image: Float32Array.from(rowOf<Float32Array>(rows, image, slot)),
  };
}
