/** What may not share bytes: pairs of buffers that live together, and how far apart each pair must be. */

import type { BufferId } from "../ir/plan.js";
import type { UnplacedBuffer } from "./storage.js";

/**
 * A result that may overwrite an input of its step, which dies there: it begins at most `most` bytes behind the input's buffer
 * (below 0: so many before it), or at least `end` bytes behind it. Where the step works in place, it begins where the input's
 * buffer does, and is no larger.
 */
export interface Overlap {
  readonly step: number;
  readonly input: BufferId;
  readonly output: BufferId;
  readonly most: number;
  readonly end: number;
  readonly inPlace?: boolean;
}

/** Buffers with one offset: results in place of each other, or one buffer by itself. */
export interface Block {
  /** Indices of its buffers. */
  readonly members: readonly number[];
  readonly bytes: number;
  readonly align: number;
  readonly first: number;
  readonly last: number;
}

/** Blocks by their index. An entry k of block i forbids `from[k] < offset(i) - offset(other[k]) < to[k]`. */
export interface Conflicts {
  readonly blocks: readonly Block[];
  readonly size: Float64Array;
  readonly align: Float64Array;
  /** Block i has entries `start[i]` .. `start[i + 1]` - 1, in the order of the others. */
  readonly start: Int32Array;
  readonly other: Int32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** @param overlaps by the buffers' ids; those of absent buffers are left out */
export function conflictsOf(buffers: readonly UnplacedBuffer[], overlaps: readonly Overlap[]): Conflicts {
  const index = new Map(buffers.map(({ id }, i) => [id, i]));
  const present = overlaps.filter(({ input, output }) => index.has(input) && index.has(output));
  const pairs = new Map(
    present.map((one) => [index.get(one.output)! * buffers.length + index.get(one.input)!, one]),
  );
  const blocks = blocksOf(
    buffers,
    present
      .filter(({ inPlace }) => inPlace)
      .map(({ input, output }) => [index.get(input)!, index.get(output)!]),
  );
  /** What two buffers forbid of a - b; undefined: they never live together. */
  const between = (a: number, b: number): Forbidden | undefined => {
    const [one, two] = [buffers[a], buffers[b]];
    if (one.first > two.last || two.first > one.last) return undefined;
    // Below the input as a whole is always allowed.
    const below = pairs.get(a * buffers.length + b);
    if (below) return { from: Math.max(below.most, -one.bytes), to: below.end };
    const above = pairs.get(b * buffers.length + a);
    if (above) return { from: -above.end, to: -Math.max(above.most, -two.bytes) };
    return { from: -one.bytes, to: two.bytes };
  };
  return { blocks, ...tableOf(blocks, between) };
}

interface Forbidden {
  readonly from: number;
  readonly to: number;
}

function tableOf(
  blocks: readonly Block[],
  between: (a: number, b: number) => Forbidden | undefined,
): Omit<Conflicts, "blocks"> {
  const start = new Int32Array(blocks.length + 1);
  const [other, from, to]: [number[], number[], number[]] = [[], [], []];
  blocks.forEach((one, i) => {
    start[i] = other.length;
    blocks.forEach((two, j) => {
      if (i === j || one.first > two.last || two.first > one.last) return;
      let [least, most] = [Infinity, -Infinity];
      for (const a of one.members) {
        for (const b of two.members) {
          const forbidden = between(a, b);
          if (!forbidden) continue;
          least = Math.min(least, forbidden.from);
          most = Math.max(most, forbidden.to);
        }
      }
      if (least >= most) return;
      other.push(j);
      from.push(least);
      to.push(most);
    });
  });
  start[blocks.length] = other.length;
  return {
    size: Float64Array.from(blocks, ({ bytes }) => bytes),
    align: Float64Array.from(blocks, ({ align }) => align),
    start,
    other: Int32Array.from(other),
    from: Float64Array.from(from),
    to: Float64Array.from(to),
  };
}

/** In the order of their first buffers. @param ties pairs of buffers with one offset, the second one's input first */
function blocksOf(buffers: readonly UnplacedBuffer[], ties: readonly (readonly [number, number])[]): Block[] {
  const rootOf = new Map<number, number>();
  // In the order of the steps: what a result is in place of is in its block already.
  for (const [input, output] of ties) rootOf.set(output, rootOf.get(input) ?? input);
  const members = new Map<number, number[]>();
  buffers.forEach((_, i) => {
    const root = rootOf.get(i) ?? i;
    members.set(root, [...(members.get(root) ?? []), i]);
  });
  return [...members.values()].map((ids) => {
    const some = ids.map((id) => buffers[id]);
    return {
      members: ids,
      bytes: Math.max(...some.map(({ bytes }) => bytes)),
      align: Math.max(...some.map(({ align }) => align)),
      first: Math.min(...some.map(({ first }) => first)),
      last: Math.max(...some.map(({ last }) => last)),
    };
  });
}
