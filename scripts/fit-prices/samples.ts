/** Kernels priced by their code, with what they say that they have to do. */

import { estimate, estimateFunction, type Estimate } from "../../compiler/5-lower/generate.js";
import { Prices, workOfRows } from "../../compiler/4-plan/prices/index.js";
import { emissionOf, inside } from "../../compiler/4-plan/prices/emission.js";
import { kernelsOf, layerOf } from "../../compiler/4-plan/units.js";
import { canBeBiased } from "../../compiler/ir/encoding.js";
import type { Graph, Operation, Simplified } from "../../compiler/ir/graph.js";
import type { Granted, StepKernel } from "../../compiler/ir/plan.js";
import type { RowEncoding } from "../../compiler/kernels/rows/row-kernel.js";
import type { Work } from "../../compiler/kernels/work.js";
import type { Random } from "../random.js";

export interface Sample {
  /** Of the kernel, and of the layer. */
  readonly name: string;
  readonly work: Work;
  price(): Estimate;
}

/** Every kernel and row kernel of a network's operations, each with a random grant. */
export function samplesOf(net: Graph, random: Random): Sample[] {
  return net.operations.flatMap((operation) => [
    ...layerSamples(net, operation, random),
    ...rowSamples(net, operation, random),
  ]);
}

function layerSamples(net: Graph, operation: Operation, random: Random): Sample[] {
  return kernelsOf(net as Simplified, operation).flatMap((kernel) => {
    const granted = grantOf(net, kernel, operation, random);
    const work = new Prices(net).workOf(kernel, [operation], granted);
    return work ? [{ name: kernel.name, work, price: () => estimate(kernel, granted) }] : [];
  });
}

function grantOf(net: Graph, kernel: StepKernel, { output }: Operation, random: Random): Granted {
  const { least, most } = kernel.scratch(false);
  const scratch = random.chance(0.6) ? most : random.int(least, most);
  const encoded = [...kernel.readsBiased, ...(kernel.writesBiased ? [output] : [])];
  const biased = encoded.filter((value) => canBeBiased(net.values[value]) && random.chance(0.3));
  return { scratch, inPlace: false, biased: new Set(biased) };
}

function rowSamples(net: Graph, operation: Operation, random: Random): Sample[] {
  const layer = layerOf(net as Simplified, operation);
  return (layer.operator.rowKernels ?? []).flatMap((kernel) => {
    if (!kernel.fits(layer)) return [];
    const writes: RowEncoding = random.pick(kernel.writes);
    const rows = random.chance(0.7) ? 1 : random.int(1, Math.min(4, layer.output.shape[0]));
    const emission = { layer, kernel, rows, streamed: 0, writes };
    const work = workOfRows(emission);
    if (!work) return [];
    return [
      { name: `rows: ${kernel.name}`, work, price: () => inside(estimateFunction(emissionOf(emission))) },
    ];
  });
}
