/** What holds for every page of the search. */

import * as assert from "uvu/assert";
import { elementsOf, parseXml, textOf, type Node } from "../../7-report/xml.js";

/** @returns the page, once it is well-formed, self-contained, small, and without figures that are none */
export function soundPage(html: string): Node {
  assert.ok(html.length < 1_000_000, `${html.length} characters`);
  const page = parseXml(html);
  assert.not.match(html, /url\(|@import|<script|\son\w+="/i);
  const all = elementsOf(page);
  const ids = all.flatMap(({ attributes }) => attributes.id ?? []);
  assert.is(new Set(ids).size, ids.length);
  for (const { attributes } of all) {
    assert.is(attributes.src, undefined);
    assert.ok(attributes.href === undefined || attributes.href === "data:,");
    for (const id of attributes["aria-labelledby"]?.split(" ") ?? []) assert.ok(ids.includes(id), id);
    for (const name of ["d", "x", "y", "cx", "cy", "style", "points"])
      assert.not.match(attributes[name] ?? "", /NaN|Infinity|undefined|e[+-]/);
  }
  const body = all.find(({ name }) => name === "main")!;
  assert.not.match(textOf(body), /NaN|Infinity|undefined|\[object/);
  return page;
}

export const named = (node: Node, name: string): Node[] =>
  elementsOf(node).filter((one) => one.name === name);

export const rowsOf = (node: Node): string[][] =>
  named(node, "tr").map((row) => row.children.map((cell) => textOf(cell as Node)));

/** The table with this in its caption. */
export const tableOf = (page: Node, caption: string): Node =>
  named(page, "table").find((one) => textOf(named(one, "caption")[0]).includes(caption))!;

/** `M1 2L3 4`: [[1, 2], [3, 4]] */
export const pointsOfPath = (d: string): number[][] =>
  d.split(/[ML]/).flatMap((point) => (point === "" ? [] : [point.split(" ").map(Number)]));

export const hostile = `</title><script>alert("1")</script>&lt;'üß漢\u0000\u001b[2J\ud800\u202e`;
