/** `<net>_weights.c` and `.h`: the constants, one array each. */

import type { Lowered, LoweredStep } from "../ir/lowered.js";
import type { ConstantArray, Element } from "../ir/loop.js";
import { banner } from "./banner.js";
import { cTypes, floatLiteral } from "./c.js";
import { constantName, macroPrefix } from "./names.js";

const COLUMNS = 80;

export function emitWeightsHeader(net: Lowered): string {
  const guard = `${macroPrefix(net.name)}_WEIGHTS_H`;
  const declarations = eachConstant(net, (step, array) => `extern ${declarator(net, step, array)};`);
  return `${banner(net, `${net.name}_weights.h`)}
#ifndef ${guard}
#define ${guard}

#include <stdint.h>

${declarations.join("\n")}

#endif
`;
}

/** TSC_MCU_CONST places the arrays in a section of the user's choice. */
export function emitWeights(net: Lowered): string {
  const arrays = eachConstant(net, (step, array) => {
    return `${declarator(net, step, array)} TSC_MCU_CONST = {\n${rows(array)}};\n`;
  });
  return `${banner(net, `${net.name}_weights.c`)}
#include "${net.name}_weights.h"

#include "tsc_mcu.h"

${arrays.join("\n")}`;
}

function eachConstant<T>(net: Lowered, make: (step: LoweredStep, array: ConstantArray) => T): T[] {
  return net.lowered.flatMap((step) => step.code.constants.map((array) => make(step, array)));
}

/** With its alignment in the declaration too: users of an array may assume no other (x86-64's ABI aligns large ones to 16). */
function declarator(net: Lowered, step: LoweredStep, { name, element, data, align }: ConstantArray): string {
  return `_Alignas(${align}) const ${cTypes[element]} ${constantName(net, step, name)}[${data.length}]`;
}

function rows({ element, data }: ConstantArray): string {
  const lines: string[] = [];
  let line = "   ";
  for (let i = 0; i < data.length; i++) {
    const item = ` ${literal(data[i], element)},`;
    if (line.length + item.length > COLUMNS) {
      lines.push(line);
      line = "   ";
    }
    line += item;
  }
  lines.push(line);
  return `${lines.join("\n")}\n`;
}

function literal(value: number, element: Element): string {
  if (element === "float32" || element === "float64") return floatLiteral(value, element);
  return value === -2147483648 ? "INT32_MIN" : String(value);
}
