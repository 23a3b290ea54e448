/**
 * Segments in stripes of columns and in groups of channels: for where rings and lines are still too large. They need their input and
 * result apart and compute seams twice, so they are looked for only at the peaks of the leanest plan, one after the other.
 */

import { groupsOf } from "../kernels/rows/groups.js";
import { partsKernel, sketchOfParts } from "../kernels/rows/parts.js";
import { sketchOf, type Segment } from "../kernels/rows/segment.js";
import { stripesOf } from "../kernels/rows/stripes.js";
import { unitOfSegment, type Candidate } from "./candidates.js";
import { leanest, type Path } from "./choose.js";
import type { Search } from "./search.js";
import { priceOfSegment } from "./sketches.js";
import { StagePrices } from "./stage-prices.js";
import { Stretches, type Stretch } from "./stretches.js";
import type { Unit } from "./units.js";

/** Peaks that are lowered, at most. */
const MOST_ROUNDS = 12;

/** Rings that are less than this part of the bytes are not what is too large. */
const LEAST_SHARE = 0.2;

/** What fewer bytes are worth looking at, as a part of those before. */
const LEAST_SAVED = 0.02;

const STRIPES = [2, 3, 4];
const GROUPS = [2, 4];
const MOST_PARTS = 4;

/** The search, with candidates in parts where they make the leanest path leaner. */
export function leaner(search: Search): Search {
  if (search.streaming === "off") return { ...search, hasParts: true };
  const prices = new StagePrices(search.prices);
  let stretches: readonly Stretch[] | undefined;
  let byEnd = search.byEnd;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const path = leanest(byEnd);
    if (!path || path.candidates.length === 0) break;
    stretches ??= new Stretches(search.layers, search.residence, prices).all();
    const found = stretches
      .filter((stretch) => meets(stretch, peakOf(path)))
      .flatMap((stretch) => partsOf(search, stretch, path.bytes, prices));
    const extended = byEnd.map((ending, i) => [...ending, ...found.filter(({ end }) => end === i + 1)]);
    if (leanest(extended)!.bytes >= path.bytes) break;
    byEnd = extended;
  }
  return { ...search, byEnd, hasParts: true };
}

const peakOf = ({ candidates, bytes }: Path): Candidate => candidates.find((one) => one.bytes === bytes)!;

const meets = (a: Stretch, b: Candidate): boolean => a.first < b.end && b.first < a.end;

/** Candidates for a stretch that need clearly less than `atMost` bytes, each less than the one before. */
function partsOf(
  { layers, residence }: Search,
  stretch: Stretch,
  atMost: number,
  prices: StagePrices,
): Candidate[] {
  const { first, end, segment } = stretch;
  const { across, read, written } = residence.around(first, end);
  const beside = across + read + written;
  const whole = sketchOf(segment)?.bytes ?? 0;
  if (whole < LEAST_SHARE * atMost || beside + whole / MOST_PARTS >= atMost) return [];
  const found: Candidate[] = [];
  let least = (1 - LEAST_SAVED) * atMost;
  for (const { parts, what } of waysOf(segment)) {
    const sketch = sketchOfParts(parts);
    if (!sketch || beside + sketch.bytes >= least) continue;
    least = beside + sketch.bytes;
    const layouts = sketch.parts.map((layout, i) =>
      priceOfSegment({ segment: parts[i], writes: stretch.writes }, layout, prices),
    );
    const isShared = what.endsWith("stripes");
    let unit: Unit | undefined;
    const make = () => {
      const own = layers.own(segment, residence.order, first);
      const way = waysOf(own).find((one) => one.what === what)!;
      return unitOfSegment(own, partsKernel(way.parts, what));
    };
    const code = layouts.reduce((sum, { flash, constants }) => sum + flash - constants, 0);
    // Stripes have their constants in common.
    const shared = isShared ? layouts.slice(0, 1) : layouts;
    found.push({
      first,
      end,
      cycles: layouts.reduce((sum, { cycles }) => sum + cycles, 0),
      flash: shared.reduce((sum, { constants }) => sum + constants, code),
      bytes: least,
      scratch: sketch.bytes,
      isSegment: true,
      unit: () => (unit ??= make()),
    });
  }
  return found;
}

interface Way {
  readonly parts: readonly Segment[];
  /** As reports print it. */
  readonly what: string;
}

/** Few parts first. */
function waysOf(segment: Segment): Way[] {
  const stripes = STRIPES.map((count) => ({ parts: stripesOf(segment, count), what: `${count} stripes` }));
  const groups = GROUPS.map((count) => ({
    parts: groupsOf(segment, count),
    what: `${count} groups of channels`,
  }));
  return [...groups, ...stripes].flatMap(({ parts, what }) => (parts ? [{ parts, what }] : []));
}
