/**
 * Which kernel computes each operation: the fastest by the predicted cycles, within the flash there is. Fast forms of
 * the weights (16-bit pairs, ready tables) take two to four times the bytes of int8.
 */

import { elements, type Constant, type Operation, type Simplified } from "../ir/graph.js";
import type { StepKernel } from "../ir/plan.js";
import { generate } from "../5-lower/generate.js";
import { Homes, placeViews } from "./homes.js";
import { possibleSegments } from "./segments.js";
import { kernelsOf, unitOf, type Unit } from "./units.js";

interface Choice {
  readonly kernel: StepKernel;
  readonly cycles: number;
  /** Bytes of constants and code. */
  readonly flash: number;
}

/** What a segment may cost of its layers' cycles: the tensors that it saves are worth a little time. */
const WORTH_IN_MEMORY = 1.01;

/**
 * Every operation with its kernel, in the net's order; segments stand where their last operation does.
 * @param streaming whether layers may run row by row together
 */
export function chooseKernels(net: Simplified, streaming = true): readonly Unit[] {
  const units = net.operations.map((operation) => unitOf(operation));
  const computed = placeViews(net, units, new Homes());
  const choices = computed.map(({ operations }) => choicesOf(net, operations[0]));
  const kernels = withinFlash(choices, flashAllowance(net));
  const chosen = new Map(computed.map((unit, i) => [unit.operations[0], kernels[i]]));
  const single = ({ operations }: Unit) => unitOf(operations[0], chosen.get(operations[0])?.kernel);
  if (!streaming) return units.map(single);
  const segments = new Map(
    bestSegments(net, chosen).map((unit) => [unit.operations[unit.operations.length - 1], unit]),
  );
  const inside = new Set([...segments.values()].flatMap(({ operations }) => operations));
  return units.flatMap((unit) => {
    const segment = segments.get(unit.operations[0]);
    if (segment) return [segment];
    return inside.has(unit.operations[0]) ? [] : [single(unit)];
  });
}

/** Segments that take no more cycles than their layers one by one, most cycles saved first; none share an operation. */
function bestSegments(net: Simplified, chosen: ReadonlyMap<Operation, Choice>): Unit[] {
  const gains = possibleSegments(net)
    .filter(({ operations }) => operations.every((one) => chosen.has(one)))
    .map((unit) => {
      const apart = unit.operations.reduce((sum, one) => sum + chosen.get(one)!.cycles, 0);
      const together = priceOf(unit.kernel!).cycles;
      return { unit, gain: WORTH_IN_MEMORY * apart - together };
    });
  const taken = new Set<Operation>();
  return gains
    .filter(({ gain }) => gain >= 0)
    .sort((a, b) => b.gain - a.gain)
    .flatMap(({ unit }) => {
      if (unit.operations.some((one) => taken.has(one))) return [];
      unit.operations.forEach((one) => taken.add(one));
      return [unit];
    });
}

function choicesOf(net: Simplified, operation: Operation): Choice[] {
  const kernels = kernelsOf(net, operation);
  if (kernels.length === 0) throw new Error(`no kernel computes ${operation.kind} ${operation.name}`);
  return kernels.map(priceOf);
}

/** With all the scratch that it can use. */
function priceOf(kernel: StepKernel): Choice {
  const generated = generate(kernel, { scratch: kernel.scratch(false).most, inPlace: false });
  return { kernel, cycles: generated.cycles, flash: generated.constantBytes + generated.codeBytes };
}

/**
 * The flash that kernels may use for speed: what a `flash` limit leaves, else a tenth more than the int8 weights and 40 KB,
 * which small networks do not notice.
 */
function flashAllowance(net: Simplified): number {
  const int8 = net.operations.reduce((sum, operation) => sum + int8Weights(operation), 0);
  const limits = net.limits.filter(({ quantity }) => quantity === "flash");
  return Math.min(1.1 * int8 + 40 * 1024, ...limits.map(({ atMost }) => atMost));
}

function int8Weights({ attributes }: Operation): number {
  const constants = Object.values(attributes as unknown as Record<string, Partial<Constant> | undefined>);
  const weights = constants.filter((one) => one?.dtype === "int8" && one.shape !== undefined);
  return weights.reduce((sum, one) => sum + elements(one!.shape!), 0);
}

/** The fastest of each; while they take too much flash, the change that loses the fewest cycles a byte. */
function withinFlash(choices: readonly (readonly Choice[])[], allowance: number): readonly Choice[] {
  const chosen = choices.map((list) => list.reduce((best, one) => (one.cycles < best.cycles ? one : best)));
  let flash = chosen.reduce((sum, one) => sum + one.flash, 0);
  while (flash > allowance) {
    let best: { readonly index: number; readonly to: Choice; readonly price: number } | undefined;
    choices.forEach((list, index) =>
      list.forEach((to) => {
        const saved = chosen[index].flash - to.flash;
        const price = (to.cycles - chosen[index].cycles) / saved;
        if (saved > 0 && (!best || price < best.price)) best = { index, to, price };
      }),
    );
    if (!best) break;
    flash += best.to.flash - chosen[best.index].flash;
    chosen[best.index] = best.to;
  }
  return chosen;
}
