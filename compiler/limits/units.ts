/** Values with units: a number in base units (bytes, seconds, volts, amperes) and its dimension, as exponents of those. */

import { reject } from "../diagnostics/diagnostic.js";
import { evaluate, type ArithmeticOperator } from "./arithmetic.js";
import type { QuantityExpression, QuantityLeaf } from "./budget-grammar.js";
import { nearest } from "./nearest.js";
import type { Range, Source } from "./source.js";

/** Exponents of byte, second, volt, ampere. Hz is s^-1, W is V·A, J is V·A·s; counts have none. */
export type Dimension = readonly [byte: number, second: number, volt: number, ampere: number];

export interface Measure {
  readonly value: number;
  readonly dimension: Dimension;
}

const dimensions = {
  count: [0, 0, 0, 0],
  size: [1, 0, 0, 0],
  time: [0, 1, 0, 0],
  frequency: [0, -1, 0, 0],
  voltage: [0, 0, 1, 0],
  current: [0, 0, 0, 1],
  power: [0, 0, 1, 1],
  energy: [0, 1, 1, 1],
} as const satisfies Record<string, Dimension>;

export type DimensionName = keyof typeof dimensions;

/** How messages call a dimension, and the units it is written in. */
const dimensionWords: Record<DimensionName, { readonly words: string; readonly units: readonly string[] }> = {
  count: { words: "a plain number", units: ["k", "M", "G"] },
  size: { words: "a size in bytes", units: ["B", "kB", "KiB", "MB", "MiB"] },
  time: { words: "a time", units: ["us", "ms", "s"] },
  frequency: { words: "a frequency", units: ["kHz", "MHz", "GHz"] },
  voltage: { words: "a voltage", units: ["mV", "V"] },
  current: { words: "a current", units: ["uA", "mA", "A"] },
  power: { words: "a power", units: ["uW", "mW", "W"] },
  energy: { words: "an energy", units: ["uJ", "mJ", "J"] },
};

// Factors below one are kept as divisors: 10 / 1000 is the double nearest to 0.01, 10 * 0.001 need not be.
interface Unit {
  readonly dimension: Dimension;
  readonly times: number;
  readonly over: number;
}

const unit = (name: DimensionName, times: number, over = 1): Unit => ({
  dimension: dimensions[name],
  times,
  over,
});
const prefixed = (symbol: string, name: DimensionName): [string, Unit][] => [
  [symbol, unit(name, 1)],
  [`m${symbol}`, unit(name, 1, 1e3)],
  ...["u", "µ", "μ"].map((micro): [string, Unit] => [`${micro}${symbol}`, unit(name, 1, 1e6)]),
  [`n${symbol}`, unit(name, 1, 1e9)],
];

/** Every unit; decimal prefixes are powers of 1000, `Ki`, `Mi`, `Gi` powers of 1024. */
export const units: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ["k", unit("count", 1e3)],
  ["M", unit("count", 1e6)],
  ["G", unit("count", 1e9)],
  ["B", unit("size", 1)],
  ["KiB", unit("size", 1 << 10)],
  ["MiB", unit("size", 1 << 20)],
  ["GiB", unit("size", 1 << 30)],
  ["kB", unit("size", 1e3)],
  ["KB", unit("size", 1e3)],
  ["MB", unit("size", 1e6)],
  ["GB", unit("size", 1e9)],
  ["Hz", unit("frequency", 1)],
  ["kHz", unit("frequency", 1e3)],
  ["MHz", unit("frequency", 1e6)],
  ["GHz", unit("frequency", 1e9)],
  ...prefixed("s", "time"),
  ...prefixed("V", "voltage"),
  ...prefixed("A", "current"),
  ...prefixed("W", "power"),
  ...prefixed("J", "energy"),
]);

const sameDimension = (a: Dimension, b: Dimension): boolean => a.every((exponent, i) => exponent === b[i]);

/** "a time", or "byte^2·second^-1" for what has no name. */
function describeDimension(dimension: Dimension): string {
  for (const [name, known] of Object.entries(dimensions)) {
    if (sameDimension(known, dimension)) return dimensionWords[name as DimensionName].words;
  }
  const bases = ["byte", "second", "volt", "ampere"];
  const powers = bases.flatMap((base, i) =>
    dimension[i] === 0 ? [] : [dimension[i] === 1 ? base : `${base}^${dimension[i]}`],
  );
  return powers.join("·");
}

/** Evaluates with units. Rejects unknown units and sums of unlike things; the result may be negative, infinite or NaN. */
export function measureOf(expression: QuantityExpression, source: Source): Measure {
  return evaluate(expression, {
    leaf: (leaf) => leafMeasure(leaf, source),
    negate: ({ value, dimension }) => ({ value: -value, dimension }),
    apply: (operator, left, right, at) => applyOperator(operator, left, right, at, source),
  });
}

function leafMeasure(leaf: QuantityLeaf, source: Source): Measure {
  const value = Number(leaf.number.replaceAll("_", ""));
  if (leaf.unit === undefined) return { value, dimension: dimensions.count };
  const { text, at } = leaf.unit;
  const known = units.get(text);
  if (known === undefined)
    return reject("MCU2112", source.place(at), { unit: text, nearest: nearest(text, [...units.keys()]) });
  return { value: (value * known.times) / known.over, dimension: known.dimension };
}

function applyOperator(
  operator: ArithmeticOperator,
  left: Measure,
  right: Measure,
  at: Range,
  source: Source,
): Measure {
  if (operator === "*")
    return { value: left.value * right.value, dimension: combine(left.dimension, right.dimension, 1) };
  if (operator === "/")
    return { value: left.value / right.value, dimension: combine(left.dimension, right.dimension, -1) };
  if (!sameDimension(left.dimension, right.dimension)) {
    const [first, second] = [left, right].map(({ dimension }) => describeDimension(dimension));
    return reject("MCU2113", source.place(at), { operator, left: first, right: second });
  }
  const sum = operator === "+" ? left.value + right.value : left.value - right.value;
  return { value: sum, dimension: left.dimension };
}

function combine(a: Dimension, b: Dimension, sign: 1 | -1): Dimension {
  return [a[0] + sign * b[0], a[1] + sign * b[1], a[2] + sign * b[2], a[3] + sign * b[3]];
}

/**
 * A measure of the dimension that `what` has, at least `least`, finite; sizes and counts at most 2^53. Rejects others.
 * @param what as messages call it: "sram", "the size of DTCM"
 */
export function figure(
  expression: QuantityExpression,
  what: string,
  wanted: DimensionName,
  source: Source,
  least: "zero" | "positive" | "positive integer" = "zero",
): number {
  const { value, dimension } = measureOf(expression, source);
  const place = source.place(expression.at);
  if (!sameDimension(dimension, dimensions[wanted])) {
    const { words, units: possible } = dimensionWords[wanted];
    const written = source.text.slice(expression.at.start, expression.at.end);
    return reject("MCU2114", place, {
      what,
      expected: words,
      found: describeDimension(dimension),
      units: possible,
      written,
    });
  }
  const problem = problemOf(value, wanted, least);
  if (problem !== undefined) return reject("MCU2115", place, { what, ...problem });
  return value;
}

function problemOf(
  value: number,
  wanted: DimensionName,
  least: string,
): { found: string; expected: string } | undefined {
  if (!Number.isFinite(value))
    return { found: Number.isNaN(value) ? "0 / 0" : "infinite", expected: "a finite value" };
  if (value < 0) return { found: "negative", expected: least === "zero" ? "zero or more" : "more than zero" };
  if (value === 0 && least !== "zero") return { found: "zero", expected: "more than zero" };
  if ((wanted === "size" || wanted === "count") && value > Number.MAX_SAFE_INTEGER) {
    return { found: `${value.toExponential(2)}`, expected: "at most 2^53" };
  }
  if (least === "positive integer" && !Number.isInteger(value))
    return { found: `a fraction (${value})`, expected: "a whole number" };
  return undefined;
}
