/** Text inside of rectangles, where it fits: across, or upwards in tall narrow ones. */

import { shorten } from "../table.js";
import { element, rounded, type Markup } from "./markup.js";

/** Of a character of the picture's small text, pixels; on the safe side. */
const CHARACTER = 5.8;
const LINE = 12;
const FEWEST_CHARACTERS = 8;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The larger side of a box that a line across it at `y` cuts near its middle, where labels are. */
export function besideLine(box: Box, y: number): Box {
  const [above, below] = [y - box.y, box.y + box.height - y];
  if (Math.abs(above - below) > 4 * LINE || Math.min(above, below) < 0) return box;
  return above > below ? { ...box, height: above } : { ...box, y, height: below };
}

/** @param texts lines, the most important first; those that find no room are left out */
export function labelIn(box: Box, texts: readonly string[]): Markup | undefined {
  const across = lines(texts, box.width - 6, box.height - 2);
  const up = lines(texts, box.height - 6, box.width - 2);
  const isUp = score(up) > score(across);
  const chosen = isUp ? up : across;
  if (chosen.length === 0) return undefined;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const spans = chosen.map((text, i) => {
    const offset = (i - (chosen.length - 1) / 2) * LINE + 3.5;
    return element("text", { x, y: y + offset, transform: isUp ? turned(x, y) : undefined }, text);
  });
  return element("g", { class: "label" }, spans);
}

const turned = (x: number, y: number): string => `rotate(-90 ${rounded(x)} ${rounded(y)})`;

function lines(texts: readonly string[], length: number, room: number): string[] {
  const characters = Math.floor(length / CHARACTER);
  const [first, ...rest] = texts.slice(0, Math.max(Math.floor(room / LINE), 0));
  if (first === undefined || characters < Math.min(FEWEST_CHARACTERS, first.length)) return [];
  return [shorten(first, characters), ...rest.filter((text) => text.length <= characters)];
}

const score = (shown: readonly string[]): number => shown.reduce((sum, { length }) => sum + length, 0);
