/** `<net>.h`: the public surface. */

import { elements, type ValueId } from "../ir/graph.js";
import type { Lowered } from "../ir/lowered.js";
import type { Arena } from "../ir/plan.js";
import { banner } from "./banner.js";
import { cTypes, floatLiteral } from "./c.js";
import { fedInputs, feedDeclarations, feedMacros, keptInFast } from "./feeds.js";
import { arenaNames, arenaParameters, macroPrefix } from "./names.js";

export interface Signature {
  readonly text: string;
  readonly value: ValueId;
  readonly arena: "const" | "mutable";
}

/** Accessors of the inputs that are written as a whole, then of the outputs. */
export function signatures(net: Lowered): Signature[] {
  const type = (value: ValueId) => cTypes[net.values[value].dtype];
  const whole = net.inputs.filter((value) => net.values[value].feed === undefined);
  const inputs = whole.map((value): Signature => {
    const name = `${net.name}_input_${net.values[value].name}`;
    return { text: `${type(value)} *${name}(${net.name}_arena *arena)`, value, arena: "mutable" };
  });
  const outputs = net.outputs.map(({ name, value }): Signature => {
    const text = `const ${type(value)} *${net.name}_output_${name}(const ${net.name}_arena *arena)`;
    return { text, value, arena: "const" };
  });
  return [...inputs, ...outputs];
}

export function emitHeader(net: Lowered): string {
  const prefix = macroPrefix(net.name);
  const guard = `${prefix}_H`;
  const macros = [
    ...net.inputs.map((value) =>
      tensorMacros(net, `${prefix}_INPUT_${macroPrefix(net.values[value].name)}`, value),
    ),
    ...net.outputs.map(({ name, value }) =>
      tensorMacros(net, `${prefix}_OUTPUT_${macroPrefix(name)}`, value),
    ),
  ];
  const declared = signatures(net);
  const isInput = (one: Signature) => one.arena === "mutable";
  return `${banner(net, `${net.name}.h`)}
#ifndef ${guard}
#define ${guard}

${fedInputs(net).length > 0 ? "#include <stdbool.h>\n" : ""}#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ${contents(net)}, planned together: ${net.arena.bytes} bytes (in this order no placement needs less than ${net.arena.lowerBound}). */
#define ${prefix}_ARENA_BYTES ${net.arena.bytes}

/* Owned by the caller, one for each instance: \`static ${net.name}_arena arena;\` */
${arenaType(net, net.arena)}${fastArena(net)}
/* real = SCALE * (q - ZERO_POINT) */
${macros.join("\n")}

${inputDeclarations(declared.filter(isInput))}${resetDeclaration(net)}${feedDeclarations(net)}/* One inference. Uses nothing but the ${net.fast ? "arenas" : "arena"} and the stack. */
void ${net.name}_run(${arenaParameters(net)});

/* Valid after a run, until an input is written${fedInputs(net).length > 0 ? ", a row is fed" : ""} or the next run. */
${declared
  .filter((one) => !isInput(one))
  .map(({ text }) => `${text};\n`)
  .join("")}
#ifdef __cplusplus
}
#endif

#endif
`;
}

function inputDeclarations(accessors: readonly Signature[]): string {
  if (accessors.length === 0) return "";
  return `/* Write an input here before each run: it lives in the arena, and the run may overwrite it. */
${accessors.map(({ text }) => `${text};\n`).join("")}
`;
}

function resetDeclaration(net: Lowered): string {
  if (net.state.length === 0) return "";
  const first = fedInputs(net).length > 0 ? "the first row" : "the first run";
  return `/* Brings the state that lasts from run to run to its start. Call it once before ${first}. */
void ${net.name}_reset(${net.name}_arena *arena);

`;
}

function contents({ fast, buffers }: Lowered): string {
  const holdsScratch =
    !fast || buffers.some(({ kind, memory }) => kind === "scratch" && memory !== fast.memory);
  const tensors = buffers.some(({ kind }) => kind === "input") ? "Inputs, outputs" : "Outputs";
  if (holdsScratch) return `${tensors}, activations and scratch`;
  return tensors === "Outputs" ? "Outputs and activations" : `${tensors} and activations`;
}

function arenaType(net: Lowered, arena: Arena): string {
  const { type, bytesMacro } = arenaNames(net, arena);
  return `typedef struct {
#ifdef __cplusplus
    alignas(${arena.align}) uint8_t bytes[${bytesMacro}];
#else
    _Alignas(${arena.align}) uint8_t bytes[${bytesMacro}];
#endif
} ${type};
`;
}

/** With how it is placed; nothing for networks with one arena. */
function fastArena(net: Lowered): string {
  if (!net.fast) return "";
  const { bytes, memory } = net.fast;
  const { type, bytesMacro, parameter } = arenaNames(net, net.fast);
  const section = `.${parameter}`;
  return `
/* Scratch that is used most, apart from the arena: ${bytes} bytes for ${memory}, which is tightly coupled to the core. */
#define ${bytesMacro} ${bytes}

/*
 * Owned by the caller, too. The linker places it: \`static ${type} ${parameter} __attribute__((section("${section}")));\`
 * and, in the linker script's SECTIONS, \`${section} (NOLOAD) : { *(${section}) } > ${memory}\`. It needs no initial contents and
 * ${keptInFast(net) ? "keeps rows that were fed until the image is complete" : "keeps nothing from run to run: networks that take turns may share it"}. Elsewhere it works as well, only slower.
 */
${arenaType(net, net.fast)}`;
}

function tensorMacros(net: Lowered, name: string, value: ValueId): string {
  const { shape, quantization, feed } = net.values[value];
  const lines = [`#define ${name}_ELEMENTS ${elements(shape)} /* ${shape.join(" x ") || "1"} */`];
  if (feed) lines.push(...feedMacros(net, value, name));
  if (quantization) {
    lines.push(`#define ${name}_SCALE ${floatLiteral(Math.fround(quantization.scale), "float32")}`);
    lines.push(`#define ${name}_ZERO_POINT (${quantization.zeroPoint})`);
  }
  return lines.join("\n");
}
