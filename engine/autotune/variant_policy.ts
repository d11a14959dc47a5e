/**
 * Which of an operation's ways of computing is taken: the first one, a pinned one, or the one that was fastest when it
 * was timed once. All ways give the same bits, see `OpDef.choices`; what was taken is on record all the same.
 */

/** A question: one operation on given shapes. */
export interface ChoiceRequest {
  /** The operation's name. */
  readonly op: string;
  /** Operation, shapes and settings, as text. */
  readonly key: string;
  /** Ways to compute it, the best guess first; at least two. */
  readonly candidates: readonly string[];
  /** Multiplications and additions of it. */
  readonly flops: number;
  /** Changes with the text of the kernels of the candidates. */
  version(): string;
  /** Milliseconds that a way takes on the device. */
  time(candidate: string): Promise<number>;
}

/** Answers with one of the candidates. */
export type Chooser = (request: ChoiceRequest) => Promise<string>;

/** Takes the best guess: the fixed table, which depends on no timing. */
export const chooseFirst: Chooser = ({ candidates }) => Promise.resolve(candidates[0]);

/**
 * Takes pinned ways, and where nothing is pinned or the shape does not offer it, asks `others`.
 *
 * @param pins Names of candidates by operation.
 */
export function choosePinned(pins: Readonly<Record<string, string>>, others: Chooser = chooseFirst): Chooser {
  return (request) => {
    const pin = pins[request.op];
    return pin !== undefined && request.candidates.includes(pin) ? Promise.resolve(pin) : others(request);
  };
}

/** Times of candidates by request and version of its kernels, to be kept from run to run. */
export interface ChoiceTimes {
  get(key: string): Readonly<Record<string, number>> | undefined;
  set(key: string, times: Readonly<Record<string, number>>): void;
}

/** Work below which all ways are about as fast, and timing costs more than it gains. */
const WORTH_TIMING_FLOPS = 2e7;

/**
 * Takes the fastest way, timing all of them where `times` does not know them yet. Small work is not timed: there the
 * best guess is taken.
 */
export function chooseTimed(times: ChoiceTimes): Chooser {
  return async (request) => {
    if (request.flops < WORTH_TIMING_FLOPS) return request.candidates[0];
    const key = `${request.key} ${request.version()}`;
    let known = times.get(key);
    if (known === undefined || !request.candidates.every((name) => name in known!)) {
      const measured: Record<string, number> = {};
      for (const name of request.candidates) measured[name] = await request.time(name);
      times.set(key, measured);
      known = measured;
    }
    return request.candidates.reduce((best, name) => known![name] < known![best] ? name : best);
  };
}
