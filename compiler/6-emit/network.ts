/** `<net>.c`: one static function a layer, then the public functions. */

import { bytes, type ValueId } from "../ir/graph.js";
import type { Lowered, LoweredStep } from "../ir/lowered.js";
import type { Pointer } from "../ir/loop.js";
import type { Span } from "../../dsl/graph.js";
import { banner } from "./banner.js";
import { CPrinter, cTypes, pointerType } from "./c.js";
import { signatures } from "./header.js";
import { macroPrefix, pointerNames } from "./names.js";

/** A place in the model file as a reader looks it up: `net.ts:14`. */
export type LineOf = (span: Span) => string;

export function emitNetwork(net: Lowered, lineOf: LineOf): string {
  const functions = net.lowered.map((step) => emitFunction(net, step, lineOf));
  const accessors = signatures(net).map(({ text, value, arena }) => {
    const cast = arena === "const" ? "const " : "";
    return `${text}\n{\n    return (${cast}${cTypes[net.values[value].dtype]} *)(arena->bytes + ${offsetOf(net, value)});\n}\n`;
  });
  const used = net.lowered.length > 0;
  return `${banner(net, `${net.name}.c`)}
#include "${net.name}.h"

#include "${net.name}_weights.h"
#include "tsc_mcu.h"

#if TSC_MCU_RUNTIME != 1
#error "${net.name}.c and tsc_mcu.h are of different versions: take both from one build"
#endif

_Static_assert(sizeof(${net.name}_arena) == ${macroPrefix(net.name)}_ARENA_BYTES, "the arena has no padding");

${functions.join("\n")}
${accessors.join("\n")}
${emitReset(net)}void ${net.name}_run(${net.name}_arena *arena)
{
${used ? `    uint8_t *const bytes = arena->bytes;\n\n` : "    (void)arena;\n"}${emitCalls(net)
    .map((call) => `    ${call}\n`)
    .join("")}}
`;
}

/** Networks with state only. */
function emitReset(net: Lowered): string {
  if (net.state.length === 0) return "";
  const fills = net.state.map(
    ({ offset, bytes: size, fill }) => `    memset(arena->bytes + ${offset}, ${fill}, ${size});\n`,
  );
  return `void ${net.name}_reset(${net.name}_arena *arena)\n{\n${fills.join("")}}\n\n`;
}

/** One call a layer, in order; \`bytes\` is the arena's memory. */
export function emitCalls(net: Lowered): string[] {
  return net.lowered.map((step) => {
    const args = step.code.parameters.map(
      (pointer, i) => `(${pointerType(pointer)})(bytes + ${step.offsets[i]})`,
    );
    const call = `${step.name}(${args.join(", ")});`;
    if (call.length <= 94) return call;
    return `${step.name}(${args.join(",\n        ")});`;
  });
}

function emitFunction(net: Lowered, step: LoweredStep, lineOf: LineOf): string {
  const printer = new CPrinter(pointerNames(net, step));
  const parameters = step.code.parameters.map((pointer) => parameter(pointer, step.step.inPlace)).join(", ");
  const head = `static void ${step.name}(${parameters})`;
  const body = printer.statements(step.code.body, 1);
  return `${comment(net, step, lineOf)}${head.length <= 100 ? head : head.replace(/, /g, ",\n        ")}
{
${unused(step.code.parameters, body)}${body}}
`;
}

/** A layer may have nothing to ask of its input: the position of the largest of one. */
function unused(parameters: readonly Pointer[], body: string): string {
  const left = parameters.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(body));
  return left.map(({ name }) => `    (void)${name};\n`).join("");
}

/** Results in place share their input's memory: those pointers are not restrict. */
function parameter(pointer: Pointer, inPlace: boolean): string {
  const shared =
    inPlace && (pointer.element === "int8" || pointer.element === "uint8") && pointer.name !== "columns";
  return `${pointerType(pointer)}${shared ? "" : "restrict "}${pointer.name}`;
}

function comment(net: Lowered, step: LoweredStep, lineOf: LineOf): string {
  const { operations, inputs, outputs, kernel, inPlace } = step.step;
  const shape = (value: ValueId) => net.values[value].shape.join("x") || "1";
  const range = (value: ValueId) => {
    const start = offsetOf(net, value);
    return `arena[${start} .. ${start + bytes(net.values[value]) - 1}]`;
  };
  const [operation] = operations;
  const where = operation.site ? lineOf(operation.site.at) : "";
  const title = `${step.name}: ${kernel.name}, ${inputs.map(shape).join(" + ")} -> ${shape(outputs[0])}`;
  const folded = operations.flatMap(({ from }) => from ?? []).filter(({ name }) => name !== operation.name);
  const lines = [
    where ? `${title}${" ".repeat(Math.max(2, 90 - title.length - where.length))}${where}` : title,
    `reads ${inputs.map(range).join(", ")}, writes ${range(outputs[0])}${inPlace ? " in place" : ""}` +
      (step.macs > 0 ? `, ${step.macs} MAC` : ""),
    ...(folded.length > 0
      ? [`includes ${folded.map(({ name, kind }) => `${name} (${kind})`).join(", ")}`]
      : []),
    ...step.code.notes,
  ];
  return `/* ${lines.flatMap((line) => breakLine(line)).join("\n * ")} */\n`;
}

function breakLine(line: string): string[] {
  const safe = line.replace(/\*\//g, "* /");
  if (safe.length <= 96) return [safe];
  const cut = safe.lastIndexOf(" ", 96);
  return cut <= 0 ? [safe] : [safe.slice(0, cut), ...breakLine(safe.slice(cut + 1))];
}

function offsetOf(net: Lowered, value: ValueId): number {
  const { buffer, offset } = net.storage.get(value)!;
  return net.buffers[buffer].offset + offset;
}
