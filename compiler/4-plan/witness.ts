/**
 * A plan that shows that a network fits its memory, without a look at most candidates: layer by layer, and segments only over layers
 * that memory could not hold by themselves.
 */

import {
  SegmentCandidates,
  layerCandidatesOf,
  type ByEnd,
  type Candidate,
  type Ground,
  type Streaming,
} from "./candidates.js";
import { ceilingOf, excessOf, held, holderOf } from "./ceilings.js";
import { fastest, flashAllowance } from "./choose.js";
import type { Chosen } from "./evaluate.js";
import { arrangePath } from "./front.js";
import type { Stretch } from "./stretches.js";

/** Stretches over one place that are tried. */
const MOST_TRIED = 32;

/**
 * undefined: there may still be one.
 * @param layers each operation by itself, as far as memory can hold it
 */
export function witnessOf(
  ground: Ground,
  streaming: Streaming,
  layers: ByEnd = held(layerCandidatesOf(ground), ground.net),
): Chosen | undefined {
  const { net } = ground;
  const byEnd = layers.map((ending) => [...ending]);
  // Positions of the order that are reached by candidates one after the other.
  const reached = [true];
  let bridges: Bridges | undefined;
  for (let furthest = 0; furthest < byEnd.length; furthest = reached.lastIndexOf(true)) {
    if (byEnd[furthest].some(({ first }) => first === furthest)) {
      reached[furthest + 1] = true;
      continue;
    }
    if (streaming === "off") return undefined;
    bridges ??= new Bridges(ground);
    const bridge = bridges.over(furthest, reached);
    if (!bridge) return undefined;
    byEnd[bridge.end - 1].push(bridge);
    reached[bridge.end] = true;
  }
  const path = fastest(byEnd, flashAllowance(net), ceilingOf(net));
  if (!path) return undefined;
  const planned = arrangePath(net, path);
  return excessOf(planned) === 0 ? { path, planned } : undefined;
}

class Bridges {
  readonly #segments: SegmentCandidates;
  readonly #stretches = new Map<number, readonly Stretch[]>();
  readonly #isHeld: (candidate: Candidate) => boolean;

  constructor(private readonly ground: Ground) {
    this.#segments = new SegmentCandidates(ground);
    this.#isHeld = holderOf(ground.net);
  }

  /** A segment that memory can hold, over a position of the order and from one that is reached; what looks smallest comes first. */
  over(position: number, reached: readonly boolean[]): Candidate | undefined {
    const found = [];
    for (let first = 0; first <= position; first++) {
      if (!reached[first]) continue;
      for (const stretch of this.#from(first)) {
        if (stretch.end <= position) continue;
        const { across, read, written } = this.ground.residence.around(first, stretch.end);
        found.push({ stretch, bytes: across + Math.max(read, written) + stretch.scratch });
      }
    }
    found.sort((a, b) => a.bytes - b.bytes);
    for (const { stretch } of found.slice(0, MOST_TRIED)) {
      const candidate = this.#segments.of(stretch).find(this.#isHeld);
      if (candidate) return candidate;
    }
    return undefined;
  }

  #from(first: number): readonly Stretch[] {
    let stretches = this.#stretches.get(first);
    if (!stretches) this.#stretches.set(first, (stretches = this.#segments.stretches.from(first)));
    return stretches;
  }
}
