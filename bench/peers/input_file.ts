/** The inputs of the workloads, as files that any language reads: `inputs.json` and `inputs.f32`. */

/** An array of float32, row-major. */
export interface InputArray {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** Inputs by name. */
export type Inputs = ReadonlyMap<string, InputArray>;

/**
 * Writes inputs into a folder: `inputs.f32` holds all values, little-endian, one array after the other; `inputs.json`
 * is a list of `{name, shape, offset}`, the offset counted in values.
 */
export async function writeInputs(folder: string, inputs: Inputs): Promise<void> {
  const parts = [...inputs.values()].map(({ data }) => data);
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  const index: { name: string; shape: readonly number[]; offset: number }[] = [];
  for (const [name, { shape, data }] of inputs) {
    index.push({ name, shape, offset });
    all.set(data, offset);
    offset += data.length;
  }
  await Deno.writeFile(`${folder}/inputs.f32`, new Uint8Array(all.buffer));
  await Deno.writeTextFile(`${folder}/inputs.json`, JSON.stringify(index));
}

/** Reads what {@linkcode writeInputs} wrote. */
export async function readInputs(folder: string): Promise<Inputs> {
  const index: { name: string; shape: number[]; offset: number }[] = JSON.parse(
    await Deno.readTextFile(`${folder}/inputs.json`),
  );
  const all = new Float32Array((await Deno.readFile(`${folder}/inputs.f32`)).buffer);
  return new Map(index.map(({ name, shape, offset }) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return [name, { shape, data: all.subarray(offset, offset + size) }];
  }));
}

/**
 * An input by its name.
 *
 * @throws {RangeError} If no input has this name.
 */
export function inputOf(inputs: Inputs, name: string): InputArray {
  const found = inputs.get(name);
  if (found === undefined) {
    throw new RangeError(`Cannot read input ${name}: known are ${[...inputs.keys()].join(", ")}`);
  }
  return found;
}
