/** Turns of the event loop, in which the host handles signals, timers and messages. */

import { setImmediate } from "node:timers";

/** Maximum time between turns, in ms. */
const TURN_MS = 50;
/** Turns at a time, about 8 us each: a signal arrives within two. */
const TURNS = 2;

let turnedAt = -Infinity;

/**
 * Runs the event loop if it has not run for 50 ms. Await it in long work that waits for neither device nor file:
 * promises that are already resolved never let a signal through.
 */
export async function turn(): Promise<void> {
  if (performance.now() - turnedAt < TURN_MS) return;
  for (let i = 0; i < TURNS; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  turnedAt = performance.now();
}
