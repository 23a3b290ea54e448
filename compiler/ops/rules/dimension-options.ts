/** Options about dimensions: which one, one number for each, both sides of each. All are counted without the batch. */

import { show, wholeNumber, type Asker } from "./options.js";

/** A dimension of the input, counted without the batch. */
export function dimension(context: Asker, attribute: string, value: unknown, rank: number): number {
  if (wholeNumber(value, 0) && value < rank) return value;
  return context.fail(
    attribute,
    `${attribute} names dimension ${show(value)} of a tensor with ${rank}`,
    `0 to ${rank - 1}, counted without the batch`,
  );
}

/** A dimension of a tensor, counted without the batch; from the last backwards where negative. */
export function axisOption(context: Asker, attribute: string, value: unknown, rank: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= -rank && value < rank)
    return value < 0 ? value + rank : value;
  const expected = rank === 1 ? "0 or -1" : `0 to ${rank - 1}, or -1 to ${-rank} counted from the last`;
  return context.fail(attribute, `${attribute} is ${show(value)}`, `${expected}, without the batch`);
}

/** One whole number for each of `count` dimensions. */
export function perDimension(
  context: Asker,
  attribute: string,
  value: unknown,
  count: number,
  least: number,
): readonly number[] {
  if (Array.isArray(value) && value.length === count && value.every((one) => wholeNumber(one, least)))
    return [...value];
  const numbers = least === -Infinity ? "whole numbers" : `whole numbers from ${least}`;
  const expected = `${numbers}, one for each of the ${count} dimensions`;
  return context.fail(attribute, `${attribute} is ${show(value)}`, expected);
}

/** [before, after] for each of `count` dimensions. */
export function bothSides(
  context: Asker,
  attribute: string,
  value: unknown,
  count: number,
): readonly (readonly [number, number])[] {
  const isPair = (one: unknown) =>
    Array.isArray(one) && one.length === 2 && one.every((side) => wholeNumber(side, 0));
  if (Array.isArray(value) && value.length === count && value.every(isPair))
    return value.map(([before, after]) => [before, after] as const);
  const expected = `[before, after] for each of the ${count} dimensions, whole numbers from 0`;
  return context.fail(attribute, `${attribute} is ${show(value)}`, expected);
}

/** Positions along one dimension are kept as a list. */
const longest = 2 ** 20;

/** Rejects dimensions whose elements are not a progression, and are too many for a list. */
export function listable(context: Asker, shape: readonly number[]): readonly number[] {
  const long = shape.find((size) => size > longest);
  if (long === undefined) return shape;
  return context.fail(undefined, `the result has ${long} elements in one dimension`, `at most ${longest}`);
}
