/** Figures as people read them: `33.2 KiB`, `2.66 M`, `11.1 ms`. */

import type { Limit, Quantity } from "./limits.js";

type Digits = "free" | "fixed";

/** @param digits `"fixed"`, in columns: whole numbers keep their decimals too */
export function formatBytes(bytes: number, digits: Digits = "free"): string {
  if (bytes < 1 << 10) return `${Math.ceil(bytes)} B`;
  if (bytes < 1 << 20) return `${decimals(bytes / 1024, 1, digits)} KiB`;
  if (bytes < 1 << 30) return `${decimals(bytes / (1 << 20), 2, digits)} MiB`;
  return `${decimals(bytes / (1 << 30), 2, digits)} GiB`;
}

export function formatCount(count: number, digits: Digits = "free"): string {
  return scaled(count, [["", 1], ["k", 1e3], ["M", 1e6], ["G", 1e9]], digits); // prettier-ignore
}

export function formatTime(seconds: number): string {
  return scaled(seconds, [["us", 1e-6], ["ms", 1e-3], ["s", 1]]); // prettier-ignore
}

export function formatEnergy(joules: number): string {
  return scaled(joules, [["uJ", 1e-6], ["mJ", 1e-3], ["J", 1]]); // prettier-ignore
}

export function formatClock(hertz: number): string {
  return scaled(hertz, [["Hz", 1], ["kHz", 1e3], ["MHz", 1e6], ["GHz", 1e9]]); // prettier-ignore
}

/** A value of a limited quantity. */
export const formatQuantity: Record<Quantity, (value: number) => string> = {
  sram: formatBytes,
  flash: formatBytes,
  stack: formatBytes,
  macs: formatCount,
  latency: formatTime,
  energy: formatEnergy,
};

/** The least round limit that a value keeps, in the budget language: `41 KiB`. */
export function passingLimit(quantity: Limit["quantity"], value: number): string {
  if (quantity === "macs") return formatCount(roundUp(value));
  if (quantity === "latency") return formatTime(roundUp(value));
  if (quantity === "energy") return formatEnergy(roundUp(value));
  return value < 1 << 10 ? `${Math.ceil(value)} B` : `${Math.ceil(value / 1024)} KiB`;
}

/** Three digits, upwards. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const step = 10 ** (Math.floor(Math.log10(value)) - 2);
  return Math.ceil(value / step) * step;
}

type Units = readonly (readonly [name: string, factor: number])[];

/** Three significant digits, in the largest unit that leaves at least 1 before the point. */
function scaled(value: number, units: Units, digits: Digits = "free"): string {
  // 999.6 k is 1.00 M once rounded to three digits.
  const rounded = Number(value.toPrecision(3));
  const [name, factor] = [...units].reverse().find(([, least]) => rounded >= least) ?? units[0];
  if (name === "") return String(Math.round(value));
  const number = Number((value / factor).toPrecision(3));
  const whole = number >= 100 || (digits === "free" && Number.isInteger(value / factor));
  return `${whole ? number : number.toPrecision(3)} ${name}`;
}

const decimals = (value: number, count: number, digits: Digits): string =>
  digits === "free" && Number.isInteger(value) ? String(value) : value.toFixed(count);
