/**
 * Which kernel computes each operation: the fastest by the predicted cycles, within the flash there is. Fast forms of
 * the weights (16-bit pairs, ready tables) take two to four times the bytes of int8.
 */

import { elements, type Constant, type Operation, type Simplified } from "../ir/graph.js";
import type { StepKernel } from "../ir/plan.js";
import { generate } from "../5-lower/generate.js";
import { Homes, placeViews } from "./homes.js";
import { kernelsOf, unitOf, type Unit } from "./units.js";

interface Choice {
  readonly kernel: StepKernel;
  readonly cycles: number;
  /** Bytes of constants and code. */
  readonly flash: number;
}

/** Every operation with its kernel, in the net's order. */
export function chooseKernels(net: Simplified): readonly Unit[] {
  const units = net.operations.map((operation) => unitOf(operation));
  const computed = placeViews(net, units, new Homes());
  const choices = computed.map(({ operations }) => choicesOf(net, operations[0]));
  const kernels = withinFlash(choices, flashAllowance(net));
  const chosen = new Map(computed.map((unit, i) => [unit, kernels[i]]));
  return units.map((unit) =>
    chosen.has(unit) ? unitOf(unit.operations[0], chosen.get(unit)!.kernel) : unit,
  );
}

function choicesOf(net: Simplified, operation: Operation): Choice[] {
  const kernels = kernelsOf(net, operation);
  if (kernels.length === 0) throw new Error(`no kernel computes ${operation.kind} ${operation.name}`);
  return kernels.map((kernel) => {
    const generated = generate(kernel, { scratch: kernel.scratch(false).most, inPlace: false });
    return { kernel, cycles: generated.cycles, flash: generated.constantBytes + generated.codeBytes };
  });
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
