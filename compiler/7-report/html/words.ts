/** How the page puts figures: exact where they count, short in the picture. */

import { formatBytes } from "../../limits/format.js";

/** `281,600` */
export const grouped = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

/** `281,600 B` */
export const exactBytes = (bytes: number): string => `${grouped(bytes)} B`;

/** `281,600 B (275 KiB)` */
export const bothBytes = (bytes: number): string =>
  bytes < 1024 ? exactBytes(bytes) : `${exactBytes(bytes)} (${formatBytes(bytes)})`;

/** `4.3 %`; of what is there but little: `< 0.1 %` */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return part > 0 ? "more than 100 %" : "0 %";
  const value = (part / whole) * 100;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  return `${value >= 10 ? Math.round(value) : Number(value.toFixed(1))} %`;
}
