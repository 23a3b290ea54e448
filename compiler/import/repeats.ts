/** What repeats in a network: which of its nodes become calls of a function, or a loop. */

import type { Net } from "../../dsl/graph.js";
import { findKinds, type Kind } from "./kinds.js";
import { findBlocks, isNamed, readersOf, type Block } from "./net-blocks.js";

/** Blocks of one kind in a row, each reading the one before. */
export interface Repeat {
  readonly kind: Kind;
  /** Indices into the kind's blocks. */
  readonly from: number;
  readonly count: number;
}

/** A loop for fewer is longer than the lines. */
const shortestLoop = 3;
/** A function saves at least so many statements. */
const leastSaved = 3;

/** By the index of the first node. */
export function findRepeats(net: Net): ReadonlyMap<number, Repeat> {
  const readers = readersOf(net);
  const results = new Set(net.outputs.map((output) => output.value.node));
  /** true: b reads a, stands directly behind it, and nothing else reads a: it would not find it after a loop. */
  const follows = (a: Block, b: Block): boolean => {
    const { node } = a.layers.at(-1)!;
    const own = new Set(b.layers.map((layer) => layer.node));
    const isNext = b.first === a.first + a.layers.length && b.inputs.length === 1 && b.inputs[0] === node;
    return isNext && !results.has(node) && readers.get(node)!.every((reader) => own.has(reader));
  };
  const kinds = findKinds(findBlocks(net, readers));
  const repeats = kinds.filter(pays).flatMap((kind) => rows(kind, follows));
  return new Map(repeats.map((repeat) => [repeat.kind.blocks[repeat.from].first, repeat]));
}

/** Statements of a kind's function. */
const statements = ({ steps }: Kind): number =>
  steps.filter(({ layers }) => isNamed(layers.find((layer) => layer !== undefined)!.node)).length;

/** true: the kind is one layer, that a loop repeats without a function. */
export const isSingle = (kind: Kind): boolean => statements(kind) === 1;

const pays = (kind: Kind): boolean =>
  isSingle(kind)
    ? kind.options.length === 0
    : (kind.blocks.length - 1) * statements(kind) - kind.options.length >= leastSaved;

/** Its blocks, those that follow each other together. */
function rows(kind: Kind, follows: (a: Block, b: Block) => boolean): readonly Repeat[] {
  const repeats: Repeat[] = [];
  for (let from = 0; from < kind.blocks.length;) {
    let end = from + 1;
    while (end < kind.blocks.length && follows(kind.blocks[end - 1], kind.blocks[end])) end++;
    if (end - from >= shortestLoop) repeats.push({ kind, from, count: end - from });
    else if (!isSingle(kind)) {
      for (let one = from; one < end; one++) repeats.push({ kind, from: one, count: 1 });
    }
    from = end;
  }
  return repeats;
}
