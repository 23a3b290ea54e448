/** The arenas over time: steps from left to right, addresses upwards, every buffer a rectangle, a panel for each memory. */

import { arenasOf } from "../../ir/plan.js";
import { layerName } from "../../limits/usage.js";
import { shorten } from "../table.js";
import { cellsOf } from "./arena-cells.js";
import { element, rounded, type Markup } from "./markup.js";
import { columnsFor, panelAt, ticksOf, type Columns, type Panel } from "./scale.js";
import type { Subject } from "./subject.js";
import { exactBytes, grouped, percent } from "./words.js";

const HEAD = 44;
const HEIGHTS = { main: 380, other: 170, cycles: 54 } as const;
const NAME_CHARACTERS = 26;
/** Steps with parts in their scratch are wider than others: there is more to see. */
const STREAM = 4;

export function arenaPicture(subject: Subject): Markup {
  const { net } = subject;
  // A network without steps, such as a view, has its tensors all the same: in one column.
  const columns = columnsFor(
    net.lowered.length === 0 ? [1] : net.lowered.map(({ code }) => (code.parts === undefined ? 1 : STREAM)),
  );
  let top = 0;
  const next = (height: number) => {
    const start = top + HEAD;
    top = start + height;
    return start;
  };
  const panels = arenasOf(net).map((arena) => {
    const height = arena === net.arena ? HEIGHTS.main : HEIGHTS.other;
    return panelAt(arena.memory, arena.bytes, next(height), height);
  });
  const cycles = next(HEIGHTS.cycles);
  const content = [
    [...panels, { top: cycles, height: HEIGHTS.cycles }].map((one) => steps(subject, columns, one)),
    panels.map((panel) => panelPicture(subject, columns, panel)),
    cyclesStrip(subject, columns, cycles),
    peakMark(subject, columns, panels[0]),
  ];
  const { labels, height } = stepLabels(subject, columns, top + 8);
  const size = { width: columns.total, height: height };
  const id = `${net.name}-picture`;
  return element(
    "svg",
    {
      role: "img",
      class: "arenas",
      "aria-labelledby": `${id}-title ${id}-text`,
      viewBox: `0 0 ${rounded(size.width)} ${rounded(size.height)}`,
      style: `min-width:${Math.round(size.width * 0.85)}px;max-width:${Math.round(size.width * 1.15)}px`,
    },
    element("title", { id: `${id}-title` }, `Arenas of ${net.name} over time`),
    element("desc", { id: `${id}-text` }, description(subject)),
    content,
    labels,
  );
}

function description({ net }: Subject): string {
  const { arena, buffers, lowered } = net;
  const peak = lowered[arena.peakStep];
  const sizes = arenasOf(net).map(({ memory, bytes }) => `${exactBytes(bytes)} in ${memory}`);
  const at = peak === undefined ? "" : ` The peak is at ${layerName(peak)}.`;
  return `${buffers.length} buffers over ${lowered.length} steps, ${sizes.join(" and ")}; at least ${exactBytes(arena.lowerBound)} in ${arena.memory} in this order.${at} The table of layers has the figures.`;
}

/** A faint line between any two steps, the peak's column shaded. */
function steps({ net }: Subject, columns: Columns, { top, height }: Pick<Panel, "top" | "height">): Markup {
  const d = Array.from({ length: columns.count + 1 }, (_, step) => columns.x(step))
    .map((x) => `M${rounded(x)} ${top}v${height}`)
    .join("");
  const { peakStep } = net.arena;
  const peak =
    net.lowered[peakStep] === undefined
      ? undefined
      : element("rect", {
          class: "peak",
          x: columns.x(peakStep),
          y: top,
          width: columns.x(peakStep + 1) - columns.x(peakStep),
          height,
        });
  return element("g", {}, peak, element("path", { class: "grid", d }));
}

function panelPicture(subject: Subject, columns: Columns, panel: Panel): Markup {
  const { net } = subject;
  const [left, right] = [columns.x(0), columns.x(columns.count)];
  const line = (address: number, name: string) =>
    element("line", { class: name, x1: left, x2: right, y1: panel.y(address), y2: panel.y(address) });
  const ticks = ticksOf(panel.bytes).map(({ at, label }) => [
    line(at, "grid"),
    element("text", { class: "tick", x: left - 8, y: panel.y(at) + 4 }, label),
  ]);
  const isMain = panel.memory === net.arena.memory;
  const title = isMain ? "arena" : "scratch";
  return element(
    "g",
    {},
    element(
      "text",
      { class: "heading", x: 4, y: panel.top - 26 },
      `${panel.memory}: ${title} of ${exactBytes(panel.bytes)}`,
    ),
    ticks,
    cellsOf({ subject, columns, panel }),
    line(0, "axis"),
    line(panel.bytes, "axis"),
    isMain ? bound(subject, columns, panel) : undefined,
  );
}

function bound({ net }: Subject, columns: Columns, panel: Panel): Markup {
  const { bytes, lowerBound } = net.arena;
  const y = panel.y(lowerBound);
  const text = bytes <= lowerBound ? "lower bound: met" : `lower bound ${exactBytes(lowerBound)}`;
  const right = columns.x(columns.count);
  // Not across the line of the arena's end.
  const isNearTop = bytes > lowerBound && y - panel.top < 17;
  return element(
    "g",
    {},
    element("title", {}, `No placement in this order of steps needs less than ${exactBytes(lowerBound)}`),
    element("line", { class: "bound", x1: columns.x(0), x2: right, y1: y, y2: y }),
    element("text", { class: "bound-text", x: right - 4, y: isNearTop ? y + 13 : y - 5 }, text),
  );
}

/** Above the column of the step with the most live bytes. */
function peakMark({ net }: Subject, columns: Columns, panel: Panel): Markup | undefined {
  const { peakStep } = net.arena;
  const peak = net.lowered[peakStep];
  if (peak === undefined) return undefined;
  const x = columns.middle(peakStep);
  const y = panel.top - 4;
  const text = `peak: ${shorten(layerName(peak), NAME_CHARACTERS)}`;
  const isLate = x > columns.total / 2;
  const points = `${rounded(x)},${y} ${rounded(x - 5)},${y - 8} ${rounded(x + 5)},${y - 8}`;
  const at = { class: isLate ? "peak-text late" : "peak-text", x: x + (isLate ? -9 : 9), y: y - 1 };
  return element("g", {}, element("polygon", { class: "peak-mark", points }), element("text", at, text));
}

function cyclesStrip({ net }: Subject, columns: Columns, top: number): Markup {
  const most = Math.max(...net.lowered.map(({ cycles }) => cycles), 1);
  const bars = net.lowered.map((step, i) => {
    const height = (step.cycles / most) * HEIGHTS.cycles;
    const text = `${i} ${layerName(step)}\n${grouped(step.cycles)} cycles, ${percent(step.cycles, net.totals.cycles)}`;
    const width = columns.width - 3;
    const box = { x: columns.middle(i) - width / 2, y: top + HEIGHTS.cycles - height, width, height };
    return element("rect", { class: "cycles", ...box }, element("title", {}, text));
  });
  const base = top + HEIGHTS.cycles;
  return element(
    "g",
    {},
    element("text", { class: "heading", x: 4, y: top - 14 }, "predicted cycles of each step"),
    element("text", { class: "tick", x: columns.x(0) - 8, y: top + 8 }, grouped(most)),
    bars,
    element("line", { class: "axis", x1: columns.x(0), x2: columns.x(columns.count), y1: base, y2: base }),
  );
}

/** Names at 60 degrees below the steps, and the bottom of the picture. */
function stepLabels({ net }: Subject, columns: Columns, top: number): { labels: Markup; height: number } {
  const names = net.lowered.map((step, i) => `${i} ${shorten(layerName(step), NAME_CHARACTERS)}`);
  const longest = Math.max(...names.map(({ length }) => length), 1);
  const texts = names.map((name, i) => {
    const x = rounded(columns.middle(i) + 4);
    return element("text", { x, y: top, transform: `rotate(-60 ${x} ${top})` }, name);
  });
  return { labels: element("g", { class: "steps" }, texts), height: top + longest * 5.2 + 10 };
}
