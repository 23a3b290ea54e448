/**
 * What kernels cost, before any code of them exists: by formulas over what they have to do, from shapes alone, where they say what that
 * is (`work`), else by their code, which is made for each shape once. Numbers in weights are taken for ordinary ones: the form that
 * requantisation takes in a layer may make it some percent slower.
 */

import { estimate, estimateFunction, type Estimate } from "../../5-lower/generate.js";
import type { Operation, Simplified, ValueId } from "../../ir/graph.js";
import type { Granted, StepKernel } from "../../ir/plan.js";
import type { Layer } from "../../kernels/kernel.js";
import type { Work } from "../../kernels/work.js";
import { emissionOf, endsOf, inside, type Emission } from "./emission.js";
import { identityOf, shapeOf } from "../exemplars.js";
import type { Layers } from "../layers.js";
import { layerOf } from "../units.js";
import { plainWork } from "./plain-work.js";
import { predict } from "./formulas.js";

export type { Emission } from "./emission.js";

export interface Price {
  /** Of the core. */
  readonly cycles: number;
  /** Bytes of constants and code. */
  readonly flash: number;
  /** Those of the constants. */
  readonly constants: number;
}

/** Of every shape that had no formula so far; of all networks. */
const known = new Map<string, Price>();

/** The same in searches of architectures, by everything that a layer is; all are forgotten when there are too many. */
const exactly = new Map<string, Price>();
const MOST_PRICES = 50_000;

/** Of exemplars. */
const exemplary = new WeakMap<Layer, Map<string, Price>>();

export class Prices {
  readonly #shapes = new WeakMap<Layer, string>();
  readonly #layers = new Map<string, Price>();

  /** @param layers where exemplars stand for layers */
  constructor(
    private readonly net: Pick<Simplified, "values">,
    private readonly layers?: Pick<Layers, "ordinary" | "like">,
  ) {}

  /**
   * One call of a kernel that computes `operations`.
   * @param granted default: all the scratch that it can use, everything plain
   */
  layer(kernel: StepKernel, operations: readonly Operation[], granted = mostOf(kernel)): Price {
    const what = [kernel.name, granted.scratch, granted.inPlace, encodings(kernel, granted)].join(" ");
    const isExemplary = this.layers?.ordinary === true && operations.length === 1;
    const prices = isExemplary ? pricesOf(this.layers.like(operations[0])) : this.#layers;
    const shapes = () => operations.map((one) => this.shapeOf(layerOf(this.net, one)));
    const key = isExemplary ? what : [what, ...shapes()].join(" ");
    let price = prices.get(key);
    if (!price) {
      const make = () => estimate(kernel, granted);
      price =
        byFormula(this.workOf(kernel, operations, granted)) ??
        (isExemplary ? priceOf(make()) : byCode(known, key, make));
      prices.set(key, price);
    }
    return price;
  }

  /** One emission of rows in a segment, without what the segment does around it. Constants are part of it. */
  rows(emission: Emission): Price {
    const { kernel, layer, rows, streamed, writes } = emission;
    return (
      byFormula(workOfRows(emission)) ??
      this.#byCode(["rows", kernel.name, rows, streamed, writes], layer, () =>
        inside(estimateFunction(emissionOf(emission))),
      )
    );
  }

  /** What a reduction does before its first row and after its last. */
  ends(emission: Emission): Price {
    const { kernel, layer, streamed, writes } = emission;
    return this.#byCode(["ends", kernel.name, streamed, writes], layer, () =>
      inside(estimateFunction(endsOf(emission))),
    );
  }

  #byCode(what: readonly unknown[], layer: Layer, make: () => Estimate): Price {
    if (!this.layers?.ordinary) return byCode(known, [...what, this.shapeOf(layer)].join(" "), make);
    if (exactly.size >= MOST_PRICES) exactly.clear();
    return byCode(exactly, [...what, identityOf(layer)].join(" "), make);
  }

  /** What a formula would be over; undefined: there can be none. */
  workOf(kernel: StepKernel, operations: readonly Operation[], granted: Granted): Work | undefined {
    const own = kernel.work?.(granted);
    if (own || operations.length > 1) return own;
    const layer = layerOf(this.net, operations[0]);
    const isBiased = (value: ValueId) => granted.biased?.has(value) ?? false;
    const { inputs, output } = operations[0];
    return plainWork(kernel.name, layer, undefined, [inputs.some(isBiased), isBiased(output)]);
  }

  /** Of the layer itself: it may be a part of what the network has by that name. */
  shapeOf(layer: Layer): string {
    let text = this.#shapes.get(layer);
    if (text === undefined) this.#shapes.set(layer, (text = shapeOf(layer)));
    return text;
  }
}

function pricesOf(exemplar: Layer): Map<string, Price> {
  let prices = exemplary.get(exemplar);
  if (!prices) exemplary.set(exemplar, (prices = new Map<string, Price>()));
  return prices;
}

function byCode(prices: Map<string, Price>, key: string, make: () => Estimate): Price {
  let price = prices.get(key);
  if (!price) prices.set(key, (price = priceOf(make())));
  return price;
}

const priceOf = ({ cycles, constantBytes, codeBytes }: Estimate): Price => ({
  cycles,
  flash: constantBytes + codeBytes,
  constants: constantBytes,
});

export function workOfRows({ kernel, layer, rows, writes }: Emission): Work | undefined {
  return (
    kernel.work?.(layer, rows, writes) ??
    plainWork(kernel.name, layer, rows, [kernel.reads === "biased", writes === "biased"])
  );
}

/** All the scratch that it can use. */
function mostOf(kernel: StepKernel): Granted {
  return { scratch: kernel.scratch(false).most, inPlace: false };
}

function encodings({ values }: StepKernel, { biased }: Granted): string {
  return biased ? values.map((value) => (biased.has(value) ? "b" : "-")).join("") : "";
}

function byFormula(work: Work | undefined): Price | undefined {
  const predicted = work && predict(work);
  return (
    predicted && {
      cycles: predicted.cycles,
      flash: work.constants + predicted.codeBytes,
      constants: work.constants,
    }
  );
}
