/** Random graphs of element-wise, convolution-like and view operations, for the planner. */

import type { Operation, Simplified, Value } from "../../compiler/ir/graph.js";
import { board, quantization, Random, weights } from "../kernels/layers.js";

/** `size` operations; each reads one or two earlier values, now and then an old one (a residual). */
export function randomNet(random: Random, size: number): Simplified {
  const q = quantization(random);
  const channels = random.int(1, 6);
  const values: Value[] = [
    { name: "x", shape: [random.int(2, 9), random.int(2, 9), channels], dtype: "int8", quantization: q },
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
    const isView = (made.operation as { kind: string }).kind === "reshape";
    values.push({
      name: `v${i}`,
      shape: made.shape,
      dtype: "int8",
      quantization: isView ? values[input].quantization : quantization(random, 0.05),
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
