/** The C function of a layer, or of several that are equal. */

import { isNumber, sharedFunctions, type SharedFunction } from "../5-lower/sharing.js";
import type { Lowered, LoweredStep } from "../ir/lowered.js";
import { Pointer, type KernelFunction } from "../ir/loop.js";
import { CPrinter, pointerType, type PointerNames } from "./c.js";
import { layerComment, type LineOf } from "./layer-comment.js";
import { constantParameters, pointerNames } from "./names.js";

export function functionsOf(net: Lowered): SharedFunction[] {
  return sharedFunctions(net.lowered.map(({ code, step }) => ({ code, inPlace: step.inPlace })));
}

export function emitFunction(net: Lowered, shared: SharedFunction, lineOf: LineOf, asm: boolean): string {
  const steps = shared.members.map((index) => net.lowered[index]);
  const [step] = steps;
  const { parameters, names, body: statements } = interfaceOf(net, step, shared);
  const printer = new CPrinter(names, asm);
  const head = `TSC_MCU_LAYER void ${step.name}(${parameters.map(({ text }) => text).join(", ")})`;
  const body = printer.statements(statements, 1);
  const unused = parameters.filter(({ name }) => !new RegExp(`\\b${name}\\b`).test(body));
  return `${layerComment(net, steps, lineOf)}${head.length <= 100 ? head : head.replace(/, /g, ",\n        ")}
{
${unused.map(({ name }) => `    (void)${name};\n`).join("")}${body}}
`;
}

interface Parameter {
  readonly name: string;
  readonly text: string;
}

interface Interface {
  readonly parameters: readonly Parameter[];
  readonly names: PointerNames;
  readonly body: KernelFunction["body"];
}

/** Functions of one layer know its constants by name; those of several are given them, and the numbers that differ. */
function interfaceOf(
  net: Lowered,
  { step, code, name }: LoweredStep,
  { members, numbers }: SharedFunction,
): Interface {
  const isApart = code.overlapping === undefined;
  const arena = code.parameters.map((one) => parameter(one, step.inPlace, isApart));
  if (members.length === 1)
    return { parameters: arena, names: pointerNames(net, { name, code }), body: code.body };
  const constants = constantParameters(code);
  const arrays = code.constants.map(({ name, element }): Parameter => {
    const pointer = new Pointer(constants.get(name)!, element, false);
    return { name: pointer.name, text: `${pointerType(pointer)}restrict ${pointer.name}` };
  });
  return {
    parameters: [...arena, ...arrays, ...numbers.map((one) => ({ name: one, text: `int32_t ${one}` }))],
    names: ({ name }) => constants.get(name) ?? name,
    body: code.body.filter((one) => !isNumber(one) || !numbers.includes(one.variable.name)),
  };
}

/** Results in place share their input's memory: those pointers are not restrict, and none is where the function says so itself. */
function parameter(pointer: Pointer, inPlace: boolean, isApart: boolean): Parameter {
  const shared =
    inPlace && (pointer.element === "int8" || pointer.element === "uint8") && pointer.name !== "columns";
  return {
    name: pointer.name,
    text: `${pointerType(pointer)}${shared || !isApart ? "" : "restrict "}${pointer.name}`,
  };
}
