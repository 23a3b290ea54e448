/** report.html: what is on the page, that it is well-formed, escaped and self-contained. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { palette, type Theme } from "../../compiler/7-report/html/colours.js";
import { element, render } from "../../compiler/7-report/html/markup.js";
import { percent } from "../../compiler/7-report/html/words.js";
import { reportHtml } from "../../compiler/7-report/index.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import { fixture } from "./fixture.js";
import { streamed } from "./streamed.js";
import { elementsOf, ofClass, parseXml, textOf, type Node } from "./xml.js";

const named = (node: Node, name: string) => elementsOf(node).filter((one) => one.name === name);
const rowsOf = (node: Node) =>
  named(node, "tr").map((row) => row.children.map((cell) => textOf(cell as Node)));

test("the head: what the network needs, and how much of its limits", () => {
  const text = textOf(
    parseXml(reportHtml([fixture({ limits: "sram <= 4 KiB; latency <= 1 ms; energy <= 1 mJ" })])),
  );
  for (const part of [
    "for stm32f746g-disco (cortex-m7, 216 MHz): 4 steps",
    "Arena in DTCM4,352 Bthe lower bound: no placement needs less",
    "Stack320 B",
    "Flash22,972 Bconstants 20.4 KiB, code 2.1 KiB (estimate)",
    "MACs94.2 k94,208",
    "Predicted time588 us127,000 cycles, 110,000 of the core",
    "sram ≤ 4 KiB4.3 KiB106 %✗ not met",
    "latency ≤ 1 ms588 us59 %✓ met",
    "energy ≤ 1 mJnot known",
  ])
    assert.ok(text.includes(part), part);
  assert.not.match(text, "undefined");
  assert.not.match(text, "NaN");
});

test("a row for every layer in the tables, all their cells under a head", () => {
  const page = parseXml(reportHtml([fixture()]));
  const [limits, layers, flash] = named(page, "table").map(rowsOf);
  for (const table of [limits, layers, flash]) {
    assert.ok(table.every((row) => row.length === table[0].length));
    assert.ok(table[0].every((head) => head !== ""));
  }
  const [, stem, spread] = layers;
  const first = [
    "0",
    "stem",
    "conv2d",
    "16x16x8",
    "conv2d plain",
    "net.ts",
    "2,816",
    "-",
    "55.3 k",
    "60,000",
    "47 %",
  ];
  assert.equal(stem, first);
  assert.is(spread[1], "spread peak");
  assert.equal(flash.map(([name, , constants, code]) => [name, constants, code]).slice(1), [
    ["stem", "248", "900"],
    ["spread", "104", "700"],
    ["join", "-", "200"],
    ["head", "20,520", "300"],
  ]);
  assert.is(named(page, "th").filter(({ attributes }) => attributes.scope === undefined).length, 0);
});

test("nothing from elsewhere: no address, no script, only styles of its own and fragments", () => {
  const html = reportHtml([fixture(), { ...streamed(), name: "other" }]);
  assert.not.match(html, /https?:|url\((?!#)|@import|<script|\son\w+=/i);
  const page = parseXml(html);
  const ids = elementsOf(page).flatMap(({ attributes }) => attributes.id ?? []);
  assert.is(new Set(ids).size, ids.length);
  for (const { attributes } of elementsOf(page)) {
    assert.is(attributes.src, undefined);
    if (attributes.href?.startsWith("#")) assert.ok(ids.includes(attributes.href.slice(1)), attributes.href);
    else assert.ok(attributes.href === undefined || attributes.href === "data:,");
    for (const id of attributes["aria-labelledby"]?.split(" ") ?? []) assert.ok(ids.includes(id), id);
  }
  const painted = [...html.matchAll(/url\(#([\w-]+)\)/g)].map(([, id]) => id);
  assert.ok(painted.length > 0 && painted.every((id) => ids.includes(id)));
});

test("the same network gives the same page", () => {
  assert.is(reportHtml([fixture()]), reportHtml([fixture()]));
});

test("hostile names are text, and nothing but text", () => {
  const name = `</title><script>alert("1")</script>&lt;'\u0000\u0007\ud800\u202e`;
  const hostile = (net: Lowered) => ({
    values: net.values.map((value) => ({ ...value, name })),
    buffers: net.buffers.map((buffer) => ({ ...buffer, name })),
    outputs: net.outputs.map((output) => ({ ...output, name })),
    lowered: net.lowered.map((one) => ({
      ...one,
      name,
      step: {
        ...one.step,
        kernel: { ...one.step.kernel, name },
        operations: one.step.operations.map((operation) => ({ ...operation, name })),
      },
      code: { ...one.code, parts: one.code.parts?.map((part) => ({ ...part, name })) },
    })),
  });
  const html = reportHtml([streamed({ change: hostile, file: `model/"><script>.ts` })]);
  assert.not.match(html, "<script");
  assert.not.match(html, /[\u0000-\u0008\u202e]|\p{Surrogate}/u);
  const text = textOf(parseXml(html));
  assert.ok(text.includes(`</title><script>alert("1")</script>&lt;'\ufffd\ufffd\ufffd\ufffd`));
});

test("markup", () => {
  assert.is(
    render(element("td", { class: undefined, x: 1.234, y: -0 }, "a<b", 2, undefined)),
    '<td x="1.23" y="0">a&lt;b2</td>',
  );
  assert.is(render([element("rect", { width: 1 }), element("span")]), '<rect width="1"/><span></span>');
  assert.is(render(element("p", { title: `"'<&>` })), `<p title="&quot;&#39;&lt;&amp;&gt;"></p>`);
});

test("several networks: a section each, links to them, and what they share", () => {
  const shared = [{ bytes: 4352, memory: "DTCM", type: "tsc_mcu_shared_arena", networks: ["tiny", "other"] }];
  const page = parseXml(reportHtml([fixture(), { ...fixture(), name: "other" }], shared));
  assert.equal(
    named(page, "article").map(({ attributes }) => attributes.id),
    ["tiny", "other"],
  );
  assert.equal(
    named(page, "a").map(({ attributes }) => attributes.href),
    ["#tiny", "#other"],
  );
  assert.ok(
    textOf(page).includes("Shared memory: 4,352 B in DTCM (tsc_mcu_shared_arena), by tiny, other in turns."),
  );
  assert.is(named(parseXml(reportHtml([fixture()])), "nav").length, 0);
});

test("streams: rings, lines, rows at hand and work, each named", () => {
  const page = parseXml(reportHtml([streamed()]));
  const [stream] = ofClass(page, "stream");
  const text = textOf(stream).replaceAll("\n", "");
  assert.ok(text.startsWith("0 stem_to_join (net.ts): image → join, 768 B of scratch"), text);
  for (const part of [
    "ring of 3 rows, 384 B",
    "lines that move up (2), 192 B",
    "rows at hand (1), 128 B",
    "work, 64 B",
  ])
    assert.ok(text.includes(part), part);
  assert.is(named(stream, "circle").length, 2);
  assert.is(ofClass(parseXml(reportHtml([fixture()])), "stream").length, 0);
});

test("an input that is fed by rows has no place, and its step says when it runs", () => {
  const fed = (net: Lowered) => ({
    values: net.values.map((value, i) => (i === 0 ? { ...value, feed: "rows" as const } : value)),
    storage: new Map([...net.storage].filter(([value]) => value !== 0)),
    buffers: net.buffers.map((buffer) => (buffer.id === 0 ? { ...buffer, kind: "state" as const } : buffer)),
    lowered: net.lowered.map((one, i) => (i === 0 ? { ...one, step: { ...one.step, feeds: 0 } } : one)),
  });
  const text = textOf(parseXml(reportHtml([streamed({ change: fed })])));
  assert.ok(text.includes("conv2d + depthwiseConv2d + add, once a row before the run"));
  assert.ok(text.includes("state, kept from run to run"));
  assert.not.ok(text.includes("written by the caller"));
});

test("text on its grounds has a contrast of 4.5, marks and edges 3", () => {
  const grounds = [
    "page",
    "card",
    "peak",
    "input",
    "activation",
    "output",
    "scratch",
    "state",
    "reserved",
    "heat-most",
  ] as const;
  const texts = [
    ...grounds.map((ground) => ["text", ground] as const),
    ...(["edge-activation", "edge-state", "edge-input", "edge-output", "edge-scratch"] as const).map(
      (text) => [text, "page"] as const,
    ),
    ...(["soft", "peak-text", "met", "over", "link"] as const).map((text) => [text, "page"] as const),
    ...([
      ["soft", "card"],
      ["soft", "peak"],
      ["peak-text", "peak"],
      ["met", "peak"],
    ] as const),
  ];
  const edges = (["input", "activation", "output", "scratch", "state"] as const).flatMap((kind) => [
    [`edge-${kind}`, kind] as const,
    [`edge-${kind}`, "page"] as const,
  ]);
  for (const theme of ["light", "dark"] as const) {
    for (const [text, ground] of texts)
      assert.ok(contrast(theme, text, ground) >= 4.5, `${theme} ${text} on ${ground}`);
    for (const [edge, ground] of [...edges, ["axis", "page"] as const])
      assert.ok(contrast(theme, edge, ground) >= 3, `${theme} ${edge} on ${ground}`);
  }
});

/** WCAG 2.2: relative luminances, 1 to 21. */
function contrast(theme: Theme, one: keyof typeof palette, other: keyof typeof palette): number {
  const index = theme === "light" ? 0 : 1;
  const luminance = (colour: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
      const part = parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
      return sum + weight * (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    }, 0);
  const [dark, light] = [luminance(palette[one][index]), luminance(palette[other][index])].sort(
    (a, b) => a - b,
  );
  return (light + 0.05) / (dark + 0.05);
}

test("percentages", () => {
  assert.equal(
    [percent(0, 5), percent(1, 2000), percent(43, 1000), percent(1, 3), percent(1, 0)],
    ["0 %", "< 0.1 %", "4.3 %", "33 %", "more than 100 %"],
  );
});

test.run();
