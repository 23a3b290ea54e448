/** How kinds of memory are told apart: each has a colour and a pattern, both from the style sheet, so that neither is needed alone. */

import { element, type Markup } from "./markup.js";

export type Kind = "input" | "activation" | "output" | "scratch" | "state" | "shared" | "reserved";

const described: readonly (readonly [Kind, string])[] = [
  ["input", "input"],
  ["activation", "activation"],
  ["output", "output"],
  ["scratch", "scratch"],
  ["state", "state, kept from run to run"],
  ["shared", "an input whose place the result takes as it is consumed"],
  ["reserved", "part of a buffer that holds nothing at the time"],
];

/** The pattern's marks on a square of 8. */
const marks: Record<Kind, string> = {
  activation: "",
  input: "M2 0V8M6 0V8",
  output: "M0 2H8M0 6H8",
  scratch: "M1.5 2H2.5M5.5 6H6.5",
  state: "M0 4H8M4 0V8",
  shared: "M-1 1L1-1M-1 5L5-1M-1 9L9-1M3 9L9 3M7 9L9 7",
  reserved: "",
};

/** What `fill-<kind>` of the style sheet paints with: once a page. */
export function patterns(): Markup {
  const all = described
    .filter(([kind]) => kind !== "reserved")
    .map(([kind]) =>
      element(
        "pattern",
        { id: `pattern-${kind}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
        kind === "shared" ? undefined : element("rect", { class: `ground-${kind}`, width: 8, height: 8 }),
        marks[kind] === "" ? undefined : element("path", { class: `mark-${kind}`, d: marks[kind] }),
      ),
    );
  return element(
    "svg",
    { width: 0, height: 0, class: "patterns", "aria-hidden": "true" },
    element("defs", {}, all),
  );
}

/** @param kinds those that the pictures show */
export function legend(kinds: ReadonlySet<Kind>): Markup {
  const entries = described
    .filter(([kind]) => kinds.has(kind))
    .map(([kind, text]) => {
      const swatch = element("rect", { class: `fill-${kind}`, x: 0.5, y: 0.5, width: 27, height: 15 });
      const picture = element(
        "svg",
        { width: 28, height: 16, viewBox: "0 0 28 16", "aria-hidden": "true" },
        swatch,
      );
      return element("li", {}, picture, element("span", {}, text));
    });
  return element("ul", { class: "legend" }, entries);
}
