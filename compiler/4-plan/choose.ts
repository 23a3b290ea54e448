/** Which kernel computes each operation. */

import type { Operation, Simplified } from "../ir/graph.js";
import { Homes, placeViews } from "./homes.js";
import { kernelsOf, unitOf, type Unit } from "./units.js";

export function chooseKernels(net: Simplified): readonly Unit[] {
  const units = net.operations.map((operation) => unitOf(operation));
  const computed = new Set(placeViews(net, units, new Homes()));
  return units.map((unit) => (computed.has(unit) ? withKernel(net, unit.operations[0]) : unit));
}

function withKernel(net: Simplified, operation: Operation): Unit {
  const [kernel] = kernelsOf(net, operation);
  if (!kernel) throw new Error(`no kernel computes ${operation.kind} ${operation.name}`);
  return unitOf(operation, kernel);
}
