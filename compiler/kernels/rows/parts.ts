/**
 * A segment in parts that run one after the other, each over all rows, in the same scratch: stripes of columns, or groups of
 * channels. The parts have the same stages and kernels on less of each tensor.
 */

import { Block, type ConstantArray, type KernelFunction } from "../../ir/loop.js";
import type { StepKernel } from "../../ir/plan.js";
import { Emitter } from "./emitter.js";
import { flowsOf, type Segment } from "./flow.js";
import { layOutAll, type Layout, type Paced } from "./layout.js";
import { Names } from "./names.js";
import { schedule } from "./schedule.js";
import { sketch, type SegmentLayout } from "./segment.js";

export interface PartsSketch {
  /** Scratch. */
  readonly bytes: number;
  /** Each by itself, but for its scratch. */
  readonly parts: readonly SegmentLayout[];
}

/** undefined: they do not fit together. */
export function sketchOfParts(parts: readonly Segment[]): PartsSketch | undefined {
  const paced = pacedOf(parts);
  if (!paced) return undefined;
  const layouts = layOutAll(paced);
  return {
    bytes: layouts[0].bytes,
    parts: paced.map(({ segment, flows }, part) => sketch(segment, flows, layouts[part])),
  };
}

/**
 * Throws where they do not fit together.
 * @param what "2 stripes"
 */
export function partsKernel(parts: readonly Segment[], what: string): StepKernel {
  const paced = pacedOf(parts);
  if (!paced) throw new Error("these layers are no parts of a segment");
  const layouts = layOutAll(paced);
  const [{ bytes }] = layouts;
  return {
    name: `rows of ${parts[0].stages.map(({ kernel }) => kernel.name).join(", ")} in ${what}`,
    scratch: () => ({ least: bytes, most: bytes }),
    inPlace: [],
    values: [],
    readsBiased: [],
    writesBiased: false,
    lower({ scratch }): KernelFunction {
      if (scratch < bytes) throw new Error("a segment was granted less scratch than it needs");
      return together(paced, layouts, what);
    },
  };
}

function pacedOf(parts: readonly Segment[]): readonly Paced[] | undefined {
  const paced: Paced[] = [];
  for (const segment of parts) {
    const flows = flowsOf(segment);
    const times = flows && schedule(segment, flows, 1);
    if (!flows || !times) return undefined;
    paced.push({ segment, flows, schedule: times });
  }
  return paced;
}

/** One function: the parts' parameters are the same, their constants where they are equal. */
function together(paced: readonly Paced[], layouts: readonly Layout[], what: string): KernelFunction {
  const names = new Names();
  const constants = new Map<string, ConstantArray>();
  const codes: KernelFunction[] = [];
  for (const [part, { segment, flows }] of paced.entries()) {
    const layout = layouts[part];
    const first = new Emitter(segment, flows, layout, names).code();
    const prefixes = segment.stages.map((_, stage) => {
      const own = first.constants.filter(({ name }) => name.startsWith(names.prefixOf(stage)));
      return `${setOf(own, constants, part)}${names.prefixOf(stage)}`;
    });
    const isFirst = prefixes.every((prefix, stage) => prefix === names.prefixOf(stage));
    const others = names.withPrefixes((stage) => prefixes[stage]);
    const code = isFirst ? first : new Emitter(segment, flows, layout, others).code();
    for (const one of code.constants) constants.set(one.name, one);
    codes.push(code);
  }
  const pieces = piecesOf(codes);
  const [code] = codes;
  const tensors = code.overlapping!;
  return {
    parameters: [...tensors, ...pieces.map(({ pointer }) => pointer)],
    constants: [...constants.values()],
    body: bodyOf(codes),
    notes: [`in ${what}`, ...code.notes],
    scratch: pieces.map(({ part }) => part.offset),
    parts: pieces.map(({ part }) => part),
    overlapping: tensors,
  };
}

/** By which names a stage's constants are known already, or will be: those of the first part are as they are. */
function setOf(
  own: readonly ConstantArray[],
  constants: ReadonlyMap<string, ConstantArray>,
  part: number,
): string {
  for (let set = 0; set <= part; set++) {
    const prefix = set === 0 ? "" : `part${set}_`;
    const known = own.map(({ name }) => constants.get(`${prefix}${name}`));
    const isNew = known.every((one) => one === undefined);
    if (set === part ? isNew : known.every((one, i) => one && isSame(one, own[i]))) return prefix;
  }
  throw new Error("constants of a part have no names");
}

const isSame = (a: ConstantArray, b: ConstantArray): boolean =>
  a.element === b.element &&
  a.align === b.align &&
  a.data.length === b.data.length &&
  Array.prototype.every.call(a.data, (value, i) => value === b.data[i]);

/** Of all parts: some have none of a kind that others have. */
function piecesOf(codes: readonly KernelFunction[]) {
  const all = codes.flatMap(({ parameters, overlapping, parts }) =>
    parameters.slice(overlapping!.length).map((pointer, i) => ({ pointer, part: parts![i] })),
  );
  return all.filter(({ pointer }, i) => all.findIndex((other) => other.pointer === pointer) === i);
}

function bodyOf(codes: readonly KernelFunction[]): KernelFunction["body"] {
  const block = new Block();
  for (const { body } of codes) block.scope((inner) => inner.statements.push(...body));
  return block.statements;
}
