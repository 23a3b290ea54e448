/** Inputs that are fed by rows: `<net>_feed_<input>`, in the header and in the network's C. */

import { elements, rowBytes, type ValueId } from "../ir/graph.js";
import type { Lowered } from "../ir/lowered.js";
import { cTypes } from "./c.js";
import { emitCalls, emitPointers } from "./calls.js";
import { arenaParameters, macroPrefix } from "./names.js";

/** The inputs that never exist as a whole, in the network's order. */
export function fedInputs(net: Lowered): ValueId[] {
  return net.inputs.filter((value) => net.values[value].feed !== undefined);
}

/** The scratch of a step that takes rows is in the fast arena, and must last until the image is complete. */
export function keptInFast({ steps, buffers, fast }: Lowered): boolean {
  return steps.some(
    ({ feeds, scratch }) =>
      feeds !== undefined && scratch !== undefined && buffers[scratch].memory === fast?.memory,
  );
}

/** `bool kws_feed_image(kws_arena *arena, const int8_t *row)` */
function signature(net: Lowered, input: ValueId): string {
  const { name, dtype } = net.values[input];
  return `bool ${net.name}_feed_${name}(${arenaParameters(net)}, const ${cTypes[dtype]} *row)`;
}

/** The functions of all fed inputs: one call of the input's layers, then whether it was the last row. */
export function emitFeeds(net: Lowered): string {
  const calls = emitCalls(net);
  const functions = net.lowered.flatMap(({ step }, index) => {
    if (step.feeds === undefined) return [];
    const { memory, offset } = net.buffers[step.state[step.state.length - 1]];
    if (memory !== net.arena.memory) throw new Error("the number of the next row is not in the main arena");
    // The layers set the number of the next row to 0 behind the last.
    const result = `return *(const int32_t *)(bytes + ${offset}) == 0;`;
    const statements = [calls[index], result];
    return `${signature(net, step.feeds)}
{
${emitPointers(net, statements)}${statements.map((one) => `    ${one}\n`).join("")}}

`;
  });
  return functions.join("");
}

/** Sizes of a fed input. */
export function feedMacros(net: Lowered, input: ValueId, name: string): string[] {
  const { shape } = net.values[input];
  return [
    `#define ${name}_ROWS ${shape[0]}`,
    `#define ${name}_ROW_ELEMENTS ${elements(shape.slice(1))} /* ${shape.slice(1).join(" x ")} */`,
    `#define ${name}_ROW_BYTES ${rowBytes(net.values[input])}`,
  ];
}

/** The declarations, with what a caller must know; nothing where all inputs are written as a whole. */
export function feedDeclarations(net: Lowered): string {
  const fed = fedInputs(net);
  if (fed.length === 0) return "";
  const macros = fed.map((input) => `${macroPrefix(`${net.name}_input_${net.values[input].name}`)}_ROWS`);
  const others = net.inputs.length > fed.length ? [" * Write the other inputs before the first row."] : [];
  return `/*
 * Gives the next row of an image, from the top one on. The image is never stored as a whole: the network is done with the row
 * when the function returns. True: that was the last row. Then ${net.name}_run() computes the rest, and must have
 * returned before the next image begins. Rows of an image:
${macros.map((macro) => ` *   ${macro}, of ${macro.replace(/ROWS$/, "ROW_ELEMENTS")} values`).join("\n")}
${[...others, ` * From the first row to the end of the run the arena is the network's. ${net.name}_reset() drops an image that is not complete.`].join("\n")}
 */
${fed.map((input) => `${signature(net, input)};\n`).join("")}
`;
}
