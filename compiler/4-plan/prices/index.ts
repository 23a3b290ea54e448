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
import { shapeOf } from "../exemplars.js";
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

/** Of layers in searches of architectures. */
const knownLayers = new Map<string, Price>();

export class Prices {
  readonly #shapes = new WeakMap<Layer, string>();
  readonly #layers: Map<string, Price>;

  /** @param ordinary whether layers of one shape cost the same, whatever their numbers: prices are then those of the first */
  constructor(
    private readonly net: Pick<Simplified, "values">,
    ordinary = false,
  ) {
    this.#layers = ordinary ? knownLayers : new Map<string, Price>();
  }

  /**
   * One call of a kernel that computes `operations`.
   * @param granted default: all the scratch that it can use, everything plain
   */
  layer(kernel: StepKernel, operations: readonly Operation[], granted = mostOf(kernel)): Price {
    const shapes = operations.map((one) => this.shapeOf(layerOf(this.net, one)));
    const key = [kernel.name, granted.scratch, granted.inPlace, encodings(kernel, granted), ...shapes].join(
      " ",
    );
    let price = this.#layers.get(key);
    if (!price) {
      const formula = byFormula(this.workOf(kernel, operations, granted));
      this.#layers.set(key, (price = formula ?? byCode(key, () => estimate(kernel, granted))));
    }
    return price;
  }

  /** One emission of rows in a segment, without what the segment does around it. Constants are part of it. */
  rows(emission: Emission): Price {
    const { kernel, layer, rows, streamed, writes } = emission;
    return (
      byFormula(workOfRows(emission)) ??
      byCode(["rows", kernel.name, rows, streamed, writes, this.shapeOf(layer)].join(" "), () =>
        inside(estimateFunction(emissionOf(emission))),
      )
    );
  }

  /** What a reduction does before its first row and after its last. */
  ends(emission: Emission): Price {
    const { kernel, layer, streamed, writes } = emission;
    return byCode(["ends", kernel.name, streamed, writes, this.shapeOf(layer)].join(" "), () =>
      inside(estimateFunction(endsOf(emission))),
    );
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

function byCode(key: string, make: () => Estimate): Price {
  let price = known.get(key);
  if (!price) {
    const { cycles, constantBytes, codeBytes } = make();
    known.set(key, (price = { cycles, flash: constantBytes + codeBytes, constants: constantBytes }));
  }
  return price;
}

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
