/** How commander reads what options are given. */

import { InvalidArgumentError } from "commander";

/** Of an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

export function positiveInteger(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError("Expected a positive whole number.");
  return Number(value);
}

export function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError("Expected a whole number.");
  return Number(value);
}

export function probability(value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !(number >= 0 && number <= 1))
    throw new InvalidArgumentError("Expected a number from 0 to 1.");
  return number;
}

/** An empty name would mean the working folder. */
export function path(value: string): string {
  if (value.trim() === "") throw new InvalidArgumentError("Expected a path.");
  return value;
}

/** Accepts file names by what they end in. */
export function fileEnding(...endings: readonly string[]): (value: string) => string {
  return (value) => {
    if (endings.some((ending) => value.toLowerCase().endsWith(ending))) return value;
    throw new InvalidArgumentError(`Expected a file that ends in ${endings.join(" or ")}.`);
  };
}

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ tsc-mcu ${line}`).join("\n")}\n`;
}
