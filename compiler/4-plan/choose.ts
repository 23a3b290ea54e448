/**
 * Which kernel computes each operation, and which layers run as segments: the fewest predicted cycles within the flash
 * there is. Fast forms of the weights (16-bit pairs, ready tables) take two to four times the bytes of int8.
 */

import { int8Weights, type Operation, type Simplified } from "../ir/graph.js";
import type { Granted, StepKernel } from "../ir/plan.js";
import { estimate, generate } from "../5-lower/generate.js";
import { sharedBytes } from "../5-lower/sharing.js";
import { Homes, placeViews } from "./homes.js";
import { possibleSegments } from "./segments.js";
import { kernelsOf, unitOf, type Unit } from "./units.js";

/** What a segment may cost of its layers' cycles: the tensors that it saves are worth a little time. */
const WORTH_IN_MEMORY = 0.99;

/** A tenth more flash should save half a hundredth of the cycles. */
const WORTH_OF_FLASH = 0.05;

/** A unit with its price. */
interface Choice {
  readonly unit: Unit;
  readonly cycles: number;
  /** Bytes of constants and code. */
  readonly flash: number;
}

/** All ways to compute the net's operations, priced. */
export class Choices {
  /** By the index of the operation that they end with. */
  readonly #byEnd: Choice[][];

  /** @param streaming whether layers may run row by row together */
  constructor(
    private readonly net: Simplified,
    streaming = true,
  ) {
    this.#byEnd = choicesByEnd(net, streaming);
  }

  /** Every operation with its kernel, in the net's order; segments stand where their last operation does. */
  fastest(): readonly Unit[] {
    const allowance = flashAllowance(this.net);
    const first = this.#fastestWithin(allowance);
    // Layers with equal code share it: which do is known when they are chosen, and what that saves may be spent.
    let [best, saved] = [first, first.tight ? savedBySharing(first.units) : 0];
    for (let round = 0; round < SHARING_ROUNDS && saved > 0; round++) {
      const next = this.#fastestWithin(allowance + saved);
      saved = savedBySharing(next.units);
      if (next.flash - saved > allowance) break;
      best = next;
    }
    return best.units;
  }

  /** @returns `tight` where more flash would make it faster */
  #fastestWithin(allowance: number) {
    const fastest = cheapest(this.#byEnd, 0);
    // Cycles that a byte of flash is worth: at least so many, and as many as it takes for the network to fit.
    const least = (WORTH_OF_FLASH * fastest.cycles) / Math.max(1, fastest.flash);
    const frugal = cheapest(this.#byEnd, least);
    if (frugal.flash <= allowance) return { ...frugal, tight: false };
    let [low, high] = [least, 4 * least + 1];
    while (high < MOST_PRICE && cheapest(this.#byEnd, high).flash > allowance) high *= 4;
    for (let step = 0; step < BISECTIONS; step++) {
      const middle = (low + high) / 2;
      if (cheapest(this.#byEnd, middle).flash > allowance) low = middle;
      else high = middle;
    }
    return { ...cheapest(this.#byEnd, high), tight: true };
  }

  /** Each operation by itself, with the least scratch. */
  leanest(): readonly Unit[] {
    const scratch = ({ unit }: Choice) => unit.kernel?.scratch(false).least ?? 0;
    return this.#byEnd.map((ending) => {
      const single = ending.filter(({ unit }) => unit.operations.length === 1);
      return single.reduce((best, one) => (scratch(one) < scratch(best) ? one : best)).unit;
    });
  }

  /** Leaves a kernel out from now on. @returns false where its operations have no other with less scratch */
  forbid(kernel: StepKernel): boolean {
    const ending = this.#byEnd.find((list) => list.some(({ unit }) => unit.kernel === kernel))!;
    const index = ending.findIndex(({ unit }) => unit.kernel === kernel);
    const { unit } = ending[index];
    const { least } = kernel.scratch(false);
    const isReplaceable =
      unit.operations.length > 1 ||
      ending.some(
        ({ unit: other }) => other.operations.length === 1 && other.kernel!.scratch(false).least < least,
      );
    if (isReplaceable) ending.splice(index, 1);
    return isReplaceable;
  }
}

const MOST_PRICE = 2 ** 30;
const BISECTIONS = 16;
const SHARING_ROUNDS = 2;

/** By the index of the operation that they end with. Views have one choice, which costs nothing. */
function choicesByEnd(net: Simplified, streaming: boolean): Choice[][] {
  const units = net.operations.map((operation) => unitOf(operation));
  const computed = new Set(placeViews(net, units, new Homes()).map(({ operations }) => operations[0]));
  const prices = new Prices(net);
  const choices = units.map((unit): Choice[] => {
    const [operation] = unit.operations;
    return computed.has(operation) ? choicesOf(net, operation, prices) : [{ unit, cycles: 0, flash: 0 }];
  });
  const position = new Map(net.operations.map((operation, index) => [operation, index]));
  for (const segment of streaming ? possibleSegments(net) : []) {
    const places = segment.operations.map((operation) => position.get(operation)!);
    const isRun = places.every((place, i) => place === places[0] + i);
    if (!isRun || !segment.operations.every((operation) => computed.has(operation))) continue;
    const price = prices.of(segment);
    choices[places[places.length - 1]].push({ ...price, cycles: price.cycles * WORTH_IN_MEMORY });
  }
  return choices;
}

function choicesOf(net: Simplified, operation: Operation, prices: Prices): Choice[] {
  const kernels = kernelsOf(net, operation);
  if (kernels.length === 0) throw new Error(`no kernel computes ${operation.kind} ${operation.name}`);
  return kernels.map((kernel) => prices.of(unitOf(operation, kernel)));
}

/** Bytes of code that equal layers have in common. */
function savedBySharing(units: readonly Unit[]): number {
  const computed = units.flatMap(({ kernel }) => (kernel ? [generate(kernel, mostOf(kernel))] : []));
  return sharedBytes(computed.map(({ code, codeBytes }) => ({ code, codeBytes, inPlace: false })));
}

/** All the scratch that it can use. */
function mostOf(kernel: StepKernel): Granted {
  return { scratch: kernel.scratch(false).most, inPlace: false };
}

/** Layers of the same shape cost the same, but for the form that requantisation takes in each: good enough for a choice. */
class Prices {
  readonly #known = new Map<string, ReturnType<typeof estimate>>();

  constructor(private readonly net: Simplified) {}

  of(unit: Unit): Choice {
    const kernel = unit.kernel!;
    const key = [kernel.name, ...unit.operations.map((operation) => this.#shapeOf(operation))].join(" ");
    const price = this.#known.get(key) ?? estimate(kernel, mostOf(kernel));
    this.#known.set(key, price);
    return { unit, ...price };
  }

  /** Everything about a layer but its numbers. */
  #shapeOf({ kind, inputs, output, attributes }: Operation): string {
    const types = [...inputs, output].map((id) => {
      const { shape, dtype, constant } = this.net.values[id];
      return [dtype, shape, constant !== undefined];
    });
    const withoutData = (key: string, value: unknown) =>
      key === "data" || key === "scales" ? undefined : value;
    return JSON.stringify([kind, types, attributes], withoutData);
  }
}

/** The partition of the operations into units with the least cycles + price * flash: a shortest path over its cuts. */
function cheapest(choices: readonly (readonly Choice[])[], price: number) {
  interface Cut {
    readonly cost: number;
    readonly cycles: number;
    readonly flash: number;
    readonly units: readonly Unit[];
  }
  const cuts: Cut[] = [{ cost: 0, cycles: 0, flash: 0, units: [] }];
  choices.forEach((ending, index) => {
    const paths = ending.map(({ unit, cycles, flash }) => {
      const before = cuts[index + 1 - unit.operations.length];
      return {
        units: [...before.units, unit],
        cost: before.cost + cycles + price * flash,
        cycles: before.cycles + cycles,
        flash: before.flash + flash,
      };
    });
    cuts.push(paths.reduce((best, one) => (one.cost < best.cost ? one : best)));
  });
  return cuts[cuts.length - 1];
}

/**
 * The flash that kernels may use for speed: what a `flash` limit leaves, else a tenth more than the int8 weights and 40 KB,
 * which small networks do not notice.
 */
function flashAllowance(net: Simplified): number {
  const int8 = net.channels?.weightsBefore ?? int8Weights(net.operations);
  const limits = net.limits.filter(({ quantity }) => quantity === "flash");
  return Math.min(1.1 * int8 + 40 * 1024, ...limits.map(({ atMost }) => atMost));
}
