/** Scheduled statements as machine code: selected, put in order, registers assigned, timed. */

import type { KernelFunction, Statement } from "../../ir/loop.js";
import { aliasClasses } from "./aliases.js";
import type { AliasClass, Emitter, Thrift } from "./emitter.js";
import type { Code, Operation } from "./operation.js";
import { REGISTERS, assign, crowded, type Assignment } from "./registers.js";
import { schedule } from "./schedule.js";
import { select } from "./select.js";
import { listing } from "./describe.js";
import { assemblyOf, solutionOf, type Solution } from "./solution.js";
import { structureOfBlock } from "./structure.js";

type Scheduled = Extract<Statement, { kind: "scheduled" }>;

/** The function with an assembly in every scheduled statement. @param inPlace a result shares its input's memory */
export function assembleFunction(code: KernelFunction, inPlace: boolean): KernelFunction {
  const aliasClass = aliasClasses(code, inPlace);
  return { ...code, body: assembleAll(code.body, aliasClass) };
}

function assembleAll(body: readonly Statement[], aliasClass: AliasClass): readonly Statement[] {
  return body.map((one) => {
    if (one.kind === "scheduled") return assemble(one, aliasClass);
    if (one.kind === "for" || one.kind === "scope")
      return { ...one, body: assembleAll(one.body, aliasClass) };
    if (one.kind !== "if") return one;
    return {
      ...one,
      then: assembleAll(one.then, aliasClass),
      otherwise: assembleAll(one.otherwise, aliasClass),
    };
  });
}

/** Ways to do with fewer registers, the cheapest first. */
const thrifts: readonly Thrift[] = [
  { copies: false, counters: "none" },
  { copies: true, counters: "none" },
  { copies: true, counters: "of nests" },
  { copies: true, counters: "all" },
];

/** GCC's bound for one asm statement; an operand that is read and written counts twice. */
const MOST_OPERANDS = 30;
/** With nearly all registers taken, GCC does not find its way through more that are read and written. */
const MOST_CHANGED = 9;

/** Whether GCC can place the operands. */
function isPlaceable({ operands, registerOf }: Emitter, { temporaries, unread }: Assignment): boolean {
  const both = operands.filter((one) => one.kind !== "temporary" && one.written && !unread.has(one));
  const changed = both.filter((one) => registerOf.has(one)).length;
  const isFull = registerOf.size + temporaries.length >= REGISTERS - 2;
  if (isFull && changed > MOST_CHANGED) return false;
  return operands.length + temporaries.length + both.length <= MOST_OPERANDS;
}

interface Machined {
  readonly thrift: Thrift;
  readonly selected: Emitter;
  readonly code: readonly Code[];
  readonly assignment: Assignment;
}

/**
 * @param aliasClass pointers of different classes never overlap
 * @param plain the block as selected without thrift; not empty
 */
function machine(body: readonly Statement[], aliasClass: AliasClass, plain: Emitter): Machined {
  for (const thrift of thrifts) {
    const selected = thrift === thrifts[0] ? plain : select(body, aliasClass, thrift);
    if (!assign(selected.code, selected)) continue;
    for (const code of schedule(selected)) {
      const assignment = assign(code, selected);
      if (assignment && isPlaceable(selected, assignment)) return { thrift, selected, code, assignment };
    }
  }
  throw new Error(`a scheduled block needs too many registers: ${crowded(plain.code, plain)}`);
}

/** Blocks seen before, by their structure: most kernels and segments that are tried for a layer consist of the same ones. */
const known = new Map<string, Solution>();

function assemble(statement: Scheduled, aliasClass: AliasClass): Scheduled {
  const { body } = statement;
  const selected = select(body, aliasClass, thrifts[0]);
  if (selected.code.length === 0) return statement;
  const structure = structureOfBlock(selected);
  const solution = known.get(structure);
  if (solution) {
    const { thrift } = solution;
    const own = thrift === thrifts[0] ? selected : select(body, aliasClass, thrift);
    const lines = () => printed(machine(body, aliasClass, select(body, aliasClass, thrifts[0])));
    return { ...statement, assembly: assemblyOf(solution, own, lines) };
  }
  const machined = machine(body, aliasClass, selected);
  const found = solutionOf(machined);
  known.set(structure, found);
  return { ...statement, assembly: assemblyOf(found, machined.selected, () => printed(machined)) };
}

/** The schedules of a function's scheduled blocks. */
export function explainFunction(code: KernelFunction, inPlace = false): string[] {
  const aliasClass = aliasClasses(code, inPlace);
  const visit = (body: readonly Statement[]): string[] =>
    body.flatMap((one) => {
      if (one.kind === "scheduled") return [explain(one, aliasClass)];
      if (one.kind === "for" || one.kind === "scope") return visit(one.body);
      return one.kind === "if" ? [...visit(one.then), ...visit(one.otherwise)] : [];
    });
  return visit(code.body);
}

/** The schedule for who writes a kernel: every operation with the cycle it issues in. */
function explain({ body }: Scheduled, aliasClass: AliasClass): string {
  const plain = select(body, aliasClass, thrifts[0]);
  if (plain.code.length === 0) return "nothing";
  const machined = machine(body, aliasClass, plain);
  const { selected, code, assignment } = machined;
  const { comment } = solutionOf(machined);
  const registers = selected.registerOf.size + assignment.temporaries.length;
  const lines = listing(code, selected.registers.length, (one) =>
    lineOf(one, assignment).replace(/%\[(\w+)\]/g, "$1"),
  );
  return `${comment}; ${registers} registers\n${lines}`;
}

const printed = ({ code, assignment }: Machined): string[] => linesOf(code, assignment);

function linesOf(code: readonly Code[], assignment: Assignment): string[] {
  return code.flatMap((one) => {
    if (one.kind === "straight") return one.operations.map((operation) => lineOf(operation, assignment));
    return [".p2align 3", `${one.label}:`, ...linesOf(one.body, assignment)];
  });
}

function lineOf({ text, result, sources, access }: Operation, { nameOf }: Assignment): string {
  const offset = access?.offset ? `, #${access.offset}` : "";
  return text.replace("%o", offset).replace(/%(\d)/g, (_, digit) => {
    const register = digit === "0" ? result! : sources[Number(digit) - 1];
    return `%[${nameOf.get(register)!}]`;
  });
}
