/** Stage 1 on a page, on a terminal and as JSON. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { gridHtml, gridSummary, gridText } from "../../../compiler/search/report/index.js";
import { pointsOf } from "../../../compiler/search/report/distributions.js";
import { quantileOf, spreadOf } from "../../../compiler/search/report/statistics.js";
import type { GridOutcome, SubSpace } from "../../../compiler/search/outcome.js";
import { ofClass, textOf } from "../../7-report/xml.js";
import { gridFixture } from "./fixture.js";
import { hostile, named, pointsOfPath, rowsOf, soundPage, tableOf } from "./page.js";

const both = [gridFixture(), gridFixture({ streaming: "off" })];
const millions = (macs: number) => (macs / 1e6).toFixed(1);

/** Of the table's row: figures as the outcome has them. */
function figures({ macs, drawn, broken }: SubSpace): string[] {
  const others = Object.entries(broken)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  const mean = macs.reduce((sum, one) => sum + one, 0) / macs.length;
  return [
    `${((100 * macs.length) / drawn).toFixed(1)} %`,
    ...(macs.length === 0
      ? ["-", "-", "-"]
      : [mean, macs[Math.ceil(macs.length / 2) - 1], macs[Math.ceil(macs.length * 0.9) - 1]].map(millions)),
    others.map(([limit, count]) => `${limit} ${count}`).join(", ") || "-",
  ];
}

test("the table has every sub-space with the outcome's figures", () => {
  const page = soundPage(gridHtml(both));
  both.forEach((outcome, i) => {
    const rows = rowsOf(tableOf(ofClassAt(page, i), "Sub-spaces of"));
    assert.is(rows.length, outcome.subSpaces.length + 1);
    outcome.subSpaces.forEach((one, rank) => {
      const { width, resolution } = one.grid;
      const expected = [String(rank + 1), String(width), String(resolution), ...figures(one)];
      assert.equal(rows[rank + 1], expected);
    });
  });
});

const ofClassAt = (page: ReturnType<typeof soundPage>, i: number) => named(page, "article")[i];

test("curves rise from 0 to 1, and both outcomes have the same axis", () => {
  const page = soundPage(gridHtml(both));
  const bottomOf = both.map((outcome, i) => {
    const curves = ofClass(ofClassAt(page, i), "curve");
    assert.is(curves.length, outcome.subSpaces.filter(({ macs }) => macs.length > 0).length);
    assert.is(curves.filter(({ attributes }) => attributes.class.includes("named")).length, 5);
    for (const { attributes } of curves) {
      const points = pointsOfPath(attributes.d);
      assert.is(points[0][1], 394, "share 0");
      assert.is(points[points.length - 1][1], 34, "share 1");
      points.slice(1).forEach(([x, y], at) => assert.ok(x >= points[at][0] && y <= points[at][1]));
    }
    return ofClass(ofClassAt(page, i), "tick").map(textOf);
  });
  assert.equal(bottomOf[0], bottomOf[1]);
});

test("points of a distribution: all steps of few, a share of many", () => {
  assert.equal(pointsOf([3, 5], 10), [
    [3, 0],
    [3, 0.5],
    [5, 0.5],
    [5, 1],
  ]);
  const many = Array.from({ length: 1000 }, (_, i) => i * i);
  const points = pointsOf(many, 48);
  assert.is(points.length, 49);
  for (const [macs, share] of points.slice(1))
    assert.is(share, many.filter((one) => one <= macs).length / 1000);
});

test("quantiles are values that are there", () => {
  assert.is(quantileOf([1, 2, 3, 4], 0.5), 2);
  assert.is(quantileOf([1, 2, 3, 4], 0.9), 4);
  assert.is(quantileOf([7], 0.9), 7);
  assert.is(quantileOf([1, 2], 0), 1);
  assert.equal(spreadOf({ macs: [2, 4, 9] }), { mean: 5, p50: 4, p90: 9, least: 2, most: 9 });
  assert.is(spreadOf({ macs: [] }), undefined);
});

test("the heat map: rows, columns, and the best marked", () => {
  const page = soundPage(gridHtml(both));
  const [map] = ofClass(page, "heat-map");
  const rows = rowsOf(map);
  assert.equal(rows[0].slice(1, 4), ["48", "64", "80"]);
  assert.equal(
    rows.slice(1).map(([width]) => Number(width)),
    [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
  );
  const [best] = both[0].subSpaces;
  const [marked, ...more] = ofClass(map, "is-best");
  assert.is(more.length, 0);
  assert.is(marked.attributes.title, `width ${best.grid.width}, resolution ${best.grid.resolution}`);
  assert.ok(textOf(marked).startsWith(figures(best)[1]));
  for (const { grid, macs, drawn, broken } of both[0].subSpaces) {
    const row = rows.find(([width]) => width === String(grid.width))!;
    const cell = row[rows[0].indexOf(String(grid.resolution))];
    const [share, mean] = figures({ grid, macs, drawn, broken });
    assert.ok(cell.startsWith(macs.length === 0 ? `–${share}` : `${mean}${share}`), cell);
  }
});

test("how far streaming moves the choice", () => {
  const [after, before] = both.map(({ subSpaces }) => subSpaces[0]);
  const [mean, old] = [after, before].map((one) => millions(spreadOf(one)!.mean));
  const names = [after, before].map(({ grid }) => `width ${grid.width}, resolution ${grid.resolution}`);
  const text = textOf(soundPage(gridHtml(both)));
  assert.ok(
    text.includes(`moves the choice from ${names[1]} to ${names[0]}: from ${old} M to ${mean} M`),
    text.slice(6000),
  );
  assert.not.match(textOf(soundPage(gridHtml([both[0]]))), "What streaming changes");
  const none = { ...both[1], subSpaces: both[1].subSpaces.map((one) => ({ ...one, macs: [] })) };
  assert.match(textOf(soundPage(gridHtml([both[0], none]))), "Layer by layer nothing fits; with streaming");
  const same = { ...both[0], streaming: "off" as const };
  assert.match(textOf(soundPage(gridHtml([both[0], same]))), "leaves the choice where it is");
});

const withSpaces = (...subSpaces: SubSpace[]): GridOutcome => ({ ...gridFixture({ samples: 1 }), subSpaces });

test("extremes", () => {
  const one: SubSpace = { grid: {}, drawn: 1, macs: [0], broken: {} };
  const pages = [
    gridHtml([]),
    gridHtml([withSpaces()]),
    gridHtml([withSpaces(one)]),
    gridHtml([withSpaces({ ...one, macs: [], broken: { latency: 1 } })]),
    gridHtml([withSpaces({ ...one, drawn: 0, macs: [] })]),
    gridHtml([withSpaces({ ...one, macs: [5e15, 5e15 + 2] })]),
    gridHtml([withSpaces({ ...one, grid: { a: 1 } }, { ...one, grid: { b: "x", c: true } })]),
    gridHtml([gridFixture({ change: () => ({ macs: [] }) })]),
  ];
  for (const html of pages) soundPage(html);
  assert.match(pages[7], "No network that was drawn keeps the limits.");
  assert.not.match(pages[7], "<svg");
  assert.match(pages[2], "the whole space");
  for (const outcome of [withSpaces(), withSpaces(one), gridFixture({ change: () => ({ macs: [] }) })])
    assert.not.match(gridText(outcome), /NaN|undefined|Infinity/);
  const thousand = Array.from({ length: 1000 }, (_, i) => ({ ...both[0].subSpaces[50], grid: { n: i } }));
  assert.is(ofClass(soundPage(gridHtml([withSpaces(...thousand)])), "curve").length, 305);
});

test("hostile and long names are text", () => {
  const long = "ab".repeat(400);
  const outcome = {
    ...gridFixture({
      change: ({ grid }) => ({
        grid: { [hostile]: hostile + grid.width, [long]: `${grid.resolution}${long}` },
      }),
    }),
    ...{ network: hostile, board: hostile, limits: hostile },
  };
  const html = gridHtml([outcome, { ...outcome, streaming: "off" }]);
  assert.not.match(html, /[\u0000-\u0008\u001b\u202e]|\p{Surrogate}/u);
  const text = textOf(soundPage(html));
  assert.ok(text.includes(`</title><script>alert("1")</script>&lt;'üß漢`));
  const lines = gridText({ ...outcome, network: "n", board: "b", limits: "" }).split("\n");
  assert.not.match(lines.slice(4).join(""), /[\u0000-\u0009\u001b]/);
});

test("the same outcome gives the same page", () => {
  assert.is(gridHtml(both), gridHtml([gridFixture(), gridFixture({ streaming: "off" })]));
});

test("a terminal gets the best ten", () => {
  const outcome = both[0];
  const lines = gridText(outcome).split("\n");
  const start = lines.findIndex((line) => line.includes("broken by"));
  assert.equal(lines[start].trim().split(/ {2,}/), [
    ...["width", "resolution", "fits", "mean", "p50", "p90", "broken by"],
  ]);
  outcome.subSpaces.slice(0, 10).forEach((one, i) => {
    const { width, resolution } = one.grid;
    assert.equal(lines[start + 1 + i].trim().split(/ {2,}/), [`${width}`, `${resolution}`, ...figures(one)]);
  });
  assert.ok(lines[start + 12].startsWith("… and 98 more."));
  assert.is(gridText(outcome, 3).split("\n").length, lines.length - 7);
  assert.match(lines[0], "mcunet for stm32f746g-disco within sram <= 320 KiB; flash <= 1 MiB");
});

test("JSON has figures instead of lists", () => {
  const summary = gridSummary(both[0]);
  assert.equal(JSON.parse(JSON.stringify(summary)), summary);
  both[0].subSpaces.forEach((one, i) => {
    const { grid, drawn, macs, broken } = one;
    const spread = spreadOf(one);
    const expected = { grid, drawn, fits: macs.length, ...(spread && { macs: spread }), broken };
    assert.equal(summary.subSpaces[i], expected);
  });
  assert.is(summary.streaming, "chosen");
});

test.run();
