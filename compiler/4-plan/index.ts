/**
 * 4-plan: with which kernels and when each layer runs, which layers run row by row together, and where each tensor lives. An
 * order of the operations, candidates for stretches of it with their prices, shortest paths through them: the front of
 * memory and time. Then sharing, lifetimes, arenas and offsets for the point that the limits ask for. Every plan is checked
 * by verify.ts.
 */

import type { Simplified } from "../ir/graph.js";
import { arenaBytes, type Planned } from "../ir/plan.js";
import type { Streaming } from "./candidates.js";
import { flashAllowance } from "./choose.js";
import { arrangePath, cyclesOf, frontOf } from "./front.js";
import { leaner } from "./parted.js";
import { pick, type Preference } from "./pick.js";
import { searchOf, streamedPath } from "./search.js";

export { evaluate, foresee, type Evaluation } from "./evaluate.js";

export interface PlanOptions {
  /** Whether layers run row by row: wherever they can, never, or where it pays (default). */
  readonly streaming?: Streaming;
  /** Which plan within the limits; default: see pick.ts. */
  readonly prefer?: Preference;
}

/** The plan that the limits ask for: see pick.ts. */
export function plan(net: Simplified, { streaming = "chosen", prefer }: PlanOptions = {}): Planned {
  const search = searchOf(net, streaming);
  return streaming === "on" ? arrangePath(net, streamedPath(search)) : pick(search, prefer);
}

/** Fastest first: plans of which each needs less memory and more cycles than the one before. */
export function paretoFront(net: Simplified): Planned[] {
  const search = leaner(searchOf(net, "chosen"));
  const plans = frontOf(search, flashAllowance(net)).map((path) => arrangePath(net, path));
  const points = plans.map((planned) => ({
    planned,
    bytes: arenaBytes(planned),
    cycles: cyclesOf(planned),
  }));
  const isBeaten = ({ bytes, cycles }: (typeof points)[number]) =>
    points.some((o) => o.bytes <= bytes && o.cycles <= cycles && (o.bytes < bytes || o.cycles < cycles));
  return points.filter((point) => !isBeaten(point)).map(({ planned }) => planned);
}
