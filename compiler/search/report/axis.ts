/** Axes with round figures, and the frame that two of them span. */

import { element, rounded, type Markup } from "../../7-report/html/markup.js";

export interface Axis {
  /** `latency, ms` */
  readonly title: string;
  /** Both ends are ticks; least < most. */
  readonly least: number;
  readonly most: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** Units by their factors, ascending. */
export const units = {
  none: [["", 1]],
  macs: [["", 1], ["thousands", 1e3], ["millions", 1e6], ["billions", 1e9]],
  time: [["us", 1e-6], ["ms", 1e-3], ["s", 1]],
  bytes: [["B", 1], ["KiB", 1024], ["MiB", 1024 ** 2]],
} as const satisfies Record<string, readonly (readonly [string, number])[]>; // prettier-ignore

/**
 * @param extent finite values that are to be seen
 * @param kind the unit is the largest that leaves figures of 1 and more
 * @param whole only whole numbers are ticks
 */
export function axisOf(
  title: string,
  extent: readonly [least: number, most: number],
  kind: keyof typeof units = "none",
  { whole = false, count = 5 } = {},
): Axis {
  const size = Math.max(Math.abs(extent[0]), Math.abs(extent[1]));
  const known: readonly (readonly [string, number])[] = units[kind];
  const [unit, factor] = [...known].reverse().find(([, least]) => size >= least) ?? known[0];
  const [from, to] = widened(extent[0] / factor, extent[1] / factor, whole);
  const step = stepOf((to - from) / count, whole);
  const first = Math.floor(from / step + 1e-9);
  // More is not to be expected; where doubles are too coarse for the step, there is no end.
  const steps = Math.min(Math.max(Math.ceil(to / step - 1e-9) - first, 1), 3 * count);
  const decimals = Math.min(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), 20);
  const ticks = Array.from({ length: steps + 1 }, (_, i) => {
    const value = (first + i) * step;
    return {
      at: value * factor,
      label: Math.abs(value) >= 1e9 ? value.toExponential(2) : value.toFixed(decimals),
    };
  });
  return {
    title: unit === "" ? title : `${title}, ${unit}`,
    least: ticks[0].at,
    most: ticks[ticks.length - 1].at,
    ticks,
  };
}

/** All the same value: with some room around it. */
function widened(from: number, to: number, whole: boolean): readonly [number, number] {
  if (to - from > 1e-9 * Math.max(Math.abs(from), Math.abs(to))) return [from, to];
  if (whole) return [from, from + 1];
  const room = Math.abs(from) * 0.1 || 1;
  return [from - room, to + room];
}

/** 1, 2 or 5 times a power of ten, at least this. */
function stepOf(least: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5].find((one) => one * power >= least * (1 - 1e-9)) ?? 10) * power;
  return whole ? Math.max(1, Math.round(step)) : step;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where values are in a picture, pixels. */
export interface Frame extends Box {
  x(value: number): number;
  y(value: number): number;
}

export function frameOf(across: Axis, upwards: Axis, box: Box): Frame {
  const part = (axis: Axis, value: number) =>
    Math.min(Math.max((value - axis.least) / (axis.most - axis.least), 0), 1);
  return {
    ...box,
    x: (value) => box.left + part(across, value) * box.width,
    y: (value) => box.top + box.height - part(upwards, value) * box.height,
  };
}

/** Lines, figures and titles of both axes. */
export function axes(across: Axis, upwards: Axis, frame: Frame): Markup {
  const { left, top, width, height } = frame;
  const bottom = top + height;
  const d = [
    ...upwards.ticks.map(({ at }) => `M${left} ${rounded(frame.y(at))}h${width}`),
    ...across.ticks.map(({ at }) => `M${rounded(frame.x(at))} ${top}v${height}`),
  ].join("");
  return element(
    "g",
    {},
    element("path", { class: "grid", d }),
    element("line", { class: "axis", x1: left, x2: left + width, y1: bottom, y2: bottom }),
    upwards.ticks.map(({ at, label }) =>
      element("text", { class: "tick before", x: left - 7, y: frame.y(at) + 4 }, label),
    ),
    across.ticks.map(({ at, label }) =>
      element("text", { class: "tick centred", x: frame.x(at), y: bottom + 16 }, label),
    ),
    element("text", { class: "title", x: 4, y: top - 12 }, upwards.title),
    element("text", { class: "title centred", x: left + width / 2, y: bottom + 34 }, across.title),
  );
}

export interface Picture {
  /** Of the page: the only one. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
}

export function chart(
  { id, title, description, width, height }: Picture,
  ...content: (Markup | undefined | Markup[])[]
): Markup {
  return element(
    "svg",
    {
      role: "img",
      class: "chart",
      "aria-labelledby": `${id}-title ${id}-text`,
      viewBox: `0 0 ${width} ${height}`,
      style: `max-width:${Math.round(width * 1.2)}px`,
    },
    element("title", { id: `${id}-title` }, title),
    element("desc", { id: `${id}-text` }, description),
    content,
  );
}
