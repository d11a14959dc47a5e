/** What a validator may be asked to read: any JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Collects what is wrong with one JSON object, so that a reader sees every fault at once. */
export class Check {
  readonly faults: string[] = [];

  constructor(readonly fields: Fields) {}

  #fault(name: string, expected: string): void {
    const given = this.fields[name];
    const shown = given === undefined ? "nothing" : JSON.stringify(given).slice(0, 60);
    this.faults.push(`${name} is not ${expected}, got ${shown}`);
  }

  string(...names: string[]): void {
    for (const name of names) if (typeof this.fields[name] !== "string") this.#fault(name, "a string");
  }

  number(...names: string[]): void {
    for (const name of names) if (!Number.isFinite(this.fields[name])) this.#fault(name, "a finite number");
  }

  object(...names: string[]): void {
    for (const name of names) if (!isObject(this.fields[name])) this.#fault(name, "an object");
  }

  list(name: string, item: (value: unknown) => boolean, expected: string): void {
    const value = this.fields[name];
    if (!Array.isArray(value) || !value.every(item)) this.#fault(name, `a list of ${expected}`);
  }

  oneOf(name: string, known: readonly unknown[]): void {
    if (!known.includes(this.fields[name])) this.#fault(name, `one of ${known.map(String).join(", ")}`);
  }
}

/** Whether a JSON value is an object, not a list and not null. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
