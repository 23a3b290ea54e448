/** What a network costs, by the planner's own choice and its prices: for searches over architectures, which ask for thousands. */

import { int8Weights, type Simplified } from "../ir/graph.js";
import { arenaBytes, type Planned } from "../ir/plan.js";
import { layerCandidatesOf, type Streaming } from "./candidates.js";
import { ceilingOf, excessOf, flashCeilingOf, held, leastOf } from "./ceilings.js";
import { flashAllowance, leanest, type Path } from "./choose.js";
import { arrangePath, frontOf } from "./front.js";
import type { Layers } from "./layers.js";
import { leaner } from "./parted.js";
import { leastFlash } from "./least-flash.js";
import { bestOf, lastWithin } from "./pick.js";
import { groundOf, searchOf, type Search } from "./search.js";
import { secondsOf } from "./seconds.js";
import { witnessOf } from "./witness.js";

export interface Evaluation {
  /** Bytes of all arenas. */
  readonly sram: number;
  /** Estimated, of constants and code. */
  readonly flash: number;
  /** Predicted, of the core. */
  readonly cycles: number;
  readonly planned: Planned;
  /** Within the limits on `sram` and the board's memories; false: no plan was found that is, and this is the leanest. */
  readonly isHeld: boolean;
  /** Predicted, on the board: by the code of steps that have not been asked for before. */
  seconds(): number;
}

/** A way through the candidates, and where it keeps its tensors. */
export interface Chosen {
  readonly path: Path;
  readonly planned: Planned;
}

/** The plan that `plan` would take, with its prices and no code: predictions are formulas (prices/). Takes milliseconds. */
export function evaluate(net: Simplified, { streaming = "chosen" }: StreamingOption = {}): Evaluation {
  const search = searchOf(net, streaming, true);
  const isWithin = (chosen?: Chosen) => chosen !== undefined && chosen.path.flash <= flashCeilingOf(net);
  let chosen = choose(search);
  // A plan that the front has not may be the only one that fits.
  const other = isWithin(chosen) ? undefined : witnessOf(search, streaming);
  if (!chosen || isWithin(other)) chosen = other;
  return evaluationOf(chosen ?? leastOfAll(search), search.layers, chosen !== undefined);
}

export interface StreamingOption {
  readonly streaming?: Streaming;
}

/**
 * Whether `evaluate` finds a plan within the limits on memory and flash, sooner than it does; which of them it breaks. undefined: not
 * known.
 */
export function foresee(
  net: Simplified,
  { streaming = "chosen" }: StreamingOption = {},
): "fits" | "sram" | "flash" | undefined {
  const ceiling = flashCeilingOf(net);
  // Constants are in flash, whatever computes with them.
  if (int8Weights(net.operations) > ceiling) return "flash";
  const ground = groundOf(net, true);
  const layers = layerCandidatesOf(ground);
  const possible = held(layers, net);
  const isByLayers = streaming === "off" && net.inputs.every((value) => !net.values[value].feed);
  if (isByLayers && possible.some((ending) => ending.length === 0)) return "sram";
  if (leastFlash(ground, layers, !isByLayers) > ceiling) return "flash";
  const witness = witnessOf(ground, isByLayers ? "off" : "chosen", possible);
  return witness && witness.path.flash <= ceiling ? "fits" : undefined;
}

function evaluationOf({ path, planned }: Chosen, layers: Layers, isHeld: boolean): Evaluation {
  const { flash, cycles } = path;
  const seconds = () => secondsOf(planned, layers);
  return { sram: arenaBytes(planned), flash, cycles, planned, isHeld, seconds };
}

/** As `pick` does with code; undefined: no point of the front is allowed. */
function choose(search: Search): Chosen | undefined {
  const { net, streaming, hasParts } = search;
  if (leastOf(net, "latency") < Infinity && !hasParts) return choose(leaner(search));
  const byEnd = held(search.byEnd, net);
  const chosen = chooseFrom(frontOf({ byEnd }, flashAllowance(net), ceilingOf(net)), search);
  return chosen || hasParts || streaming === "off" ? chosen : choose(leaner(search));
}

function chooseFrom(front: readonly Path[], { net, layers }: Search): Chosen | undefined {
  const at = (index: number): Chosen => ({ path: front[index], planned: arrangePath(net, front[index]) });
  const isAllowed = ({ planned }: Chosen) => excessOf(planned) === 0;
  const fits = front.findIndex((_, index) => isAllowed(at(index)));
  if (fits < 0) return undefined;
  if (leastOf(net, "sram") < Infinity) return at(fits);
  const latency = leastOf(net, "latency");
  const isFast = (index: number) => secondsOf(at(index).planned, layers) <= latency;
  const chosen = at(latency < Infinity ? lastWithin(fits, front.length - 1, isFast) : bestOf(front, fits));
  return isAllowed(chosen) ? chosen : at(fits);
}

/** Of what is allowed to no network. */
function leastOfAll(search: Search): Chosen {
  const path = leanest(search.hasParts ? search.byEnd : leaner(search).byEnd)!;
  return { path, planned: arrangePath(search.net, path) };
}
