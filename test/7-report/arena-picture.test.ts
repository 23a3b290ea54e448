/** The picture of the arenas: every buffer in its place, nothing over anything but what a result takes over. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { arenaPicture } from "../../compiler/7-report/html/arena-picture.js";
import { besideLine, labelIn } from "../../compiler/7-report/html/label.js";
import { columnsFor, ticksOf } from "../../compiler/7-report/html/scale.js";
import { subjectOf } from "../../compiler/7-report/html/subject.js";
import {
  hasIdleBytes,
  takeoversOf,
  tenanciesOf,
  type Tenancy,
} from "../../compiler/7-report/html/tenancy.js";
import { reportHtml } from "../../compiler/7-report/index.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import { arenasOf } from "../../compiler/ir/plan.js";
import { randomNet } from "../4-plan/random-net.js";
import { divided } from "../4-plan/two-memories.js";
import { Random } from "../kernels/layers.js";
import { fixture } from "./fixture.js";
import { parts, streamed } from "./streamed.js";
import { elementsOf, ofClass, parseXml, textOf, type Node } from "./xml.js";

const pictureOf = (net: Lowered): Node => parseXml(arenaPicture(subjectOf(net)).text);
/** The fixture has a view between join and head, whose operation is no step. */
const viewed = (net: Lowered) => {
  const view = { ...net.operations[2], name: "flatten", inputs: [3], output: 4 };
  return { operations: [...net.operations, view] };
};
const number = ({ attributes }: Node, name: string) => Number(attributes[name]);
/** What is shown under the pointer. */
const hints = (node: Node) =>
  elementsOf(node)
    .filter(({ name }) => name === "title")
    .map(textOf);

test("values live from the step that writes them to the last that reads them, through views", () => {
  const spans = tenanciesOf(fixture({ change: viewed })).map((one) => [
    one.value,
    one.kind,
    one.start,
    one.first,
    one.last,
  ]);
  assert.equal(spans, [
    [0, "input", 2048, 0, 0],
    [1, "activation", 0, 0, 2],
    [2, "activation", 2048, 1, 2],
    [3, "activation", 2048, 2, 3],
    [5, "output", 0, 3, 3],
  ]);
});

test("a result over its input: whole in place, or as far as it reaches", () => {
  const taken = (net: Lowered) =>
    takeoversOf(tenanciesOf(net)).map(({ step, start, end, eaten, by }) => [
      step,
      start,
      end,
      eaten.value,
      by.value,
    ]);
  assert.equal(taken(fixture()), [[2, 2048, 4096, 2, 3]]);
  assert.equal(taken(streamed()), [[0, 1408, 2048, 0, 3]]);
});

test("every buffer says what and where it is, every value who writes it and until when it is needed", () => {
  const picture = pictureOf(fixture({ change: viewed }));
  const text = hints(picture);
  assert.is(ofClass(picture, "buffer").length, 5);
  assert.ok(
    text.includes(
      "spread: buffer, activation\n2,048 B at 2,048 to 4,095 of DTCM\nfrom step 1 spread (net.ts) to step 3 head (net.ts)",
    ),
  );
  assert.ok(
    text.includes(
      "join: activation, 16x16x8 int8\n2,048 B at 2,048 to 4,095 of DTCM\nwritten by step 2 join (net.ts)\nneeded until step 3 head (net.ts)",
    ),
  );
  assert.ok(
    text.includes(
      "image: input, 16x16x3 int8\n768 B at 2,048 to 2,815 of DTCM\nwritten by the caller (net.ts)\nneeded until step 0 stem (net.ts)",
    ),
  );
  assert.ok(
    text.includes(
      "spread scratch: buffer, scratch\n256 B at 4,096 to 4,351 of DTCM\nduring step 1 spread (net.ts)",
    ),
  );
});

test("the peak, and the lower bound where it lies", () => {
  const net = fixture({ change: ({ arena }) => ({ arena: { ...arena, lowerBound: 2176 } }) });
  const picture = pictureOf(net);
  assert.is(textOf(ofClass(picture, "peak-text")[0]), "peak: spread");
  const [bound] = ofClass(picture, "bound");
  const [bottom, top] = ofClass(picture, "axis").map((line) => number(line, "y1"));
  assert.ok(Math.abs(number(bound, "y1") - (bottom + top) / 2) < 0.02);
  assert.is(textOf(ofClass(picture, "bound-text")[0]), "lower bound 2,176 B");
  assert.is(textOf(ofClass(pictureOf(fixture()), "bound-text")[0]), "lower bound: met");
});

test("parts of a scratch: each a cell at its bytes, rings and lines with their slots and signs", () => {
  const picture = pictureOf(streamed());
  const [scratch] = ofClass(picture, "buffer").filter((group) =>
    hints(group)[0].startsWith("stem_to_join scratch"),
  );
  const cells = ofClass(scratch, "cell");
  assert.is(cells.length, parts.length);
  const scale = number(cells[0], "height") / parts[0].bytes;
  cells.forEach((cell, i) => assert.ok(Math.abs(number(cell, "height") / scale - parts[i].bytes) < 1));
  assert.is(ofClass(scratch, "slots").length, 2);
  assert.is(ofClass(scratch, "sign").length, 2);
  assert.ok(
    hints(scratch).includes(
      "stem: ring of 3 rows, 384 B\n2,176 to 2,559 of DTCM\nstem_to_join scratch\nduring step 0 stem_to_join (net.ts)",
    ),
  );
});

/** Cells lie inside of an arena's panel; values that live at one step are apart, but for takeovers. */
function verify(net: Lowered): void {
  const tenancies = tenanciesOf(net);
  const takeovers = takeoversOf(tenancies);
  const isTaken = (one: Tenancy, other: Tenancy, step: number) =>
    takeovers.some(
      (taken) => taken.step === step && [taken.eaten, taken.by].every((end) => [one, other].includes(end)),
    );
  tenancies.forEach((one, i) => {
    assert.ok(one.first >= one.buffer.first && one.last <= one.buffer.last);
    for (const other of tenancies.slice(i + 1)) {
      const isApart = one.start + one.bytes <= other.start || other.start + other.bytes <= one.start;
      if (isApart || one.buffer.memory !== other.buffer.memory) continue;
      for (let step = Math.max(one.first, other.first); step <= Math.min(one.last, other.last); step++)
        assert.ok(
          isTaken(one, other, step),
          `${net.values[one.value].name}, ${net.values[other.value].name}`,
        );
    }
  });
  const picture = pictureOf(net);
  assert.is(ofClass(picture, "buffer").length, net.buffers.length);
  const axes = ofClass(picture, "axis").map((line) => number(line, "y1"));
  const panels = arenasOf(net).map((_, i) => ({ bottom: axes[2 * i], top: axes[2 * i + 1] }));
  const [left, right] = ["x1", "x2"].map((end) => number(ofClass(picture, "axis")[0], end));
  for (const cell of [...ofClass(picture, "cell"), ...ofClass(picture, "fill-reserved")]) {
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => number(cell, name));
    assert.ok(width >= 0 && height >= 0 && x >= left - 0.02 && x + width <= right + 0.02);
    assert.ok(panels.some(({ bottom, top }) => y >= top - 0.02 && y + height <= bottom + 0.02));
  }
}

test("random networks, with views, slices, concatenations and in-place results", () => {
  verify(fixture({ change: viewed }));
  verify(streamed({ change: viewed }));
  const random = new Random(57);
  for (let i = 0; i < 10; i++) verify(lower(plan(randomNet(random, random.int(1, 12)))));
});

test("a panel for each arena", () => {
  const net = lower(divided().planned);
  verify(net);
  const headings = ofClass(pictureOf(net), "heading").map(textOf);
  assert.equal(
    headings.map((text) => text.replace(/[\d,]+ B/, "N")),
    ["RAM: arena of N", "DTCM: scratch of N", "predicted cycles of each step"],
  );
});

test("a page of 64 layers is small", () => {
  const net = lower(plan(randomNet(new Random(3), 64)));
  assert.ok(reportHtml([net]).length < 300_000);
});

test("columns are as wide as there is room, wider where they weigh more; ticks are round", () => {
  const few = columnsFor([1, 1]);
  assert.is(few.width, 130);
  const many = columnsFor([4, ...Array<number>(199).fill(1)]);
  assert.is(many.x(1) - many.x(0), 4 * many.width);
  assert.ok(many.width > 12 && many.total > 2000);
  assert.equal(
    ticksOf(281600).map(({ label }) => label),
    ["0 B", "64 KiB", "128 KiB", "192 KiB", "256 KiB"],
  );
  assert.equal(
    ticksOf(0).map(({ label }) => label),
    ["0 B"],
  );
});

test("labels where they fit, across or upwards, and beside a line", () => {
  const box = { x: 0, y: 0, width: 100, height: 30 };
  const shown = (width: number, height: number, ...texts: string[]) => {
    const label = labelIn({ ...box, width, height }, texts);
    return label === undefined ? [] : elementsOf(parseXml(label.text)).slice(1).map(textOf);
  };
  assert.equal(shown(100, 30, "activation", "2,048 B"), ["activation", "2,048 B"]);
  assert.equal(shown(100, 15, "activation", "2,048 B"), ["activation"]);
  assert.equal(shown(15, 100, "activation", "2,048 B"), ["activation"]);
  assert.equal(shown(60, 15, "a_very_long_activation"), ["a_ve…tion"]);
  assert.equal(shown(40, 2, "fc"), []);
  assert.equal(shown(30, 30, "a_very_long_activation"), []);
  assert.equal(besideLine(box, 10), { ...box, y: 10, height: 20 });
  assert.equal(besideLine(box, 50), box);
});

test("bytes of a buffer that no value holds", () => {
  const net = fixture({ change: viewed });
  const [, stem, spread] = net.buffers;
  const inside = (id: number) => tenanciesOf(net).filter(({ buffer }) => buffer.id === id);
  assert.not.ok(hasIdleBytes(stem, inside(1)));
  assert.ok(hasIdleBytes({ ...spread, last: 4 }, inside(2)));
});

test.run();
