/**
 * The products of a depthwise kernel row over a line of int16, two taps in one SMLAD where two neighbouring columns lie in one word.
 * Windows at even columns take the weights in pairs (0,1), (2,3) ..., those at odd columns in pairs (1,2), (3,4) ...; the tap that
 * is left over at an end is one half of a word and one half of a pair.
 */

import type { Part } from "./padding.js";

/** A word of weights: the taps of its low and high half; a last tap may stand alone. */
export type WeightPair = readonly [low: number, high: number | undefined];

export interface Product {
  readonly output: number;
  /** Word of the line from the group's first window on. */
  readonly word: number;
  /** Index among `weightPairs`. */
  readonly pair: number;
  /** Both halves of both words, or one of each. */
  readonly halves: "both" | { readonly line: "low" | "high"; readonly weight: "low" | "high" };
}

/** The words of weights of one kernel row, by their first tap. */
export function weightPairs(columns: number, stride: number): readonly WeightPair[] {
  const hasOdd = stride % 2 === 1;
  const pairs: WeightPair[] = [];
  for (let low = 0; low + 1 < columns; low += hasOdd ? 1 : 2) pairs.push([low, low + 1]);
  if (columns === 1 || (!hasOdd && columns % 2 === 1)) pairs.push([columns - 1, undefined]);
  return pairs;
}

/** By columns, stride and outputs: every choice of groups asks for the same. */
const known = new Map<number, readonly Product[]>();

/** Those of `outputs` windows side by side, the first one at an even column. */
export function rowProducts(columns: number, stride: number, outputs: number): readonly Product[] {
  const key = (columns * 256 + stride) * 256 + outputs;
  let products = known.get(key);
  if (!products) known.set(key, (products = productsOf(columns, stride, outputs)));
  return products;
}

function productsOf(columns: number, stride: number, outputs: number): readonly Product[] {
  const pairs = weightPairs(columns, stride);
  const products: Product[] = [];
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < columns;) {
      const column = output * stride + tap;
      const word = column >> 1;
      const isPair = column % 2 === 0 && tap + 1 < columns;
      const found = pairs.findIndex(([low, high]) => low === tap || (!isPair && high === tap));
      const weight = pairs[found][0] === tap ? "low" : "high";
      products.push({
        output,
        word,
        pair: found,
        halves: isPair ? "both" : { line: column % 2 === 0 ? "low" : "high", weight },
      });
      tap += isPair ? 2 : 1;
    }
  }
  return inOrder(products, pairs.length);
}

/**
 * With few words of weights they all stay in registers while the line passes; with more, each is used by all outputs before the
 * next one, and the words of the line that they share stay.
 */
function inOrder(products: readonly Product[], pairs: number): readonly Product[] {
  const byLine = [...products].sort((a, b) => a.word - b.word || a.output - b.output);
  const byWeights = [...products].sort((a, b) => a.pair - b.pair || a.word - b.word || a.output - b.output);
  const pressure = (list: readonly Product[]) => alive(list, "word") + alive(list, "pair");
  return pairs > 2 && pressure(byWeights) < pressure(byLine) ? byWeights : byLine;
}

/** Most words of that kind between their first and last use at any time. */
function alive(products: readonly Product[], of: "word" | "pair"): number {
  const last = new Map(products.map((one, i) => [one[of], i]));
  const seen = new Set<number>();
  let most = 0;
  products.forEach((one, i) => {
    seen.add(one[of]);
    most = Math.max(most, seen.size);
    if (last.get(one[of]) === i) seen.delete(one[of]);
  });
  return most;
}

/** A product of a part's `row`, counted from its first. */
export interface Step {
  readonly row: number;
  readonly product: Product;
}

/** The products of a part of a group, row by row. Results whose window has none keep one, with padding. */
export function groupSteps(columns: number, stride: number, outputs: number, part: Part): readonly Step[] {
  const key = [columns, stride, outputs, part.rows, part.low, part.high].join();
  let steps = knownSteps.get(key);
  if (!steps) knownSteps.set(key, (steps = stepsOf(columns, stride, outputs, part)));
  return steps;
}

const knownSteps = new Map<string, readonly Step[]>();

function stepsOf(columns: number, stride: number, outputs: number, part: Part): readonly Step[] {
  const products = rowProducts(columns, stride, outputs);
  const live = products.filter((one) => isWithin(one, part));
  const rest = products.filter(
    ({ output }, i) =>
      products.findIndex((one) => one.output === output) === i && !live.some((one) => one.output === output),
  );
  const kept = products.filter((one) => live.includes(one) || rest.includes(one));
  return Array.from({ length: part.rows }, (_, row) => kept.map((product) => ({ row, product }))).flat();
}

function isWithin({ word, halves }: Product, { low, high }: Part): boolean {
  const columns = halves === "both" ? [2 * word, 2 * word + 1] : [2 * word + (halves.line === "low" ? 0 : 1)];
  return columns.some((column) => column >= low && column < high);
}
