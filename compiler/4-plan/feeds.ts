/** Inputs that arrive row by row (`Value.feed`): one segment reads each, before the run and before anything else. */

import { reject } from "../diagnostics/diagnostic.js";
import type { Operation, Simplified, TensorType, ValueId } from "../ir/graph.js";
import type { Segment } from "../kernels/rows/segment.js";
import { layerOf, type Unit } from "./units.js";

/** What a fed step keeps from call to call: the number of the next row, from 0 on. */
export const nextRow: TensorType = { shape: [], dtype: "int32" };

/** The fed input that a unit reads; undefined for all but the segments that take rows. */
export function fedInput(
  { values }: Pick<Simplified, "values">,
  { inputs }: Pick<Unit, "inputs">,
): ValueId | undefined {
  return inputs.find((value) => values[value].feed !== undefined);
}

/** Units that take rows come first, in the order of the network's inputs: they have all run when the others begin. */
export function fedFirst(net: Simplified, order: readonly Unit[]): readonly Unit[] {
  const position = (unit: Unit): number => net.inputs.indexOf(fedInput(net, unit)!);
  const fed = order.filter((unit) => fedInput(net, unit) !== undefined);
  if (fed.length === 0) return order;
  fed.sort((a, b) => position(a) - position(b));
  return [...fed, ...order.filter((unit) => !fed.includes(unit))];
}

/**
 * Rejects (MCU2040) where a fed input cannot be taken by rows, as far as its readers show it: an operator that computes no rows, an
 * output of the network, two fed inputs in one operation.
 */
export function checkFeeds(net: Simplified): void {
  for (const input of net.inputs.filter((value) => net.values[value].feed !== undefined)) {
    const shown = net.outputs.find(({ value }) => value === input);
    if (shown) rejectFeed(net, input, `it is the output "${shown.name}" as well`, "only layers to read it");
    const readers = net.operations.filter(({ inputs }) => inputs.includes(input));
    for (const reader of readers) {
      const fed = reader.inputs.filter((value) => net.values[value].feed !== undefined);
      if (new Set(fed).size > 1) {
        const names = [...new Set(fed)].map((value) => `"${net.values[value].name}"`);
        rejectFeed(
          net,
          input,
          `${nameOf(reader)} reads ${names.join(" and ")} together`,
          "layers of their own for each",
          reader,
        );
      }
      const layer = layerOf(net, reader);
      if (!(layer.operator.rowKernels ?? []).some((kernel) => kernel.fits(layer)))
        rejectFeed(
          net,
          input,
          `${nameOf(reader)} reads it, which needs all of it`,
          "layers that take it row by row",
          reader,
        );
    }
  }
}

/**
 * Whether a segment may be a unit, as far as fed inputs go: it reads none; or it is the only reader of one, takes its rows, and
 * needs nothing else that is computed.
 */
export function canTakeRows(net: Simplified, { stages, values, fed }: Segment): boolean {
  const isFed = (value: ValueId): boolean => net.values[value].feed !== undefined;
  const [rows, ...others] = values;
  if (!fed) return !values.some(isFed);
  const own = new Set(stages.map(({ layer }) => layer.operation));
  const isOnlyReader = net.operations.every((one) => own.has(one) || !one.inputs.includes(rows));
  return isOnlyReader && others.every((value) => net.inputs.includes(value) && !isFed(value));
}

/** Rejects for the input: its readers can take rows, but not as one segment that runs before everything else. */
export function rejectTogether(net: Simplified, input: ValueId): never {
  const readers = net.operations.filter(({ inputs }) => inputs.includes(input));
  const names = readers.map(nameOf).join(" and ");
  const what =
    readers.length > 1
      ? `${names} read it, and cannot run row by row together`
      : `${names} reads it, and needs what is computed later beside it`;
  rejectFeed(net, input, what, "layers that keep pace with its rows", readers[0]);
}

/** Fails with MCU2040: says why no segment can take the input's rows. */
function rejectFeed(
  net: Simplified,
  input: ValueId,
  what: string,
  expected: string,
  reader?: Operation,
): never {
  const { name, site } = net.values[input];
  const place = site?.attributes.feed ?? site?.at ?? reader?.site?.at;
  const related = reader?.site ? [{ message: `${nameOf(reader)} is here`, place: reader.site.at }] : [];
  reject("MCU2040", place, { input: name, what, expected }, related);
}

const nameOf = ({ kind, name }: Operation): string => `${kind} "${name}"`;
