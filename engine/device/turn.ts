/** Turns of the event loop: the moments at which the host hears of signals, timers and messages. */

import { setImmediate } from "node:timers";

/** How long the host may be deaf, in ms. */
const TURN_MS = 50;
/** Turns at a time, about 8 us each: a signal is heard after two. */
const TURNS = 2;

let turnedAt = -Infinity;

/**
 * Lets the event loop turn if it has not for 50 ms. Await it wherever much is done without waiting for a device or a
 * file: what is awaited and at hand resolves before any signal is heard.
 */
export async function turn(): Promise<void> {
  if (performance.now() - turnedAt < TURN_MS) return;
  for (let i = 0; i < TURNS; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  turnedAt = performance.now();
}
