/** The `limits` of a network. */

import { Diagnostics, type Span } from "../diagnostics/diagnostic.js";
import type { Board } from "../targets/board.js";
import { beginsAfter, parseBudget, type LimitSyntax, type Name } from "./budget-grammar.js";
import type { Limit, Limits, Quantity } from "./limits.js";
import { nearest } from "./nearest.js";
import { embeddedSource, type Source } from "./source.js";
import { maxCharacters, type Explain } from "./syntax.js";
import { figure, type DimensionName } from "./units.js";

/** What is limited, and the dimension of its limit. */
const quantities: Record<Quantity, DimensionName> = {
  sram: "size",
  flash: "size",
  stack: "size",
  macs: "count",
  latency: "time",
  energy: "energy",
};

/**
 * Reads limits. Rejects with everything that is wrong; a syntax error is the only one of its text.
 * @param at where the text is: its characters, or the literal with its quotes (model file); all places derive from it
 * @param board where given, `sram(REGION)` must name one of its regions
 */
export function parseLimits(text: string, at?: Span, board?: Board): Limits {
  const source = embeddedSource(text, at);
  const diagnostics = new Diagnostics();
  if (text.length > maxCharacters.limits) {
    diagnostics.report("MCU2116", at, {
      language: "limits",
      characters: text.length,
      atMost: maxCharacters.limits,
    });
    diagnostics.stop();
  }
  const limits: Limit[] = [];
  for (const syntax of parseBudget(source, "limits", (parser) => parser.limits(), explain)) {
    const limit = diagnostics.attempt(() => limitOf(syntax, source, board));
    if (limit === undefined) continue;
    const earlier = limits.find((one) => one.quantity === limit.quantity && one.region === limit.region);
    if (earlier === undefined) limits.push(limit);
    else {
      const related = [{ message: `the first limit of ${limitName(limit)}`, place: earlier.at }];
      diagnostics.report("MCU2120", limit.at, { limit: limitName(limit) }, related);
    }
  }
  diagnostics.stop();
  return limits;
}

const explain: Explain = ({ name }, before) =>
  name === "NotAllInputParsedException" && beginsAfter(before)
    ? "a limit such as `sram <= 32 KiB`"
    : undefined;

type ModelSource = Source<Span | undefined>;

/** `sram`, or `sram(DTCM)`. */
export function limitName({ quantity, region }: Pick<Limit, "quantity" | "region">): string {
  return region === undefined ? quantity : `${quantity}(${region})`;
}

/** `sram(DTCM) <= 32 KiB` */
export const limitText = (limit: Pick<Limit, "quantity" | "region" | "text">): string =>
  `${limitName(limit)} <= ${limit.text}`;

function limitOf(syntax: LimitSyntax, source: ModelSource, board?: Board): Limit {
  const diagnostics = new Diagnostics();
  const { quantity, region, comparison, value, at } = syntax;
  const known = Object.hasOwn(quantities, quantity.text);
  const names = Object.keys(quantities);
  if (!known) {
    diagnostics.report("MCU2117", source.place(quantity.at), {
      quantity: quantity.text,
      known: names,
      nearest: nearest(quantity.text, names),
    });
  }
  if (region !== undefined)
    diagnostics.attempt(() => checkRegion(quantity.text, region, source, diagnostics, board));
  if (comparison.text !== "<=") {
    diagnostics.report("MCU2118", source.place(comparison.at), { comparison: comparison.text });
  }
  const name = limitName({ quantity: quantity.text as Quantity, region: region?.text });
  const atMost =
    known && diagnostics.attempt(() => figure(value, name, quantities[quantity.text as Quantity], source));
  diagnostics.stop();
  return {
    quantity: quantity.text as Quantity,
    region: region?.text,
    atMost: atMost as number,
    text: source.text.slice(value.at.start, value.at.end).replace(/\s+/g, " "),
    at: source.place(at),
  };
}

function checkRegion(
  quantity: string,
  region: Name,
  source: Source,
  diagnostics: Diagnostics,
  board?: Board,
): void {
  const place = source.place(region.at);
  if (quantity !== "sram") return diagnostics.report("MCU2119", place, { quantity });
  const names = board?.regions.filter((one) => one.kind === "sram").map((one) => one.name);
  if (board === undefined || names === undefined || names.includes(region.text)) return;
  diagnostics.report("MCU2121", place, {
    region: region.text,
    board: board.name,
    known: names,
    nearest: nearest(region.text, names),
  });
}
