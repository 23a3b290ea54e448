/** Best and mean score over the generations. */

import { element, rounded, type Markup } from "../../7-report/html/markup.js";
import { table } from "../../7-report/html/table.js";
import { grouped } from "../../7-report/html/words.js";
import type { EvolutionOutcome, Generation } from "../outcome.js";
import { axes, axisOf, chart, frameOf, type Frame } from "./axis.js";
import { extentOf } from "./statistics.js";
import { brief, scoreText } from "./words.js";

const SIZE = { width: 460, height: 270 } as const;
const BOX = { left: 52, top: 34, width: 320, height: 186 } as const;

/** undefined: there is nothing to see. */
export function progress({ generations, measure, network }: EvolutionOutcome): Markup | undefined {
  const extent = extentOf(generations.flatMap(({ best, mean }) => [best, mean]));
  if (extent === undefined) return undefined;
  const across = axisOf("generation", [0, generations.length - 1], "none", { whole: true, count: 6 });
  const upwards = axisOf(`${brief(measure, 48)} of the population`, extent);
  const frame = frameOf(across, upwards, BOX);
  const { best, mean } = generations[generations.length - 1];
  const picture = chart(
    {
      id: "progress",
      title: `Progress of ${network}`,
      description: `After ${generations.length - 1} generations: best ${scoreText(best)}, mean ${scoreText(mean)}.`,
      ...SIZE,
    },
    axes(across, upwards, frame),
    line(generations, "mean", 1, frame, frame.y(best)),
    line(generations, "best", 0, frame),
  );
  const columns = ["generation", "best", "mean", "scored so far", "rejected so far"];
  const rows = generations.map((one, i) => ({
    cells: [i, scoreText(one.best), scoreText(one.mean), grouped(one.scored), grouped(one.rejected)],
  }));
  const figures = table(
    "Generations",
    columns.map((head) => ({ head, align: "right" })),
    rows,
  );
  return element(
    "section",
    {},
    element("h2", {}, "Progress"),
    element("figure", {}, picture),
    element("details", {}, element("summary", {}, "Figures of all generations"), figures),
  );
}

/** @param above where another line's name is: this one's goes below it */
function line(
  generations: readonly Generation[],
  key: "best" | "mean",
  series: number,
  frame: Frame,
  above = -Infinity,
): Markup {
  const points = generations.flatMap((one, i) =>
    Number.isFinite(one[key]) ? [[frame.x(i), frame.y(one[key])] as const] : [],
  );
  const last = points[points.length - 1];
  if (last === undefined) return element("g", {});
  const [x, y] = last;
  const pixels = points.map((point) => point.map(rounded).join(" "));
  const text = `${key} ${scoreText(generations[generations.length - 1][key])}`;
  return element(
    "g",
    { class: `series-${series}` },
    points.length < 2 ? undefined : element("path", { class: "curve named", d: `M${pixels.join("L")}` }),
    element("circle", { class: "dot", cx: x, cy: y, r: 3.5 }),
    element("text", { class: "name", x: x + 8, y: Math.max(y + 4, above + 18) }, text),
  );
}
