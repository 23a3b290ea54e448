/** MCU21xx — limits, boards and linker scripts. */

import { entry } from "./entry.js";

const quote = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

/** "did you mean `sram`? Known are …" */
const suggestion = (nearest: string | undefined, known: readonly string[]): string => {
  const all = known.length === 0 ? "there are none" : `known are ${quote(known)}`;
  return nearest === undefined ? all : `did you mean \`${nearest}\`? ${all[0].toUpperCase()}${all.slice(1)}`;
};

/** One a line, below each other behind `help: `. */
const lines = (advice: readonly string[]): string => advice.join(";\n      ");

export const limitMessages = {
  MCU2101: entry<{
    limit: string;
    used: string;
    atMost: string;
    over: string;
    layer: string;
    advice: readonly string[];
  }>({
    message: ({ limit, used, atMost, over, layer }) =>
      `${limit}: ${used}, ${over} more than the limit of ${atMost}${layer}`,
    help: ({ advice }) => lines(advice),
  }),
  MCU2102: entry<{
    used: string;
    region: string;
    board: string;
    available: string;
    advice: readonly string[];
  }>({
    message: ({ used, region, board, available }) =>
      `the arena needs ${used}; ${region} of ${board} has ${available}`,
    help: ({ advice }) => lines(advice),
  }),
  MCU2103: entry<{
    used: string;
    weights: string;
    code: string;
    board: string;
    available: string;
    advice: readonly string[];
  }>({
    message: ({ used, weights, code, board, available }) =>
      `weights (${weights}) and code (${code}) need ${used} of flash; ${board} has ${available}`,
    help: ({ advice }) => lines(advice),
  }),
  MCU2104: entry<{ board: string }>({
    message: ({ board }) => `energy cannot be limited: the board file of ${board} does not state its power`,
    help: () => 'add the datasheet\'s figure to the board file: power 3.3 V * 100 mA "where it is from"',
  }),
  MCU2110: entry<{ language: string; expected: string | undefined; found: string }>({
    message: ({ language, expected, found }) =>
      expected === undefined
        ? `${language}: unexpected ${found}`
        : `${language}: expected ${expected}, found ${found}`,
  }),
  MCU2111: entry<{ language: string; maxNesting: number }>({
    message: ({ language, maxNesting }) =>
      `${language}: parentheses nest deeper than ${maxNesting}; expected fewer`,
  }),
  MCU2112: entry<{ unit: string; nearest: string | undefined }>({
    message: ({ unit }) =>
      `unknown unit \`${unit}\`; expected one of B, kB, KiB, MB, MiB, us, ms, s, uJ, mJ, J, MHz, k, M, G`,
    help: ({ nearest }) => (nearest === undefined ? undefined : `did you mean \`${nearest}\`?`),
  }),
  MCU2113: entry<{ operator: string; left: string; right: string }>({
    message: ({ operator, left, right }) =>
      `\`${operator}\` needs two values of one kind, got ${left} and ${right}`,
  }),
  MCU2114: entry<{
    what: string;
    expected: string;
    found: string;
    units: readonly string[];
    written: string;
  }>({
    message: ({ what, expected, found }) => `${what} is ${expected}, got ${found}`,
    help: ({ expected, found, units, written }) =>
      found === "a plain number" && /^[\d._]+$/.test(written)
        ? `write the unit: ${units.map((unit) => `\`${written} ${unit}\``).join(", ")}`
        : expected === "a plain number"
          ? `numbers may end in ${quote(units)}`
          : `units are ${quote(units)}`,
  }),
  MCU2115: entry<{ what: string; found: string; expected: string }>({
    message: ({ what, found, expected }) => `${what} cannot be ${found}; expected ${expected}`,
  }),
  MCU2116: entry<{ language: string; characters: number; atMost: number }>({
    message: ({ language, characters, atMost }) =>
      `${language}: ${characters} characters; at most ${atMost} are read`,
  }),
  MCU2117: entry<{ quantity: string; known: readonly string[]; nearest: string | undefined }>({
    message: ({ quantity }) => `unknown quantity \`${quantity}\`; expected what can be limited`,
    help: ({ known, nearest }) => suggestion(nearest, known),
  }),
  MCU2118: entry<{ comparison: string }>({
    message: ({ comparison }) => `expected \`<=\`, found \`${comparison}\``,
    help: () => "a limit is the most that is allowed: `sram <= 32 KiB`",
  }),
  MCU2119: entry<{ quantity: string }>({
    message: ({ quantity }) => `\`${quantity}\` has no regions; expected \`${quantity}\` alone`,
    help: () => "only `sram` can be limited by region: `sram(DTCM) <= 16 KiB`",
  }),
  MCU2120: entry<{ limit: string }>({
    message: ({ limit }) => `\`${limit}\` is limited twice; expected one limit`,
  }),
  MCU2121: entry<{ region: string; board: string; known: readonly string[]; nearest: string | undefined }>({
    message: ({ region, board }) => `${board} has no SRAM region \`${region}\``,
    help: ({ known, nearest }) => suggestion(nearest, known),
  }),
  MCU2130: entry<{ board: string; known: readonly string[]; nearest: string | undefined }>({
    message: ({ board }) => `unknown board "${board}"; expected a name or the path of a .mcu file`,
    help: ({ known, nearest }) => suggestion(nearest, known),
  }),
  MCU2131: entry<{ setting: string; known: readonly string[]; nearest: string | undefined }>({
    message: ({ setting }) => `board file: unknown setting \`${setting}\``,
    help: ({ known, nearest }) => suggestion(nearest, known),
  }),
  MCU2132: entry<{ what: string }>({
    message: ({ what }) => `${what} is there twice; expected it once`,
  }),
  MCU2133: entry<{ what: string; example: string }>({
    message: ({ what }) => `board file: ${what} is missing`,
    help: ({ example }) => `for example \`${example}\``,
  }),
  MCU2134: entry<{ core: string; known: readonly string[] }>({
    message: ({ core, known }) => `board file: core \`${core}\` is not supported; expected ${quote(known)}`,
  }),
  MCU2135: entry<{ region: string; other: string }>({
    message: ({ region, other }) =>
      `board file: region ${region} overlaps region ${other}; expected separate addresses`,
  }),
  MCU2140: entry<Record<never, never>>({
    message: () => "linker script: there is no MEMORY block",
    help: () => "give the script that defines the regions; files that it INCLUDEs are not followed",
  }),
  MCU2141: entry<{ regions: readonly string[] }>({
    message: ({ regions }) =>
      `linker script: no region for data; expected one with attribute w, found ${regions.length === 0 ? "no regions" : regions.join(", ")}`,
    help: () => "for example `RAM (xrw) : ORIGIN = 0x20000000, LENGTH = 320K`",
  }),
  MCU2142: entry<{ symbol: string }>({
    message: ({ symbol }) =>
      `linker script: \`${symbol}\` is not a number; expected numbers, ORIGIN(region) and LENGTH(region)`,
    help: () => "symbols are not followed: write the number, or run the preprocessor first",
  }),
  MCU2143: entry<{ region: string; known: readonly string[]; nearest: string | undefined }>({
    message: ({ region }) => `linker script: region ${region} is not defined before this line`,
    help: ({ known, nearest }) =>
      known.length === 0 ? "put its line above this one" : suggestion(nearest, known),
  }),
  MCU2144: entry<{ number: string }>({
    message: ({ number }) =>
      `linker script: \`${number}\` is not a number; expected for example 0x20000000, 128K or 1M`,
  }),
};
