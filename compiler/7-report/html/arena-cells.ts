/** What stands in an arena: buffers, the values in them, scratch and its parts, and where a result takes over its input's bytes. */

import type { Buffer } from "../../ir/plan.js";
import type { ScratchPart } from "../../ir/loop.js";
import { besideLine, labelIn, type Box } from "./label.js";
import { bufferHint, hint, partHint, takeoverHint, tenancyHint } from "./hints.js";
import { element, rounded, type Child, type Markup } from "./markup.js";
import { signIn, slotsIn } from "./part-rows.js";
import type { Columns, Panel } from "./scale.js";
import { partsOf, type Subject } from "./subject.js";
import type { Takeover, Tenancy } from "./tenancy.js";
import { exactBytes } from "./words.js";

/** Where the panel's cells go. */
export interface Ground {
  readonly subject: Subject;
  readonly columns: Columns;
  readonly panel: Panel;
}

/** A group for every buffer of the panel's memory, the takeovers above them, and all labels above those. */
export function cellsOf(ground: Ground): Child[] {
  const { subject, panel } = ground;
  const buffers = subject.net.buffers.filter(({ memory }) => memory === panel.memory);
  const takeovers = subject.takeovers.filter(({ memory }) => memory === panel.memory);
  return [
    ...buffers.map((buffer) => bufferCell(ground, buffer)),
    ...takeovers.map((one) => takeoverCell(ground, one)),
    ...buffers.flatMap((buffer) => labelsOf(ground, buffer)),
  ];
}

const inside = ({ subject }: Ground, buffer: Buffer): Tenancy[] =>
  subject.tenancies.filter((one) => one.buffer === buffer);

function bufferCell(ground: Ground, buffer: Buffer): Markup {
  const tenancies = inside(ground, buffer).map((one) => tenancyCell(ground, one));
  const parts = partsOf(ground.subject.net, buffer.id).map((part) => partCell(ground, buffer, part));
  const isWhole = tenancies.length + parts.length === 0;
  return element(
    "g",
    { class: "buffer" },
    hint(bufferHint(ground.subject, buffer)),
    element("rect", {
      ...bufferBox(ground, buffer),
      class: isWhole ? `cell fill-${buffer.kind}` : "fill-reserved",
    }),
    tenancies,
    parts,
  );
}

function tenancyCell(ground: Ground, one: Tenancy): Markup {
  const box = boxOf(ground, one.first, one.last, one.start, one.bytes);
  return element(
    "g",
    {},
    hint(tenancyHint(ground.subject, one)),
    element("rect", { ...box, class: `cell fill-${one.kind}` }),
  );
}

function partCell(ground: Ground, buffer: Buffer, part: ScratchPart): Markup {
  const box = partBox(ground, buffer, part);
  return element(
    "g",
    {},
    hint(partHint(ground.subject, buffer, part)),
    element("rect", { ...box, class: "cell fill-scratch" }),
    slotsIn(box, part),
    signIn(box, part).sign,
  );
}

/** The input that is still to be consumed as a triangle: it gets less from the left to the right, as the result gets more. */
function takeoverCell(ground: Ground, takeover: Takeover): Markup {
  const { step, start, end, eaten } = takeover;
  const { x, y, width, height } = boxOf(ground, step, step, start, end - start);
  const corners = [
    [x, y + height],
    [x, y],
    [x + width, y],
  ].map((corner) => corner.map(rounded).join(","));
  const triangle = (name: string) => element("polygon", { points: corners.join(" "), class: name });
  return element(
    "g",
    {},
    hint(takeoverHint(ground.subject, takeover)),
    triangle(`fill-${eaten.kind}`),
    triangle("fill-shared"),
  );
}

function labelsOf(ground: Ground, buffer: Buffer): Child[] {
  const { net } = ground.subject;
  const tenancies = inside(ground, buffer);
  const parts = partsOf(net, buffer.id);
  if (tenancies.length + parts.length === 0) {
    // Colour and pattern say that it is scratch.
    const name = buffer.name.replace(/ scratch$/, "");
    return [labelOf(ground, bufferBox(ground, buffer), [name, exactBytes(buffer.bytes)])];
  }
  return [
    ...tenancies.map((one) =>
      labelOf(ground, labelBox(ground, one), [net.values[one.value].name, exactBytes(one.bytes)]),
    ),
    ...parts.map((part) => {
      const { rest } = signIn(partBox(ground, buffer, part), part);
      return labelOf(ground, rest, [part.name, exactBytes(part.bytes)]);
    }),
  ];
}

/**
 * A label keeps clear of columns that are shared with the value before, if it can, and with the one after. Two that have only the
 * same column get half of it each.
 */
function labelBox(ground: Ground, one: Tenancy): Box {
  const { takeovers } = ground.subject;
  const end = takeovers.find((other) => other.step === one.last && other.eaten === one);
  const begin = takeovers.find((other) => other.step === one.first && other.by === one);
  const to = Math.max(one.last - Number(end !== undefined), one.first);
  const from = Math.min(one.first + Number(begin !== undefined), to);
  const box = boxOf(ground, from, to, one.start, one.bytes);
  const half = box.width / 2;
  if (end?.step === from) return { ...box, width: half };
  if (begin?.step === from && begin.eaten.first === from) return { ...box, x: box.x + half, width: half };
  return box;
}

/** The lower bound's line is drawn over the main arena's cells. */
function labelOf({ subject, panel }: Ground, box: Box, texts: readonly string[]): Markup | undefined {
  const { memory, lowerBound } = subject.net.arena;
  return labelIn(panel.memory === memory ? besideLine(box, panel.y(lowerBound)) : box, texts);
}

function boxOf({ columns, panel }: Ground, first: number, last: number, start: number, bytes: number): Box {
  const [x, y] = [columns.x(first), panel.y(start + bytes)];
  return { x, y, width: columns.x(last + 1) - x, height: panel.y(start) - y };
}

const bufferBox = (ground: Ground, { first, last, offset, bytes }: Buffer): Box =>
  boxOf(ground, first, last, offset, bytes);

const partBox = (ground: Ground, { first, last, offset }: Buffer, part: ScratchPart): Box =>
  boxOf(ground, first, last, offset + part.offset, part.bytes);
