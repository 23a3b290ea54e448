/** The grammars themselves: valid by chevrotain's own checks, and what they read is what was written. */

import { performance } from "node:perf_hooks";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { evaluate, type Expression } from "../../compiler/limits/arithmetic.js";
import {
  BudgetParser,
  parseBudget,
  type LimitSyntax,
  type QuantityLeaf,
} from "../../compiler/limits/budget-grammar.js";
import { budgetTokens } from "../../compiler/limits/budget-tokens.js";
import { chevrotain } from "../../compiler/limits/chevrotain.js";
import { LinkerScriptParser, linkerScriptTokens } from "../../compiler/limits/linker-grammar.js";
import { embeddedSource } from "../../compiler/limits/source.js";
import { measureOf } from "../../compiler/limits/units.js";
import { randomFrom } from "./random.js";

const parse = (text: string): LimitSyntax[] =>
  parseBudget(embeddedSource(text, undefined), "limits", (parser) => parser.limits());

test("both grammars pass chevrotain's validations, which the program skips", () => {
  for (const tokens of [budgetTokens, linkerScriptTokens]) {
    assert.equal(new chevrotain.Lexer(tokens, { positionTracking: "onlyOffset" }).lexerDefinitionErrors, []);
  }
  new BudgetParser({ skipValidations: false });
  new LinkerScriptParser({ skipValidations: false });
});

test("parsers are made fast enough for a check that takes less than a second", () => {
  const start = performance.now();
  new BudgetParser({ skipValidations: true });
  new LinkerScriptParser({ skipValidations: true });
  assert.ok(performance.now() - start < 250);
});

/** Prints a tree with all its parentheses. */
function print(expression: Expression<QuantityLeaf>): string {
  if (expression.kind === "leaf") {
    const { number, unit } = expression.leaf;
    return unit === undefined ? number : `${number} ${unit.text}`;
  }
  if (expression.kind === "negative") return `-(${print(expression.value)})`;
  return expression.rest.reduce(
    (text, { operator, value }) => `(${text} ${operator} ${print(value)})`,
    print(expression.first),
  );
}

const printLimit = ({ quantity, region, value }: LimitSyntax): string =>
  `${quantity.text}${region === undefined ? "" : `(${region.text})`} <= ${print(value)}`;

test("limits are read as written: print and parse again gives the same", () => {
  const texts = [
    "sram <= 32 KiB",
    "sram(DTCM) <= (2 + 3) * 4 KiB - -1 kB; flash<=64KiB",
    "latency <= 1 / 2 / 4 * 10 ms\n\n macs <= 1_000_000 - 2.5e3 + .5 k",
    "; ;\n // only comments\n# and this\n",
    "energy <= 3 V *\t2 mA * (1 s\n + 2 s)",
  ];
  for (const text of texts) {
    const printed = parse(text).map(printLimit).join("; ");
    assert.is(parse(printed).map(printLimit).join("; "), printed);
  }
  assert.is(
    parse(texts[1]).map(printLimit).join("; "),
    "sram(DTCM) <= (((2 + 3) * 4 KiB) - -(1 kB)); flash <= 64 KiB",
  );
});

test("quantities and regions may be called like keywords of board files", () => {
  assert.is(
    parse("flash <= 1 B; sram(core) <= 2 B").map(printLimit).join("; "),
    "flash <= 1 B; sram(core) <= 2 B",
  );
});

test("arithmetic equals JavaScript's", () => {
  const random = randomFrom(1);
  const number = () => ["7", "0.5", "12_000", "3e2", "0x1F", "1"][random(6)];
  const make = (depth: number): string => {
    const kind = depth === 0 ? 0 : random(5);
    if (kind === 0) return number();
    if (kind === 1) return `(${make(depth - 1)})`;
    if (kind === 2) return `- ${make(depth - 1)}`;
    return `${make(depth - 1)} ${"+-*/"[random(4)]} ${make(depth - 1)}`;
  };
  for (let i = 0; i < 2000; i++) {
    const text = make(5);
    const value = measureOf(parse(`macs <= ${text}`)[0].value, embeddedSource(text, undefined)).value;
    // `- -x` is two signs in both languages once spaced; numbers with separators are JavaScript's too.
    assert.is(value, new Function(`return ${text}`)(), text);
  }
});

test("long chains do not recurse", () => {
  const [{ value }] = parse(`macs <= ${"1+".repeat(5000)}1`);
  assert.is(evaluate(value, { leaf: () => 1, negate: (x: number) => -x, apply: (_, a, b) => a + b }), 5001);
  assert.is(parse(`macs <= ${"-".repeat(5000)}1`).length, 1);
});

test.run();
