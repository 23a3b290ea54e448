/** Where plans are looked for: an order of the operations, and all candidates for its stretches. */

import type { Simplified } from "../ir/graph.js";
import type { StepKernel } from "../ir/plan.js";
import { candidatesOf, type ByEnd, type Ground, type Streaming } from "./candidates.js";
import { cheapest, type Path } from "./choose.js";
import { checkFeeds, rejectTogether } from "./feeds.js";
import { Layers } from "./layers.js";
import { orderUnits } from "./order.js";
import { Prices } from "./prices/index.js";
import { Residence } from "./residence.js";
import { unitOf } from "./units.js";

export interface Search extends Ground {
  readonly byEnd: ByEnd;
  readonly streaming: Streaming;
  /** Whether candidates in parts have been looked for (parted.ts): only where memory is short. */
  readonly hasParts: boolean;
}

/** @param ordinary whether layers are looked at once for all networks: see exemplars.ts */
export function searchOf(net: Simplified, streaming: Streaming, ordinary = false): Search {
  const ground = groundOf(net, ordinary);
  const byEnd = candidatesOf(ground, streaming);
  const fed = net.inputs.find((value) => net.values[value].feed !== undefined);
  if (fed !== undefined && !cheapest(byEnd, 0)) rejectTogether(net, fed);
  return { ...ground, byEnd, streaming, hasParts: false };
}

/** The network in the order in which layer by layer needs the least. */
export function groundOf(net: Simplified, ordinary: boolean): Ground {
  checkFeeds(net);
  const layers = new Layers(net, ordinary);
  const lean = net.operations.map((operation) => unitOf(operation, leanest(layers.kernelsOf(operation))));
  const order = orderUnits(net, lean).map(({ operations }) => operations[0]);
  return { net, layers, residence: new Residence(net, order), prices: new Prices(net, layers) };
}

/** Views have no kernel. */
function leanest(kernels: readonly StepKernel[]): StepKernel | undefined {
  const scratch = (kernel: StepKernel) => kernel.scratch(false).least;
  return kernels.length === 0
    ? undefined
    : kernels.reduce((best, one) => (scratch(one) < scratch(best) ? one : best));
}

/** As many operations in segments as can be, and those fast. */
export function streamedPath({ byEnd }: Search): Path {
  const most = Math.max(1, ...byEnd.flat().map(({ cycles }) => cycles)) * byEnd.length;
  const preferred = byEnd.map((ending) =>
    ending.map((one) => (one.isSegment || one.cycles === 0 ? one : { ...one, cycles: one.cycles + most })),
  );
  return cheapest(preferred, 0)!;
}
