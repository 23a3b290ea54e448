/** Segments that stream: what each keeps of its tensors, rings as rings. Only steps whose kernels say so (`KernelFunction.parts`). */

import type { ScratchPart } from "../../ir/loop.js";
import type { LoweredStep } from "../../ir/lowered.js";
import { element, rounded, type Markup } from "./markup.js";
import { partText, type Subject } from "./subject.js";
import { exactBytes } from "./words.js";

const SIZE = 64;
/** More slots than that are drawn as so many. */
const MOST_SLOTS = 24;

export function streamsOf(subject: Subject): Markup | undefined {
  const steps = subject.net.lowered
    .map((step, index) => ({ step, index, parts: step.code.parts ?? [] }))
    .filter(({ parts }) => parts.length > 0);
  if (steps.length === 0) return undefined;
  return element(
    "section",
    {},
    element("h3", {}, "Streams"),
    element(
      "p",
      { class: "note" },
      "Layers that run row by row keep a few rows of the tensors between them: in a ring the newest row takes the place of the oldest.",
    ),
    steps.map(({ step, index, parts }) => stream(subject, step, index, parts)),
  );
}

function stream(subject: Subject, step: LoweredStep, index: number, parts: readonly ScratchPart[]): Markup {
  const { net } = subject;
  const nameOf = (ids: readonly number[]) => ids.map((id) => net.values[id].name).join(", ");
  const fed = step.step.feeds === undefined ? [] : [step.step.feeds];
  const ends = [nameOf([...new Set([...fed, ...step.step.inputs])]), nameOf(step.step.outputs)];
  return element(
    "figure",
    { class: "stream" },
    element(
      "figcaption",
      {},
      `${subject.stepText(index)}: ${ends.join(" → ")}, ${exactBytes(step.scratchBytes)} of scratch`,
    ),
    element(
      "ul",
      {},
      parts.map((part) => element("li", {}, picture(part), caption(part))),
    ),
  );
}

const caption = (part: ScratchPart): Markup =>
  element("span", {}, element("strong", {}, part.name), element("br"), partText(part));

function picture(part: ScratchPart): Markup {
  const slots = Math.min(Math.max(part.rows ?? 1, 1), MOST_SLOTS);
  const box = { width: SIZE, height: SIZE, viewBox: `0 0 ${SIZE} ${SIZE}`, "aria-hidden": "true" };
  return element("svg", box, part.kind === "ring" ? ring(slots) : stack(part.kind, slots));
}

/** As many sectors as rows, and an arrow around the middle. */
function ring(slots: number): Markup[] {
  const [middle, outer, inner] = [SIZE / 2, SIZE / 2 - 2, SIZE / 4 - 1];
  const at = (radius: number, slot: number) => {
    const angle = (slot / slots) * 2 * Math.PI - Math.PI / 2;
    return `${rounded(middle + radius * Math.cos(angle))} ${rounded(middle + radius * Math.sin(angle))}`;
  };
  const d = Array.from({ length: slots > 1 ? slots : 0 }, (_, i) => `M${at(inner, i)}L${at(outer, i)}`).join(
    "",
  );
  const circle = (radius: number, name: string) =>
    element("circle", { class: name, cx: middle, cy: middle, r: radius });
  return [
    circle(outer, "cell fill-scratch"),
    circle(inner, "hole"),
    element("path", { class: "slots", d }),
    element("path", { class: "sign", d: "M36.8 27.2A7 7 0 1 0 39 32M38.5 22.5V28H33" }),
  ];
}

/** Rows on top of each other; lines move up. */
function stack(kind: ScratchPart["kind"], slots: number): Markup[] {
  const height = SIZE - 8;
  const box = { class: "cell fill-scratch", x: 8, y: 4, width: SIZE - 16, height };
  const lines = Array.from(
    { length: slots - 1 },
    (_, i) => `M8 ${rounded(4 + ((i + 1) * height) / slots)}h${SIZE - 16}`,
  );
  const arrow = "M32 44V20M25 27L32 20L39 27";
  return [
    element("rect", box),
    ...(kind === "work" ? [] : [element("path", { class: "slots", d: lines.join("") })]),
    ...(kind === "lines"
      ? [element("path", { class: "halo", d: arrow }), element("path", { class: "sign", d: arrow })]
      : []),
  ];
}
