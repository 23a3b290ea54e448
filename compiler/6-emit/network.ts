/** `<net>.c`: a static function of every layer, or of several that are equal, then the public functions. */

import type { Lowered, Place } from "../ir/lowered.js";
import { arenasOf } from "../ir/plan.js";
import { numbersOf } from "../5-lower/sharing.js";
import { banner } from "./banner.js";
import { cTypes, intLiteral, pointerType } from "./c.js";
import { signatures } from "./header.js";
import type { LineOf } from "./layer-comment.js";
import { emitFunction, functionsOf } from "./layer-function.js";
import { arenaNames, arenaParameters, constantName, offsetOf } from "./names.js";

export function emitNetwork(net: Lowered, lineOf: LineOf, asm: boolean): string {
  const functions = functionsOf(net).map((one) => emitFunction(net, one, lineOf, asm));
  const accessors = signatures(net).map(({ text, value, arena }) => {
    const cast = arena === "const" ? "const " : "";
    return `${text}\n{\n    return (${cast}${cTypes[net.values[value].dtype]} *)(arena->bytes + ${offsetOf(net, value)});\n}\n`;
  });
  const arenas = arenasOf(net).map((arena) => arenaNames(net, arena));
  const sizes = arenas.map(
    ({ type, bytesMacro, parameter }) =>
      `_Static_assert(sizeof(${type}) == ${bytesMacro}, "the ${parameter} has no padding");\n`,
  );
  const pointers = arenas.map(
    ({ parameter }, i) => `    uint8_t *const ${pointerTo[i]} = ${parameter}->bytes;\n`,
  );
  const used = net.lowered.length > 0;
  return `${banner(net, `${net.name}.c`)}
#include "${net.name}.h"

#include "${net.name}_weights.h"
#include "tsc_mcu.h"

#if TSC_MCU_RUNTIME != 1
#error "${net.name}.c and tsc_mcu.h are of different versions: take both from one build"
#endif

${sizes.join("")}
${functions.join("\n")}
${accessors.join("\n")}
${emitReset(net)}void ${net.name}_run(${arenaParameters(net)})
{
${used ? `${pointers.join("")}\n` : "    (void)arena;\n"}${emitCalls(net)
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

/** Locals of `<net>_run`: the memory of the main arena, and of the fast one. */
export const pointerTo = ["bytes", "fast_bytes"] as const;

/** One call a layer, in order, over `pointerTo`. */
export function emitCalls(net: Lowered): string[] {
  const address = ({ memory, offset }: Place): string =>
    `${pointerTo[arenasOf(net).findIndex((arena) => arena.memory === memory)]} + ${offset}`;
  const calls = functionsOf(net).flatMap(({ members, numbers }) =>
    members.map((index): [number, string] => {
      const step = net.lowered[index];
      const { name } = net.lowered[members[0]];
      const places = step.code.parameters.map(
        (pointer, i) => `(${pointerType(pointer)})(${address(step.places[i])})`,
      );
      const constants = step.code.constants.map((one) => constantName(net, step, one.name));
      const values = numbersOf(step.code);
      const own = [...constants, ...numbers.map((number) => intLiteral(values.get(number)!))];
      const args = members.length > 1 ? [...places, ...own] : places;
      return [index, `${name === step.name ? "" : `/* ${step.name} */\n    `}${callText(name, args)}`];
    }),
  );
  return calls.sort(([a], [b]) => a - b).map(([, text]) => text);
}

function callText(name: string, args: readonly string[]): string {
  const call = `${name}(${args.join(", ")});`;
  return call.length <= 94 ? call : `${name}(${args.join(",\n        ")});`;
}
