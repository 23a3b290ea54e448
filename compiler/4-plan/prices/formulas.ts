/** Prices by formula: a table of coefficients, which scripts/fit-prices.ts fits to the prices of code. */

import type { Work } from "../../kernels/work.js";
import { TABLE } from "./table.js";

export interface Formula {
  /** Cycles that each of `Work.counts` is worth. */
  readonly cycles: readonly number[];
  /** Bytes of machine code that each of `Work.code` is. */
  readonly code: readonly number[];
}

/** By form. */
export type Formulas = ReadonlyMap<string, Formula>;

/** @param text a line a family: its name, then its forms: `form = cycles; code`, numbers apart by spaces */
export function readFormulas(text: string): Formulas {
  const numbers = (list: string) => list.trim().split(" ").map(Number);
  const entries = text.split("\n").flatMap((line) => {
    const [family, ...forms] = line.split("|");
    return forms.map((one): [string, Formula] => {
      const [form, cycles, code] = one.split(/[=;]/);
      return [`${family}: ${form}`, { cycles: numbers(cycles), code: numbers(code) }];
    });
  });
  return new Map(entries);
}

export function writeFormulas(formulas: Formulas): string {
  const families = new Map<string, string[]>();
  const numbers = (list: readonly number[]) =>
    list.map((value) => String(Number(value.toPrecision(5)))).join(" ");
  for (const [name, { cycles, code }] of formulas) {
    const [family, form] = name.split(": ");
    families.set(family, [...(families.get(family) ?? []), `${form}=${numbers(cycles)};${numbers(code)}`]);
  }
  return [...families].map(([family, forms]) => `${[family, ...forms.sort()].join("|")}\n`).join("");
}

const formulas = readFormulas(TABLE);

export interface Predicted {
  readonly cycles: number;
  readonly codeBytes: number;
}

/** @returns undefined where there is no formula for such work */
export function predict(work: Work, by: Formulas = formulas): Predicted | undefined {
  const formula = by.get(work.form);
  if (formula?.cycles.length !== work.counts.length || formula.code.length !== work.code.length)
    return undefined;
  return { cycles: sumOf(formula.cycles, work.counts), codeBytes: sumOf(formula.code, work.code) };
}

function sumOf(coefficients: readonly number[], counts: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += coefficients[i] * counts[i];
  return Math.max(0, Math.round(sum));
}
