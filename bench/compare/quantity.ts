/** One quantity on both sides. */
import { fullName, type Measurement, type Side, type SourceRecord } from "./sides/source.ts";

/** One record's measurement of a quantity. */
export interface Reading {
  readonly record: SourceRecord;
  readonly measurement: Measurement;
}

/** A quantity, and its readings on each side. */
export interface Quantity extends Pick<Measurement, "kind" | "unit" | "better"> {
  readonly cell: string;
  readonly name: string;
  /** "sl/natural / probeAccuracy". */
  readonly full: string;
  readonly base: readonly Reading[];
  readonly head: readonly Reading[];
}

/** The quantities of both sides, in the order of `base`; those of `head` only come last. */
export function quantitiesOf(base: Side, head: Side): Quantity[] {
  const [before, after] = [base, head].map(readingsByName);
  return [...new Set([...before.keys(), ...after.keys()])].map((full) => {
    const [own, other] = [before.get(full) ?? [], after.get(full) ?? []];
    const { record, measurement: { name, kind, unit, better } } = own[0] ?? other[0];
    return { cell: record.cell, name, full, kind, unit, better, base: own, head: other };
  });
}

function readingsByName({ records }: Side): Map<string, Reading[]> {
  const readings = records.flatMap((record) =>
    record.measurements.map((measurement): Reading => ({ record, measurement }))
  );
  return Map.groupBy(readings, ({ record, measurement }) => fullName(record.cell, measurement.name));
}
