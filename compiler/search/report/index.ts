/** What the search found out, as pages, as text and as JSON. */

export { evolutionHtml, type WinnerExtra } from "./evolution-page.js";
export { gridHtml } from "./grid-page.js";
export { gridSummary, type GridSummary, type SubSpaceSummary } from "./statistics.js";
export { gridText } from "./text.js";
