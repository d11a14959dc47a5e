/** Facts that the programs of all frameworks share: sizes, names of the weights, and checks. */

/** Parameters of the network of the training step, in the order of its layers. */
export const PARAMETERS = [
  "conv1.weight",
  "conv1.bias",
  "conv2.weight",
  "conv2.bias",
  "conv3.weight",
  "conv3.bias",
  "linear.weight",
  "linear.bias",
] as const;

/** Strides of the three convolutions. */
export const STRIDES = [1, 2, 2] as const;

/** Learning rate of the training step. */
export const LEARNING_RATE = 0.01;

/** Steps whose losses are compared. */
export const CHECKED_STEPS = 5;

/** Side of the matrices. */
export const MATMUL_SIDE = 1024;

/** Values of a result that are compared: 16 of them, spread over it. */
export function spreadValues(values: ArrayLike<number>): number[] {
  return Array.from({ length: 16 }, (_, i) => values[Math.floor((i + 0.5) * values.length / 16)]);
}

/** The change of a parameter: the sum of absolute differences. */
export function totalChange(from: ArrayLike<number>, to: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < from.length; i++) sum += Math.abs(to[i] - from[i]);
  return sum;
}

/** Checks of the training step: losses, and the change of each parameter. */
export function stepChecks(losses: readonly number[], changes: readonly number[]): Record<string, number[]> {
  return Object.fromEntries([
    ["losses", [...losses]],
    ...PARAMETERS.map((name, i) => [`change of ${name}`, [changes[i]]]),
  ]);
}

/** Moves the axes of a row-major array: axis `i` of the result is axis `order[i]` of the source. */
export function permute(
  { shape, data }: { shape: readonly number[]; data: Float32Array<ArrayBuffer> },
  order: readonly number[],
): { shape: number[]; data: Float32Array<ArrayBuffer> } {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const result = { shape: order.map((axis) => shape[axis]), data: new Float32Array(data.length) };
  const steps = order.map((axis) => strides[axis]);
  let at = 0;
  const visit = (axis: number, from: number): void => {
    if (axis === order.length) {
      result.data[at++] = data[from];
      return;
    }
    for (let i = 0; i < result.shape[axis]; i++) visit(axis + 1, from + i * steps[axis]);
  };
  visit(0, 0);
  return result;
}
