/** Tables with bars in their cells. */

import { element, rounded, type Child, type Markup } from "./markup.js";

export interface Column {
  readonly head: string;
  /** Figures stand at the right. */
  readonly align?: "right";
  /** Explains the head. */
  readonly title?: string;
}

export interface Row {
  readonly cells: readonly Child[];
  readonly class?: string;
}

/** @param head index of the column whose cells name their rows */
export function table(caption: string, columns: readonly Column[], rows: readonly Row[], head = 0): Markup {
  const kind = (i: number) => (columns[i].align === "right" ? "figure" : undefined);
  const heads = columns.map(({ head: text, title }, i) =>
    element("th", { scope: "col", class: kind(i), title }, text),
  );
  const body = rows.map((row) =>
    element(
      "tr",
      { class: row.class },
      row.cells.map((cell, i) =>
        i === head
          ? element("th", { scope: "row", class: kind(i) }, cell)
          : element("td", { class: kind(i) }, cell),
      ),
    ),
  );
  const content = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, heads)),
    element("tbody", {}, body),
  );
  return scrolled(caption, content);
}

/** What is wider than a narrow screen scrolls by itself, by keys as well. */
export function scrolled(label: string, content: Child): Markup {
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, content);
}

export interface BarPart {
  readonly share: number;
  readonly class: string;
}

/** A bar next to its figure, which says the same: not read aloud. @param parts shares of the bar's whole length, 0 to 1 */
export function bar(parts: readonly BarPart[]): Markup {
  const pieces = parts
    .filter(({ share }) => share > 0)
    .map(({ share, class: name }) =>
      element("span", { class: name, style: `width:${rounded(Math.min(share, 1) * 100)}%` }, ""),
    );
  return element("span", { class: "bar", "aria-hidden": "true" }, pieces);
}
