/**
 * Which variant of an operation's kernels runs: the first, a pinned one, or the fastest. All variants of an operation
 * give the same bits, see `OpDef.variants`; records name the chosen one all the same.
 */

/** One operation on given shapes, for which a variant is to be chosen. */
export interface VariantRequest {
  /** The operation's name. */
  readonly op: string;
  /** Operation, shapes and settings, as text. */
  readonly key: string;
  /** Names of its variants, the best guess first; at least two. */
  readonly variants: readonly string[];
  /** Multiplications and additions of it. */
  readonly flops: number;
  /** Changes with the text of the kernels of the variants. */
  version(): string;
  /** Milliseconds that a variant takes on the device. */
  time(variant: string): Promise<number>;
}

/** Chooses one of the variants. */
export type VariantPolicy = (request: VariantRequest) => Promise<string>;

/** Chooses the best guess: a fixed table, independent of timings. */
export const firstVariant: VariantPolicy = ({ variants }) => Promise.resolve(variants[0]);

/**
 * Chooses pinned variants; where the operation has none, or the shape does not offer it, asks `others`.
 *
 * @param pinned Names of variants by operation.
 */
export function pinnedVariants(
  pinned: Readonly<Record<string, string>>,
  others: VariantPolicy = firstVariant,
): VariantPolicy {
  return (request) => {
    const name = pinned[request.op];
    return name !== undefined && request.variants.includes(name) ? Promise.resolve(name) : others(request);
  };
}

/** Milliseconds of variants, by request and version of its kernels; kept from run to run. */
export interface VariantTimes {
  get(key: string): Readonly<Record<string, number>> | undefined;
  set(key: string, times: Readonly<Record<string, number>>): void;
}

/** Work below which all variants are about as fast, and timing costs more than it gains. */
const MIN_TIMED_FLOPS = 2e7;

/**
 * Chooses the fastest variant, and times all of them where `times` does not know them. Small work is not timed: the best
 * guess runs.
 */
export function autotuned(times: VariantTimes): VariantPolicy {
  return async (request) => {
    if (request.flops < MIN_TIMED_FLOPS) return request.variants[0];
    const key = `${request.key} ${request.version()}`;
    let known = times.get(key);
    if (known === undefined || !request.variants.every((name) => name in known!)) {
      const measured: Record<string, number> = {};
      for (const name of request.variants) measured[name] = await request.time(name);
      times.set(key, measured);
      known = measured;
    }
    return request.variants.reduce((best, name) => known![name] < known![best] ? name : best);
  };
}
