/** What schedules depend on, as texts: equal where only numbers and names differ. */

import type { Dependences } from "./dependences.js";
import type { Setting } from "./judge.js";
import type { Emitter } from "./emitter.js";
import type { Code, Operation, Register } from "./operation.js";
import type { Surroundings } from "./pressure.js";
import { Trait } from "./pipes.js";

/** Of a stretch, with its dependences. */
export function structureOf(
  operations: readonly Operation[],
  { after }: Dependences,
  surroundings: Surroundings,
  setting: Setting,
): string {
  const numbers = new Map<Register, number>();
  const number = (register: Register): number => {
    let known = numbers.get(register);
    if (known === undefined) numbers.set(register, (known = numbers.size));
    return known;
  };
  let text: string = setting;
  operations.forEach((operation, i) => {
    const { kind, traits, uses, sources, result, access } = operation;
    text += `;${kind},${traits}`;
    for (let s = 0; s < sources.length; s++) text += `,${uses[s]}.${number(sources[s])}`;
    if (result) text += `=${number(result)}`;
    // Of a load, what says which others it pairs with.
    if (traits & Trait.load && access?.offset !== undefined) text += `@${access.offset & 7}`;
    const { next, cycles } = after[i];
    for (let f = 0; f < next.length; f++) text += `>${next[f]}.${cycles[f]}`;
  });
  for (const set of [surroundings.before, surroundings.after, surroundings.pinned]) {
    text += `|${set.size}`;
    for (const one of set) if (numbers.has(one)) text += `,${numbers.get(one)}`;
  }
  return text;
}

const LOOP = 0xfffe;
const END = 0xffff;
/** The longest run of arguments that is safe everywhere. */
const MOST_ARGUMENTS = 4096;

/** Of a whole block as it was selected: equal blocks get the same order, the same registers and the same cycles. */
export function structureOfBlock({ code, operands, registers, registerOf }: Emitter): string {
  const words: number[] = [registers.length];
  for (const operand of operands) {
    const register = registerOf.get(operand)?.index ?? END;
    const flags = operand.kind === "temporary" ? 0 : operand.written ? 2 : 1;
    words.push(operand.kind.charCodeAt(0), flags, register);
  }
  const classes = new Map<number, number>();
  writeCode(code, words, (aliases) => {
    let known = classes.get(aliases);
    if (known === undefined) classes.set(aliases, (known = classes.size));
    return known;
  });
  let text = "";
  for (let at = 0; at < words.length; at += MOST_ARGUMENTS)
    text += String.fromCharCode(...words.slice(at, at + MOST_ARGUMENTS));
  return text;
}

function writeCode(code: readonly Code[], words: number[], classOf: (aliases: number) => number): void {
  for (const one of code) {
    if (one.kind === "loop") {
      words.push(LOOP);
      writeCode(one.body, words, classOf);
    } else for (const operation of one.operations) writeOperation(operation, words, classOf);
    words.push(END);
  }
}

function writeOperation(
  { kind, traits, sources, uses, result, access, plus }: Operation,
  words: number[],
  classOf: (aliases: number) => number,
): void {
  words.push(kind | (sources.length << 4) | ((access ? 1 : 0) << 8), traits, result?.index ?? END);
  for (let i = 0; i < sources.length; i++) words.push(sources[i].index, uses[i]);
  if (access) words.push(access.bytes, access.offset ?? END, classOf(access.aliases));
  if (plus === undefined) words.push(END, END);
  else words.push(plus & 0xffff, plus >>> 16);
}
