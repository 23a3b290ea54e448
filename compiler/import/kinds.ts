/** Blocks that are equal up to a few options: what becomes one function of the printed file. */

import type { Node } from "../../dsl/graph.js";
import type { Attributes, Block, Layer, Operand } from "./net-blocks.js";
import { findOptions, type Option } from "./kind-options.js";

/** One layer in all variants of a kind. */
export interface Step {
  readonly role: string;
  readonly operator: string;
  readonly operands: readonly Operand[];
  /** What the step is in each variant; undefined where the variant goes without. */
  readonly layers: readonly (Layer | undefined)[];
  readonly attributes: readonly (Attributes | undefined)[];
  /** What stands for its result in the variants that go without. */
  readonly otherwise?: Operand;
}

export interface Kind {
  readonly blocks: readonly Block[];
  /** Which of the variants, that steps and options have an entry for, each block is. */
  readonly variants: readonly number[];
  readonly steps: readonly Step[];
  readonly options: readonly Option[];
}

/** What blocks have in common, and in what they differ; each block is another variant. */
type Comparison = Omit<Kind, "variants">;

/** Blocks are compared with so many kinds only: those before them. */
const comparedKinds = 8;
/** A table of more different rows is no pattern. */
const maxVariants = 64;

/** Sorts blocks into kinds, in the order of the first of each. */
export function findKinds(blocks: readonly Block[]): readonly Kind[] {
  const equal = new Map<string, Block[]>();
  for (const block of blocks) {
    const text = signature(block);
    const others = equal.get(text);
    if (others) others.push(block);
    else equal.set(text, [block]);
  }
  const kinds: Comparison[] = [];
  for (const [block] of equal.values()) {
    let isFound = false;
    for (let at = kinds.length - 1; at >= Math.max(0, kinds.length - comparedKinds) && !isFound; at--) {
      const larger = compare([...kinds[at].blocks, block], kinds[at].steps);
      if (larger) kinds[at] = larger;
      isFound = larger !== undefined;
    }
    const alone = isFound ? undefined : compare([block], []);
    if (alone) kinds.push(alone);
  }
  return kinds.map((kind) => {
    const rows = kind.blocks.flatMap((first, variant) =>
      equal.get(signature(first))!.map((block) => ({ block, variant })),
    );
    rows.sort((a, b) => a.block.first - b.block.first);
    return { ...kind, blocks: rows.map(({ block }) => block), variants: rows.map(({ variant }) => variant) };
  });
}

/** Equal for blocks that differ in their names alone. */
const signature = ({ layers, inputs }: Block): string =>
  JSON.stringify([
    inputs.length,
    layers.map(({ role, node, operands, attributes }) => [role, node.operator, operands, attributes]),
  ]);

/** @param known the steps of all blocks but the last */
function compare(blocks: readonly Block[], known: readonly Step[]): Comparison | undefined {
  if (blocks.length > maxVariants) return undefined;
  const order = mergeOrders(
    known.map(({ role }) => role),
    blocks.at(-1)!.layers.map(({ role }) => role),
  );
  if (!order || blocks.some((block) => block.inputs.length !== blocks[0].inputs.length)) return undefined;
  const tables = blocks.map((block) => new Map(block.layers.map((layer) => [layer.role, layer])));
  const steps: Step[] = [];
  for (const role of order) {
    const step = makeStep(
      role,
      order,
      tables.map((table) => table.get(role)),
    );
    if (!step) return undefined;
    steps.push(step);
  }
  if (!blocks.every((_, index) => isSame(steps, index))) return undefined;
  if (steps.some((step) => step.otherwise !== undefined && !canGo(step, steps))) return undefined;
  const options = findOptions(steps);
  // One layer alone is no block: it may only repeat as it is.
  if (options && options.length > 0 && blocks.some(({ layers }) => layers.length === 1)) return undefined;
  return options && { blocks, steps, options };
}

/** All roles, in an order that agrees with both. */
function mergeOrders(a: readonly string[], b: readonly string[]): readonly string[] | undefined {
  const merged: string[] = [];
  let waiting: string[] = [];
  let taken = 0;
  for (const role of b) {
    const at = a.indexOf(role);
    if (at < 0) waiting.push(role);
    else if (at < taken) return undefined;
    else {
      merged.push(...a.slice(taken, at), ...waiting, role);
      waiting = [];
      taken = at + 1;
    }
  }
  return [...merged, ...a.slice(taken), ...waiting];
}

function makeStep(
  role: string,
  order: readonly string[],
  layers: readonly (Layer | undefined)[],
): Step | undefined {
  const present = layers.filter((layer) => layer !== undefined);
  const { operator } = present[0].node;
  const arity = present[0].operands.length;
  if (present.some((layer) => layer.node.operator !== operator || layer.operands.length !== arity))
    return undefined;
  // Where blocks differ, the later step: the others get there by what stands for it.
  const place = (operand: Operand): number => order.indexOf(operand);
  const operands = Array.from({ length: arity }, (_, at) =>
    present.map((layer) => layer.operands[at]).reduce((a, b) => (place(b) > place(a) ? b : a)),
  );
  const attributes = layers.map((layer) => layer?.attributes);
  const step = { role, operator, operands, layers, attributes };
  if (present.length === layers.length) return step;
  const otherwise = withoutStep(present[0].node, operands);
  return otherwise === undefined ? undefined : { ...step, otherwise };
}

/** A layer with weights can only be left out beside others: between the block's input and a sum. */
function canGo({ role, layers, operands }: Step, steps: readonly Step[]): boolean {
  const hasWeights = layers.some((layer) => layer && "weights" in layer.node.attributes);
  const readers = steps.filter((step) => step.operands.includes(role));
  return !hasWeights || (operands[0] === "#0" && readers.every((step) => step.operands.length > 1));
}

/** What stands for a step's result where it is left out: its operand where it has one, what is added to the block's input. */
function withoutStep({ operator }: Node, operands: readonly Operand[]): Operand | undefined {
  const [first, second] = operands;
  if (operator === "add" && operands.length === 2)
    return first === "#0" ? second : second === "#0" ? first : undefined;
  return operands.length === 1 ? first : undefined;
}

/** true: the steps make this block again. */
function isSame(steps: readonly Step[], variant: number): boolean {
  const table = new Map(steps.map((step) => [step.role, step]));
  const actual = (operand: Operand): Operand => {
    let found = operand;
    for (let step = table.get(found); step && !step.layers[variant]; step = table.get(found))
      found = step.otherwise!;
    return found;
  };
  const present = steps.filter((step) => step.layers[variant]);
  return (
    present.every((step) =>
      step.operands.every((operand, at) => actual(operand) === step.layers[variant]!.operands[at]),
    ) && actual(steps.at(-1)!.role) === present.at(-1)!.role
  );
}
