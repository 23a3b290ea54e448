/** Random graphs of element-wise and convolution-like operations, views, slices and concatenations, for the planner. */

import type { Operation, Simplified, Value } from "../../compiler/ir/graph.js";
import { board, quantization, Random, weights } from "../kernels/layers.js";

/**
 * `size` operations; each reads one or two earlier values, now and then an old one (a residual).
 * @param side the input has at most so many rows and columns
 */
export function randomNet(random: Random, size: number, side = 9): Simplified {
  const q = quantization(random);
  const channels = random.int(1, 6);
  const values: Value[] = [
    {
      name: "x",
      shape: [random.int(2, side), random.int(2, side), channels],
      dtype: "int8",
      quantization: q,
    },
  ];
  const operations: Operation[] = [];
  const sides = { top: 1, bottom: 1, left: 1, right: 1 };
  const square = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: sides } as const;
  for (let i = 0; i < size; i++) {
    const input = random.next() < 0.7 ? values.length - 1 : random.int(0, values.length - 1);
    const { shape } = values[input];
    const same = values.flatMap((value, id) => (String(value.shape) === String(shape) ? [id] : []));
    const base = { name: `op${i}`, inputs: [input], output: values.length };
    const scales = () => weights(random, [3, 3, shape[2]], shape[2], false);
    const make: (() => { operation: object; shape: readonly number[] })[] = [
      () => ({ operation: { ...base, kind: "relu", attributes: {} }, shape }),
      () => ({
        operation: {
          ...base,
          kind: "add",
          inputs: [input, random.pick(same)],
          attributes: { activation: "linear" },
        },
        shape,
      }),
    ];
    make.push(
      () => sliceOf(random, base, shape),
      () => concatenationOf(random, base, values),
    );
    if (shape.length === 3) {
      make.push(
        () => {
          const filters = random.int(1, 9);
          const conv = {
            ...square,
            activation: "relu",
            weights: weights(random, [filters, 3, 3, shape[2]], filters, false),
          };
          return {
            operation: { ...base, kind: "conv2d", attributes: conv },
            shape: [shape[0], shape[1], filters],
          };
        },
        () => ({
          operation: {
            ...base,
            kind: "depthwiseConv2d",
            attributes: { ...square, depthMultiplier: 1, activation: "linear", weights: scales() },
          },
          shape,
        }),
        () => ({
          operation: { ...base, kind: "reshape", attributes: {} },
          shape: [shape[0] * shape[1], shape[2]],
        }),
      );
    }
    const made = random.pick(make)();
    const { kind } = made.operation as Operation;
    const isMoved = kind === "reshape" || kind === "slice" || kind === "concatenate";
    values.push({
      name: `v${i}`,
      shape: made.shape,
      dtype: "int8",
      // Often the same, so that there is something to concatenate.
      quantization: isMoved
        ? values[input].quantization
        : random.next() < 0.6
          ? q
          : quantization(random, 0.05),
    });
    operations.push(made.operation as Operation);
  }
  const read = new Set(operations.flatMap(({ inputs }) => inputs));
  const ends = values.flatMap((_, id) => (id > 0 && !read.has(id) ? [id] : []));
  return {
    name: "random",
    board,
    limits: [],
    nominal: false,
    values,
    operations,
    inputs: [0],
    outputs: ends.map((value) => ({ name: values[value].name, value })),
  };
}

type Base = Pick<Operation, "name" | "inputs" | "output">;

interface Made {
  readonly operation: object;
  readonly shape: readonly number[];
}

/** A part of one dimension, often of the outermost: then it is a view. */
function sliceOf(random: Random, base: Base, shape: readonly number[]): Made {
  const axis = random.next() < 0.7 ? 0 : random.int(0, shape.length - 1);
  const begin = shape.map((size, i) => (i === axis ? random.int(0, size - 1) : 0));
  const size = shape.map((one, i) => (i === axis ? random.int(1, one - begin[i]) : one));
  const attributes = { begin, strides: shape.map(() => 1) };
  return { operation: { ...base, kind: "slice", attributes }, shape: size };
}

/** One to three values of equal quantisation, often along the outermost dimension: then they are written in place. */
function concatenationOf(random: Random, base: Base, values: readonly Value[]): Made {
  const [first] = base.inputs;
  const { shape, quantization } = values[first];
  const axis = random.next() < 0.7 ? 0 : shape.length - 1;
  const fits = values.flatMap((value, id) => {
    const isEqual =
      value.shape.length === shape.length && value.shape.every((size, i) => i === axis || size === shape[i]);
    return isEqual && JSON.stringify(value.quantization) === JSON.stringify(quantization) ? [id] : [];
  });
  const inputs = [first, ...Array.from({ length: random.int(0, 2) }, () => random.pick(fits))];
  const sum = inputs.reduce((total, id) => total + values[id].shape[axis], 0);
  const operation = { ...base, kind: "concatenate", inputs, attributes: { axis } };
  return { operation, shape: shape.with(axis, sum) };
}
