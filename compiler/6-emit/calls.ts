/** The calls that run a network, layer by layer: of `<net>_run`, of `<net>_feed_<input>`, and of programs that measure. */

import { numbersOf } from "../5-lower/sharing.js";
import type { Pointer } from "../ir/loop.js";
import type { Lowered, Place } from "../ir/lowered.js";
import { arenasOf } from "../ir/plan.js";
import { cTypes, intLiteral, pointerType } from "./c.js";
import { functionsOf } from "./layer-function.js";
import { arenaNames, constantName } from "./names.js";

/** Locals of `<net>_run`: the memory of the main arena, and of the fast one. */
export const pointerTo = ["bytes", "fast_bytes"] as const;

/**
 * One call a layer, in order, over `pointerTo`. Those of layers that take an input by rows come first, in the order of the
 * inputs; each takes one row, `row`.
 */
export function emitCalls(net: Lowered): string[] {
  const argument = (pointer: Pointer, place: Place | undefined): string => {
    const type = pointerType(pointer);
    if (!place) return type === `const ${cTypes[pointer.element]} *` ? "row" : `(${type})row`;
    const arena = arenasOf(net).findIndex(({ memory }) => memory === place.memory);
    return `(${type})(${pointerTo[arena]} + ${place.offset})`;
  };
  const calls = functionsOf(net).flatMap(({ members, numbers }) =>
    members.map((index): [number, string] => {
      const step = net.lowered[index];
      const { name } = net.lowered[members[0]];
      const places = step.code.parameters.map((pointer, i) => argument(pointer, step.places[i]));
      const constants = step.code.constants.map((one) => constantName(net, step, one.name));
      const values = numbersOf(step.code);
      const own = [...constants, ...numbers.map((number) => intLiteral(values.get(number)!))];
      const args = members.length > 1 ? [...places, ...own] : places;
      return [index, `${name === step.name ? "" : `/* ${step.name} */\n    `}${callText(name, args)}`];
    }),
  );
  return calls.sort(([a], [b]) => a - b).map(([, text]) => text);
}

/** What the statements say for the memory of the arenas, in a function that is given the arenas. */
export function emitPointers(net: Lowered, statements: readonly string[]): string {
  const lines = arenasOf(net).map((arena, i) => {
    const { parameter } = arenaNames(net, arena);
    const isUsed = statements.some((one) => new RegExp(`\\b${pointerTo[i]}\\b`).test(one));
    return isUsed
      ? `    uint8_t *const ${pointerTo[i]} = ${parameter}->bytes;\n`
      : `    (void)${parameter};\n`;
  });
  return `${lines.join("")}${statements.length > 0 ? "\n" : ""}`;
}

function callText(name: string, args: readonly string[]): string {
  const call = `${name}(${args.join(", ")});`;
  return call.length <= 94 ? call : `${name}(${args.join(",\n        ")});`;
}
