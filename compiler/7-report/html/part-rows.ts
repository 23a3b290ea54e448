/** Parts of a scratch that hold rows: slots, and a sign for how rows move on. */

import type { ScratchPart } from "../../ir/loop.js";
import type { Box } from "./label.js";
import { element, rounded, type Markup } from "./markup.js";

/** Below, slots are a grey mass, pixels. */
const LEAST_SLOT = 3;
const LEAST_SIGN = 13;
const MOST_SIGN = 20;

/** Lines between the slots of a part's rows, where they can be told apart. */
export function slotsIn(box: Box, { rows = 1 }: ScratchPart): Markup | undefined {
  const slot = box.height / rows;
  if (rows < 2 || slot < LEAST_SLOT) return undefined;
  const lines = Array.from({ length: rows - 1 }, (_, i) => rounded(box.y + (i + 1) * slot));
  const [x, width] = [rounded(box.x), rounded(box.width)];
  return element("path", { class: "slots", d: lines.map((y) => `M${x} ${y}h${width}`).join("") });
}

/** How rows move on: a circular arrow for a ring, one upwards for lines; and the room that it leaves for a label. */
export function signIn(box: Box, { kind }: ScratchPart): { readonly sign?: Markup; readonly rest: Box } {
  const size = Math.min(box.width, box.height, MOST_SIGN);
  if (size < LEAST_SIGN || kind === "work" || kind === "rows") return { rest: box };
  const { x, y, width, height } = box;
  const isTall = height > width;
  const middle = isTall ? [x + width / 2, y + height - size / 2] : [x + size / 2 + 1, y + height / 2];
  const rest = isTall ? { ...box, height: height - size } : { ...box, x: x + size, width: width - size };
  return { sign: signOf(kind, middle[0], middle[1], size / 2 - 3), rest };
}

function signOf(kind: "ring" | "lines", x: number, y: number, radius: number): Markup {
  const transform = `translate(${rounded(x)} ${rounded(y)}) scale(${rounded(radius / 7)})`;
  const d = kind === "ring" ? "M6-4A7.2 7.2 0 1 0 7.2 0M7.5-8V-3.4H2.9" : "M0 7V-7M-4-3L0-7L4-3";
  return element(
    "g",
    { transform },
    element("path", { class: "halo", d }),
    element("path", { class: "sign", d }),
  );
}
