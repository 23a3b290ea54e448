/** The figures at a page's head. */

import { element, type Markup } from "./markup.js";

export const card = (term: string, figure: string, detail: string): Markup =>
  element(
    "div",
    {},
    element("dt", {}, term),
    element("dd", {}, element("strong", {}, figure), element("small", {}, detail)),
  );

export const cards = (...all: readonly Markup[]): Markup => element("dl", { class: "cards" }, all);
