/** Scores against a cost: everything that was scored, what nobody beats, the winner, and the limit. */

import { element, rounded, type Markup } from "../../7-report/html/markup.js";
import type { Limits, Quantity } from "../../limits/limits.js";
import type { Cost } from "../cost.js";
import type { EvolutionOutcome, Scored } from "../outcome.js";
import { axes, axisOf, chart, frameOf, units, type Frame } from "./axis.js";
import { extentOf } from "./statistics.js";
import { brief, measuredText } from "./words.js";

/** A cost that the front is about. */
export interface Aspect {
  readonly name: string;
  readonly quantity: Quantity;
  readonly unit: keyof typeof units;
  readonly of: (cost: Cost) => number;
}

export const aspects: readonly Aspect[] = [
  { name: "latency", quantity: "latency", unit: "time", of: ({ seconds }) => seconds },
  { name: "SRAM", quantity: "sram", unit: "bytes", of: ({ sram }) => sram },
  { name: "flash", quantity: "flash", unit: "bytes", of: ({ flash }) => flash },
];

const SIZE = { width: 420, height: 310 } as const;
const BOX = { left: 52, top: 34, width: 352, height: 226 } as const;
/** Up to so many dots are drawn as they are; of more, one for each square of this many pixels. */
const EXACT_DOTS = 1500;
const RASTER = 2;
/** A limit that is further away than this many times the data is named, not drawn. */
const FAR = 2;
const HEADROOM = 0.08;
/** Half of the winner's name, pixels. */
const NAME = 62;

/** undefined: there is nothing to see. */
export function scatter(outcome: EvolutionOutcome, aspect: Aspect, limits: Limits): Markup | undefined {
  const { front, measure } = outcome;
  const costOf = (one: Scored) => aspect.of(one.cost);
  const everything = [...outcome.all, ...front].filter((one) => isDrawn(one, costOf));
  const costs = extentOf(everything.map(costOf));
  const scores = extentOf(everything.map(({ score }) => score));
  if (costs === undefined || scores === undefined) return undefined;
  const limit = limits.find(({ quantity, region }) => quantity === aspect.quantity && region === undefined);
  const isNear = limit !== undefined && limit.atMost <= FAR * costs[1];
  const across = axisOf(aspect.name, isNear ? extentOf([...costs, limit.atMost])! : costs, aspect.unit);
  // With room for the winner's name above it.
  const upwards = axisOf(brief(measure, 40), [scores[0], scores[1] + HEADROOM * (scores[1] - scores[0])]);
  const frame = frameOf(across, upwards, BOX);
  const members = front.filter((one) => isDrawn(one, costOf));
  const outer = undominated(members, costOf);
  return chart(
    {
      id: `scatter-${aspect.quantity}`,
      title: `${brief(measure, 60)} against ${aspect.name}`,
      description: `${everything.length - members.length} networks that were scored, and ${members.length} of the front; the table of the front has the figures.`,
      ...SIZE,
    },
    axes(across, upwards, frame),
    element("path", {
      class: "scored",
      d: dots(
        outcome.all.filter((one) => isDrawn(one, costOf)),
        costOf,
        frame,
      ),
    }),
    frontOf(members, outer, costOf, frame),
    limit && limitLine(`limit ${brief(limit.text, 20)}`, isNear ? limit.atMost : undefined, frame),
    members.length > 0 && members[0] === front[0] ? winnerOf(front[0], measure, costOf, frame) : undefined,
  );
}

type CostOf = (one: Scored) => number;

const isDrawn = (one: Scored, costOf: CostOf): boolean =>
  Number.isFinite(one.score) && Number.isFinite(costOf(one));

/** A dot is a line of no length with round ends: a few characters each, since there may be thousands. */
export function dots(all: readonly Scored[], costOf: CostOf, frame: Frame): string {
  const isExact = all.length <= EXACT_DOTS;
  const at = (pixels: number) => (isExact ? Number(pixels.toFixed(1)) : RASTER * Math.round(pixels / RASTER));
  const drawn = new Set(all.map((one) => `M${at(frame.x(costOf(one)))} ${at(frame.y(one.score))}h0`));
  return [...drawn].join("");
}

/** Those that nobody else of them beats in score and this cost alone, the cheapest first. */
export function undominated(front: readonly Scored[], costOf: CostOf): Scored[] {
  const sorted = [...front].sort((a, b) => costOf(a) - costOf(b) || b.score - a.score);
  let best = -Infinity;
  return sorted.filter(({ score }) => {
    const isBetter = score > best;
    if (isBetter) best = score;
    return isBetter;
  });
}

function frontOf(members: readonly Scored[], outer: readonly Scored[], costOf: CostOf, frame: Frame): Markup {
  const known = new Set(outer);
  const pixels = (one: Scored) => `${rounded(frame.x(costOf(one)))} ${rounded(frame.y(one.score))}`;
  const circle = (one: Scored) =>
    element("circle", {
      class: known.has(one) ? "front-dot outer" : "front-dot",
      cx: Math.round(frame.x(costOf(one)) * 10) / 10,
      cy: Math.round(frame.y(one.score) * 10) / 10,
      r: known.has(one) ? 3.2 : 2.4,
    });
  const line =
    outer.length < 2
      ? undefined
      : element("path", { class: "front-line", d: `M${outer.map(pixels).join("L")}` });
  return element("g", {}, line, members.slice(0, EXACT_DOTS).map(circle));
}

/** @param at undefined: beyond the picture's right end */
function limitLine(text: string, at: number | undefined, frame: Frame): Markup {
  const right = frame.left + frame.width;
  const x = at === undefined ? right : frame.x(at);
  // At the bottom, where the front seldom is; to the side that has the room.
  const isLate = x > frame.left + 110;
  const bottom = frame.top + frame.height;
  return element(
    "g",
    {},
    at === undefined
      ? undefined
      : element("line", { class: "limit", x1: x, x2: x, y1: frame.top, y2: bottom }),
    element(
      "text",
      { class: isLate ? "limit-text before" : "limit-text", x: x + (isLate ? -5 : 5), y: bottom - 7 },
      at === undefined ? `${text} →` : text,
    ),
  );
}

function winnerOf(winner: Scored, measure: string, costOf: CostOf, frame: Frame): Markup {
  const [x, y] = [frame.x(costOf(winner)), frame.y(winner.score)];
  const points = `${rounded(x)},${rounded(y - 6)} ${rounded(x + 6)},${rounded(y)} ${rounded(x)},${rounded(y + 6)} ${rounded(x - 6)},${rounded(y)}`;
  const at = {
    x: Math.min(Math.max(x, frame.left + NAME), frame.left + frame.width - NAME),
    y: Math.max(y - 10, frame.top + 8),
  };
  const text = `winner: ${measuredText(winner.score, measure)}`;
  return element(
    "g",
    {},
    element("polygon", { class: "winner", points }),
    element("text", { class: "winner-text centred", ...at }, text),
  );
}
