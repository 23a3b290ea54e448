/** The MACs of what fits, as cumulative distributions: a curve for each sub-space, as in figure 3 of the paper (Lin et al., NeurIPS 2020). */

import { element, rounded, type Markup } from "../../7-report/html/markup.js";
import { grouped } from "../../7-report/html/words.js";
import type { GridOutcome, SubSpace } from "../outcome.js";
import { axes, axisOf, chart, frameOf, type Axis, type Frame } from "./axis.js";
import { spreadOf } from "./statistics.js";
import { brief, gridName, millions, shareText } from "./words.js";

/** As many as the style sheet has colours for. */
export const NAMED = 5;
/** Grey ones: more of them make an even grey. */
const OTHERS = 300;
const POINTS = { named: 160, other: 48 } as const;
const SIZE = { width: 700, height: 440 } as const;
const BOX = { left: 46, top: 34, width: 430, height: 360 } as const;
/** From name to name. */
const LINE = 44;

/** The same for all outcomes of a page: then their pictures compare. */
export function macsAxis(outcomes: readonly GridOutcome[]): Axis {
  const most = Math.max(
    ...outcomes.map(({ subSpaces }) =>
      subSpaces.reduce((so, { macs }) => Math.max(so, macs[macs.length - 1] ?? 0), 0),
    ),
    1,
  );
  return axisOf("MACs of networks that fit", [0, most], "macs", { count: 8 });
}

const shares: Axis = {
  title: "share of them with at most so many MACs",
  least: 0,
  most: 1,
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, label: `${Math.round(at * 100)} %` })),
};

/** undefined: nothing fits. */
export function distributions(outcome: GridOutcome, across: Axis, id: string): Markup | undefined {
  const all = outcome.subSpaces.filter(({ macs }) => macs.length > 0);
  if (all.length === 0) return undefined;
  const frame = frameOf(across, shares, BOX);
  const named = all.slice(0, NAMED);
  const others = all.slice(NAMED, NAMED + OTHERS);
  const inMillions = millions([outcome]);
  const means = named.map((one) => `${gridName(one.grid)}: mean ${inMillions(spreadOf(one)!.mean)} million`);
  return chart(
    {
      id,
      title: `Distributions of MACs of ${outcome.network}`,
      description: `A curve for each of ${all.length} sub-spaces. The best: ${brief(means.join("; "), 600)}. The table of sub-spaces has the figures.`,
      ...SIZE,
    },
    axes(across, shares, frame),
    element(
      "g",
      {},
      others.map((one) => curve(one, frame, "other")),
    ),
    // The best above the others.
    [...named.entries()].reverse().map(([i, one]) => curve(one, frame, `named series-${i}`)),
    element(
      "g",
      {},
      named.map((one, i) => name(one, i, frame, inMillions)),
    ),
  );
}

/** The names once more, for screens that are too narrow to show them beside the curves. */
export function names({ subSpaces }: GridOutcome): Markup {
  const named = subSpaces.filter(({ macs }) => macs.length > 0).slice(0, NAMED);
  const items = named.map(({ grid }, i) =>
    element(
      "li",
      { class: `series-${i}` },
      element("span", { class: "swatch", "aria-hidden": "true" }, ""),
      element("span", {}, brief(gridName(grid), 80)),
    ),
  );
  return element("ul", { class: "names" }, items);
}

function curve(subSpace: SubSpace, frame: Frame, kind: string): Markup {
  const points = pointsOf(subSpace.macs, kind === "other" ? POINTS.other : POINTS.named);
  const pixels = points.map(([macs, share]) => `${rounded(frame.x(macs))} ${rounded(frame.y(share))}`);
  return element(
    "path",
    { class: `curve ${kind}`, d: `M${pixels.join("L")}` },
    element("title", {}, brief(gridName(subSpace.grid), 120)),
  );
}

/**
 * From share 0 to share 1, both ascending: every step where they are few, points on the way otherwise.
 * @param macs ascending, at least one
 */
export function pointsOf(
  macs: readonly number[],
  atMost: number,
): (readonly [macs: number, share: number])[] {
  const count = macs.length;
  if (count <= atMost)
    return macs.flatMap((one, i) => [[one, i / count] as const, [one, (i + 1) / count] as const]);
  const inside = Array.from({ length: atMost }, (_, i) => Math.round((i * (count - 1)) / (atMost - 1)));
  return [[macs[0], 0] as const, ...inside.map((i) => [macs[i], (i + 1) / count] as const)];
}

/** To the right of the picture, with a line from the curve at that height: the best lowest, where its curve is the outermost. */
function name(subSpace: SubSpace, rank: number, frame: Frame, inMillions: (macs: number) => string): Markup {
  const { macs, drawn, grid } = subSpace;
  const y = frame.top + frame.height - 34 - rank * LINE;
  const share = (frame.top + frame.height - y) / frame.height;
  const x = frame.x(macs[Math.min(Math.ceil(share * macs.length), macs.length) - 1]);
  const end = frame.left + frame.width + 8;
  const mean = spreadOf(subSpace)!.mean;
  return element(
    "g",
    { class: `series-${rank}` },
    element(
      "title",
      {},
      `${brief(gridName(grid), 200)}\nmean ${grouped(mean)} MACs of ${macs.length} that fit`,
    ),
    element("path", { class: "leader", d: `M${rounded(x)} ${rounded(y)}H${end}` }),
    element("circle", { class: "dot", cx: x, cy: y, r: 3.5 }),
    element("text", { class: "name", x: end + 5, y: y + 1 }, brief(gridName(grid), 30)),
    element(
      "text",
      { class: "detail", x: end + 5, y: y + 15 },
      `mean ${inMillions(mean)} M, ${shareText(macs.length, drawn)} fits`,
    ),
  );
}
