/** Stage 2 on a page. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatBytes, formatCount, formatTime } from "../../../compiler/limits/format.js";
import type { EvolutionOutcome, Scored } from "../../../compiler/search/outcome.js";
import { axisOf } from "../../../compiler/search/report/axis.js";
import { evolutionHtml } from "../../../compiler/search/report/index.js";
import { undominated } from "../../../compiler/search/report/scatter.js";
import { elementsOf, ofClass, textOf, type Node } from "../../7-report/xml.js";
import { evolutionFixture } from "./fixture.js";
import { hostile, named, pointsOfPath, rowsOf, soundPage, tableOf } from "./page.js";

const outcome = evolutionFixture({ count: 300 });
const pictureOf = (page: Node, id: string) =>
  named(page, "svg").find(({ attributes }) => attributes["aria-labelledby"]?.startsWith(`${id}-title`))!;

test("the table has the front with its costs and answers", () => {
  const page = soundPage(evolutionHtml(outcome));
  const table = tableOf(page, "front");
  const rows = rowsOf(table);
  assert.is(rows.length, outcome.front.length + 1);
  outcome.front.forEach(({ score, cost, generation, answers }, i) => {
    assert.equal(rows[i + 1].slice(0, 8), [
      String(i + 1),
      score.toFixed(2),
      formatTime(cost.seconds),
      formatBytes(cost.sram),
      formatBytes(cost.flash),
      formatCount(cost.macs, "fixed"),
      formatCount(cost.parameters, "fixed"),
      String(generation),
    ]);
    const details = named(table, "details")[i];
    assert.equal(
      named(details, "li").map(textOf),
      Object.entries(answers).map(([name, value]) => `${name}: ${value}`),
    );
  });
});

test("the head: winner, what it costs, how much was tried", () => {
  const [{ score, cost }] = outcome.front;
  const text = textOf(soundPage(evolutionHtml(outcome, { quantizedAccuracy: 91.234 })));
  const last = outcome.generations[outcome.generations.length - 1];
  for (const part of [
    `The winner has accuracy ${score.toFixed(2)} %.`,
    `300 networks scored and ${last.rejected} rejected`,
    `Accuracy after quantisation91.23 %`,
    `Latency${formatTime(cost.seconds)}`,
    `SRAM${formatBytes(cost.sram)}`,
    "of 96 KiB",
  ])
    assert.ok(text.includes(part), part);
  assert.not.match(textOf(soundPage(evolutionHtml(outcome))), "after quantisation");
});

test("three pictures: all dots, the front, the winner, the limit", () => {
  const page = soundPage(evolutionHtml(outcome));
  for (const [id, limit] of [
    ["scatter-latency", "limit 8 ms"],
    ["scatter-sram", "limit 16 KiB"],
    ["scatter-flash", "limit 96 KiB"],
  ]) {
    const picture = pictureOf(page, id);
    const [scored] = ofClass(picture, "scored");
    assert.ok(scored.attributes.d.split("h0").length - 1 > 280);
    assert.is(ofClass(picture, "front-dot").length, outcome.front.length);
    assert.is(textOf(ofClass(picture, "limit-text")[0]), limit);
    assert.match(
      textOf(ofClass(picture, "winner-text")[0]),
      `winner: ${outcome.front[0].score.toFixed(2)} %`,
    );
    const line = pointsOfPath(ofClass(picture, "front-line")[0].attributes.d);
    line.slice(1).forEach(([x, y], i) => assert.ok(x >= line[i][0] && y <= line[i][1]));
    assert.is(ofClass(picture, "outer").length, line.length);
  }
});

test("limits: far away, of one region, none, unreadable", () => {
  const texts = (limits: string) => {
    const page = soundPage(evolutionHtml({ ...outcome, limits }));
    return ofClass(page, "limit-text").map(textOf);
  };
  assert.equal(texts("flash <= 16 MiB"), ["limit 16 MiB →"]);
  assert.equal(texts("sram(DTCM) <= 16 KiB"), []);
  assert.equal(texts(""), []);
  assert.equal(texts("sram is small"), []);
});

test("who is not beaten in score and one cost", () => {
  const scored = (cost: number, score: number) => ({ cost: { seconds: cost }, score }) as Scored;
  const all = [scored(3, 5), scored(1, 2), scored(2, 1), scored(1, 1), scored(4, 5), scored(2, 4)];
  assert.equal(
    undominated(all, ({ cost }) => cost.seconds).map(({ cost, score }) => [cost.seconds, score]),
    [
      [1, 2],
      [2, 4],
      [3, 5],
    ],
  );
});

test("progress over the generations", () => {
  const page = soundPage(evolutionHtml(outcome));
  const picture = pictureOf(page, "progress");
  for (const curve of ofClass(picture, "curve"))
    assert.is(pointsOfPath(curve.attributes.d).length, outcome.generations.length);
  const rows = rowsOf(tableOf(page, "Generations"));
  outcome.generations.forEach(({ best, mean, scored, rejected }, i) =>
    assert.equal(
      rows[i + 1],
      [i, best.toFixed(2), mean.toFixed(2), scored, rejected.toLocaleString("en-US")].map(String),
    ),
  );
});

test("extremes: nothing, one, ten thousand", () => {
  const nothing: EvolutionOutcome = { ...outcome, front: [], all: [], generations: [] };
  assert.match(textOf(soundPage(evolutionHtml(nothing))), "No network fits. Nothing was scored yet.");
  soundPage(evolutionHtml({ ...outcome, front: [] }));
  soundPage(evolutionHtml(evolutionFixture({ count: 1 })));
  const scores = [-1e9, 0, 1e12, 1e-9].map((score) => ({ ...outcome.front[0], score }));
  soundPage(evolutionHtml({ ...outcome, front: scores, all: scores }));
  const free = { macs: 0, parameters: 0, flash: 0, sram: 0, seconds: 0, joules: 0 };
  soundPage(evolutionHtml({ ...outcome, front: [{ ...outcome.front[0], cost: free }], all: [] }));

  const many = evolutionFixture({ count: 10_000 });
  const html = evolutionHtml(many);
  soundPage(html);
  assert.is(html, evolutionHtml(many));
  // Even if nobody beat anybody.
  const page = soundPage(evolutionHtml({ ...many, front: many.all }));
  const rows = rowsOf(tableOf(page, "front")).length - 1;
  assert.ok(rows > 100 && rows < 10_000);
  assert.match(
    textOf(page),
    `${(10_000 - rows).toLocaleString("en-US").replace(",", "")} more networks of the front`,
  );
});

test("hostile and long names are text", () => {
  const long = "ab".repeat(2000);
  const named = (text: string) => hostile + text + long;
  const evil = {
    ...evolutionFixture({ count: 40, named }),
    ...{ network: hostile, measure: hostile, board: long },
  };
  const html = evolutionHtml(evil);
  assert.not.match(html, /[\u0000-\u0008\u001b\u202e]|\p{Surrogate}/u);
  const page = soundPage(html);
  assert.ok(textOf(page).includes(`</title><script>alert("1")</script>&lt;'üß漢`));
  assert.not.ok(elementsOf(page).some(({ name }) => name === "script"));
});

test("axes: round ticks around what is to be seen", () => {
  const of = (...args: Parameters<typeof axisOf>) => axisOf(...args).ticks.map(({ label }) => label);
  assert.equal(of("a", [0, 73e6], "macs", { count: 8 }), [
    "0",
    "10",
    "20",
    "30",
    "40",
    "50",
    "60",
    "70",
    "80",
  ]);
  assert.equal(of("a", [0.0012, 0.0079], "time"), ["0", "2", "4", "6", "8"]);
  assert.equal(of("a", [93.1, 93.9]), ["93.0", "93.2", "93.4", "93.6", "93.8", "94.0"]);
  assert.is(axisOf("SRAM", [5000, 16384], "bytes").title, "SRAM, KiB");
  for (const extent of [
    [0, 0],
    [5, 5],
    [-3, 7],
    [1e300, 1e301],
    [1e15, 1e15 + 1],
    [1e-300, 2e-300],
  ] as const) {
    const { least, most, ticks } = axisOf("a", extent);
    assert.ok(Number.isFinite(least) && least < most && ticks.length <= 16, String(extent));
    assert.ok(least <= extent[0] && most >= extent[1] * (1 - 1e-9), String(extent));
  }
});

test.run();
