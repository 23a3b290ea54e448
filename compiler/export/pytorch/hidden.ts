/**
 * Hidden channels: those that one layer makes, layers in between treat each by itself, and one layer reads. Their order is free,
 * and members take the first ones: so the most important ones go to the front before members are trained.
 */

import type { Program, Step } from "./program.js";

export interface Hidden {
  /** Layers whose tensors have these channels as rows, from the one that makes them on. */
  readonly rows: readonly Step[];
  /** The layer that has them as columns. */
  readonly reader: Step;
}

/** Layers that treat channels one by one, and whose order does not matter therefore. */
const channelwise = new Set(
  (
    "batchNorm depthwiseConv2d relu relu6 reluN1To1 leakyRelu elu gelu hardSwish sigmoid tanh abs quantize dequantize " +
    "averagePool2d maxPool2d resizeNearest resizeBilinear"
  ).split(" "),
);

/** Only where the number of channels differs between members. */
export function hiddenOf({ steps, outputs }: Program): readonly Hidden[] {
  const readers = (key: string) => steps.filter(({ inputs }) => inputs.some((slot) => slot.includes(key)));
  const isOutput = (key: string) => outputs.some(({ slot }) => slot.includes(key));
  const owners = new Map<string, number>();
  for (const { module } of steps) if (module) owners.set(module.text, (owners.get(module.text) ?? 0) + 1);
  return steps.flatMap((maker): Hidden[] => {
    if (maker.kind !== "conv2d" || !maker.isElastic || maker.largest.groups !== 1) return [];
    if (maker.expressions.get("filters")!.value !== undefined) return [];
    const rows = [maker];
    for (let last = maker; ;) {
      const [next, ...others] = readers(last.key);
      const isOnly = next !== undefined && others.length === 0 && !isOutput(last.key);
      // Whatever else may stand in the same place would have to be sorted as well.
      if (!isOnly || !next.inputs.every((slot) => slot.join() === last.key)) return [];
      const isReader = next.kind === "conv2d" && next.largest.groups === 1;
      if ([...rows, next].some(({ module }) => module && owners.get(module.text)! > 1)) return [];
      if (isReader) return [{ rows: rows.filter(({ module }) => module), reader: next }];
      if (!channelwise.has(next.kind) || (next.kind === "depthwiseConv2d" && next.largest.multiplier !== 1))
        return [];
      rows.push(next);
      last = next;
    }
  });
}
