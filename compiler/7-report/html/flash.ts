/** Flash by layer: constants and code. */

import { layerName } from "../../limits/usage.js";
import { element, type Markup } from "./markup.js";
import type { Subject } from "./subject.js";
import { bar, table, type Column } from "./table.js";
import { exactBytes, grouped, percent } from "./words.js";

interface Entry {
  readonly name: string;
  readonly constants: number;
  readonly code: number;
}

const columns: Column[] = [
  { head: "layer" },
  { head: "constants and code" },
  { head: "constants, B", align: "right" },
  {
    head: "code, B",
    align: "right",
    title: "estimated; layers with the same code share a function, which is counted where it first occurs",
  },
  { head: "share", align: "right" },
];

export function flashTable({ net }: Subject): Markup {
  const entries = [
    ...net.lowered.map((step): Entry => ({
      name: layerName(step),
      constants: step.constantBytes,
      code: step.codeBytes,
    })),
    ...rest(net),
  ];
  const total = net.totals.constantBytes + net.totals.codeBytes;
  const most = Math.max(...entries.map(({ constants, code }) => constants + code), 1);
  const rows = entries.map(({ name, constants, code }) => ({
    cells: [
      name,
      bar([
        { share: constants / most, class: "bar-constants" },
        { share: code / most, class: "bar-code" },
      ]),
      constants === 0 ? "-" : grouped(constants),
      grouped(code),
      percent(constants + code, total),
    ],
  }));
  return table(`Flash of ${net.name}: ${exactBytes(total)}`, columns, rows);
}

/** What belongs to no layer: the function that calls them all. */
function rest({ lowered, totals }: Subject["net"]): Entry[] {
  const constants = totals.constantBytes - lowered.reduce((sum, one) => sum + one.constantBytes, 0);
  const code = totals.codeBytes - lowered.reduce((sum, one) => sum + one.codeBytes, 0);
  return constants > 0 || code > 0
    ? [{ name: "the rest", constants: Math.max(constants, 0), code: Math.max(code, 0) }]
    : [];
}

export function flashKey(): Markup {
  const entry = (name: string, text: string) =>
    element(
      "li",
      {},
      element("span", { class: `swatch ${name}`, "aria-hidden": "true" }, ""),
      element("span", {}, text),
    );
  return element(
    "ul",
    { class: "legend" },
    entry("bar-constants", "constants"),
    entry("bar-code", "code (estimate)"),
  );
}
