/** What stands above a layer's function: what it computes, where in memory, and its pre-conditions. */

import type { Span } from "../../dsl/graph.js";
import { bytes, type ValueId } from "../ir/graph.js";
import type { Lowered, LoweredStep } from "../ir/lowered.js";
import { arenaNames, offsetOf } from "./names.js";

/** A place in the model file as a reader looks it up: `net.ts:14`. */
export type LineOf = (span: Span) => string;

/** @param steps those that share the function: what they have in common comes first */
export function layerComment(net: Lowered, steps: readonly LoweredStep[], lineOf: LineOf): string {
  const lines = steps.length === 1 ? singleLines(net, steps[0], lineOf) : sharedLines(net, steps, lineOf);
  return `/* ${lines.flatMap((line) => breakLine(line)).join("\n * ")} */\n`;
}

function singleLines(net: Lowered, step: LoweredStep, lineOf: LineOf): string[] {
  const title = withPlace(`${step.name}: ${titleOf(net, step)}`, step, lineOf);
  return [title, memoryOf(net, step), ...furtherLines(net, step), ...step.code.notes];
}

function sharedLines(net: Lowered, steps: readonly LoweredStep[], lineOf: LineOf): string[] {
  const names = steps.map(({ name }) => name).join(", ");
  const [title, ...others] = new Set(steps.map((step) => titleOf(net, step)));
  const notes = steps[0].code.notes.filter((note) => steps.every(({ code }) => code.notes.includes(note)));
  const own = steps.flatMap((step) => {
    const first = `${others.length > 0 ? `${titleOf(net, step)}; ` : ""}${memoryOf(net, step)}`;
    const further = step.code.notes.filter((note) => !notes.includes(note));
    return [withPlace(`${step.name}: ${first}`, step, lineOf), ...furtherLines(net, step), ...further];
  });
  return [`${names}: ${others.length > 0 ? "the same code" : title}`, ...notes, ...own];
}

/** `pointwise wide, 12x12x48 -> 12x12x16` */
function titleOf(net: Lowered, { step: { inputs, outputs, kernel } }: LoweredStep): string {
  const shape = (value: ValueId) => net.values[value].shape.join("x") || "1";
  return `${kernel.name}, ${inputs.map(shape).join(" + ")} -> ${shape(outputs[0])}`;
}

/** The layer's line in the model stands at the right. */
function withPlace(text: string, { step }: LoweredStep, lineOf: LineOf): string {
  const [{ site }] = step.operations;
  const where = site ? lineOf(site.at) : "";
  return where ? `${text}${" ".repeat(Math.max(2, 90 - text.length - where.length))}${where}` : text;
}

function memoryOf(net: Lowered, { step: { inputs, outputs, inPlace }, macs }: LoweredStep): string {
  const range = (value: ValueId) => {
    const start = offsetOf(net, value);
    return `arena[${start} .. ${start + bytes(net.values[value]) - 1}]`;
  };
  const read = inputs.map((value) => (net.values[value].feed ? "a row of the caller's" : range(value)));
  const written = `writes ${range(outputs[0])}${inPlace ? " in place" : ""}`;
  return `reads ${read.join(", ")}, ${written}${macs > 0 ? `, ${macs} MAC` : ""}`;
}

function furtherLines(net: Lowered, step: LoweredStep): string[] {
  const { operations } = step.step;
  const [{ name }] = operations;
  const folded = operations.flatMap(({ from }) => from ?? []).filter((one) => one.name !== name);
  const included = folded.map(({ name, kind }) => `${name} (${kind})`).join(", ");
  return [...fastScratch(net, step), ...(included ? [`includes ${included}`] : [])];
}

/** Where scratch is, if apart from all else. */
function fastScratch(net: Lowered, { step: { scratch } }: LoweredStep): string[] {
  if (!net.fast || scratch === undefined || net.buffers[scratch].memory !== net.fast.memory) return [];
  const { offset, bytes: size } = net.buffers[scratch];
  return [`scratch ${arenaNames(net, net.fast).parameter}[${offset} .. ${offset + size - 1}]`];
}

function breakLine(line: string): string[] {
  const safe = line.replace(/\*\//g, "* /");
  if (safe.length <= 96) return [safe];
  const cut = safe.lastIndexOf(" ", 96);
  return cut <= 0 ? [safe] : [safe.slice(0, cut), ...breakLine(safe.slice(cut + 1))];
}
