/** `--linker-script app.ld`: the regions of the real project, from the MEMORY block of its GNU linker script. */

import { Diagnostics, reject } from "../diagnostics/diagnostic.js";
import { readBytes } from "../files/read-file.js";
import type { Board, Region } from "../targets/board.js";
import { evaluate, type ArithmeticOperator } from "./arithmetic.js";
import type { Name } from "./budget-grammar.js";
import {
  parseLinkerScript,
  type AddressExpression,
  type AddressLeaf,
  type RegionSyntax,
} from "./linker-grammar.js";
import { nearest } from "./nearest.js";
import { fileSource, type Range, type Source } from "./source.js";
import { maxCharacters } from "./syntax.js";

/** The board with the script's regions in place of its own. A region that lies within tightly coupled memory of the board is. */
export function withLinkerScript(board: Board, file: string): Board {
  const coupled = board.regions.filter((one) => one.tightlyCoupled && one.origin !== undefined);
  const within = (inner: Region, outer: Region) =>
    inner.origin! >= outer.origin! && inner.origin! + inner.bytes <= outer.origin! + outer.bytes;
  const regions = regionsFromLinkerScript(file).map((region) => ({
    ...region,
    tightlyCoupled: region.tightlyCoupled || coupled.some((one) => within(region, one)),
  }));
  return { ...board, regions };
}

/** Reads a linker script's regions. Rejects where there are none to write to. */
export function regionsFromLinkerScript(file: string): Region[] {
  const text = new TextDecoder().decode(readBytes(file, { file }, file, 4 * maxCharacters.linkerScript));
  return parseRegions(file, text);
}

/**
 * Regions that are writable (attribute `w`) are SRAM, others flash; without attributes the name decides: what contains
 * FLASH, ROM, NOR or SPI is flash. Left out: regions of no bytes, and ITCM, which is for code (data there would start at
 * address 0, C's null pointer). A writable region at address 0 counts as flash for the same reason.
 */
export function parseRegions(file: string, text: string): Region[] {
  const source = fileSource(file, text);
  if (text.length > maxCharacters.linkerScript) {
    const atMost = maxCharacters.linkerScript;
    reject("MCU2116", { file }, { language: "linker script", characters: text.length, atMost });
  }
  const { blocks, regions: syntax } = parseLinkerScript(source);
  if (blocks === 0) reject("MCU2140", { file }, {});
  const diagnostics = new Diagnostics();
  const regions: Region[] = [];
  const extents = new Map<string, Extent>();
  for (const one of syntax) {
    const extent = diagnostics.attempt(() => extentOf(one, extents, source));
    if (extents.has(one.name.text))
      diagnostics.report("MCU2132", source.place(one.name.at), { what: `region ${one.name.text}` });
    if (extent !== undefined) regions.push(...regionOf(one, extent));
    extents.set(one.name.text, extent ?? { origin: 0, length: 0 });
  }
  diagnostics.stop();
  if (!regions.some((one) => one.kind === "sram"))
    reject("MCU2141", { file }, { regions: syntax.map((one) => one.name.text) });
  return regions;
}

interface Extent {
  readonly origin: number;
  readonly length: number;
}

function extentOf(syntax: RegionSyntax, earlier: ReadonlyMap<string, Extent>, source: Source): Extent {
  checkKey(syntax.originKey, ["ORIGIN", "org", "o"], source);
  checkKey(syntax.lengthKey, ["LENGTH", "len", "l"], source);
  return { origin: address(syntax.origin, earlier, source), length: address(syntax.length, earlier, source) };
}

function checkKey(key: Name, allowed: readonly string[], source: Source): void {
  if (allowed.includes(key.text)) return;
  const [expected, found] = [`\`${allowed[0]}\``, `\`${key.text}\``];
  reject("MCU2110", source.place(key.at), { language: "linker script", expected, found });
}

function regionOf({ name, attributes }: RegionSyntax, { origin, length }: Extent): Region[] {
  if (length === 0 || /ITCM/i.test(name.text)) return [];
  // What follows `!` must not be there: (!w) is read-only.
  const writable =
    attributes === undefined ? !/FLASH|ROM|NOR|SPI/i.test(name.text) : /^[^!]*w/i.test(attributes);
  return [
    {
      name: name.text.replace(/[^A-Za-z0-9_]/g, "_"),
      kind: writable && origin !== 0 ? "sram" : "flash",
      bytes: length,
      origin,
      tightlyCoupled: /TCM/i.test(name.text),
    },
  ];
}

/** ld's arithmetic: whole numbers. Rejects negative results and those beyond 2^53. */
function address(
  expression: AddressExpression,
  earlier: ReadonlyMap<string, Extent>,
  source: Source,
): number {
  const value = evaluate(expression, {
    leaf: (leaf) => leafValue(leaf, earlier, source),
    negate: (value: number) => -value,
    apply: (operator, left, right, at) => apply(operator, left, right, at, source),
  });
  if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  const found = value < 0 ? "negative" : value.toExponential(2);
  return reject("MCU2115", source.place(expression.at), {
    what: "an address or size",
    found,
    expected: "0 to 2^53",
  });
}

function apply(operator: ArithmeticOperator, left: number, right: number, at: Range, source: Source): number {
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  if (right === 0)
    reject("MCU2115", source.place(at), {
      what: "a number",
      found: "divided by 0",
      expected: "another divisor",
    });
  return Math.trunc(left / right);
}

function leafValue(leaf: AddressLeaf, earlier: ReadonlyMap<string, Extent>, source: Source): number {
  if (leaf.kind === "number") return numberOf(leaf.number, source);
  const { word, argument, at } = leaf;
  const isOrigin = ["ORIGIN", "org", "o"].includes(word.text);
  if (argument === undefined || (!isOrigin && !["LENGTH", "len", "l"].includes(word.text))) {
    return reject("MCU2142", source.place(at), { symbol: source.text.slice(at.start, at.end) });
  }
  const region = earlier.get(argument.text);
  if (region === undefined) {
    const known = [...earlier.keys()];
    return reject("MCU2143", source.place(argument.at), {
      region: argument.text,
      known,
      nearest: nearest(argument.text, known),
    });
  }
  return isOrigin ? region.origin : region.length;
}

/** `0x…` hexadecimal, `0…` octal, else decimal; then K (1024) or M (1024 K). */
function numberOf({ text, at }: Name, source: Source): number {
  const match = /^(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9]\d*))([kKmM]?)$/.exec(text);
  if (match === null) return reject("MCU2144", source.place(at), { number: text.slice(0, 40) });
  const [, hexadecimal, octal, decimal, suffix] = match;
  const scale = suffix === "" ? 1 : suffix.toLowerCase() === "k" ? 1 << 10 : 1 << 20;
  const value =
    decimal !== undefined
      ? Number(decimal)
      : parseInt(hexadecimal ?? octal, hexadecimal !== undefined ? 16 : 8);
  return value * scale;
}
