/** `<net>.c`: a static function of every layer, or of several that are equal, then the public functions. */

import type { Lowered } from "../ir/lowered.js";
import { arenasOf } from "../ir/plan.js";
import { banner } from "./banner.js";
import { cTypes } from "./c.js";
import { emitCalls, emitPointers } from "./calls.js";
import { signatures } from "./header.js";
import type { LineOf } from "./layer-comment.js";
import { emitFunction, functionsOf } from "./layer-function.js";
import { emitFeeds } from "./feeds.js";
import { arenaNames, arenaParameters, offsetOf } from "./names.js";

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
  const calls = emitCalls(net).filter((_, index) => net.lowered[index].step.feeds === undefined);
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
${emitReset(net)}${emitFeeds(net)}void ${net.name}_run(${arenaParameters(net)})
{
${emitPointers(net, calls)}${calls.map((call) => `    ${call}\n`).join("")}}
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
