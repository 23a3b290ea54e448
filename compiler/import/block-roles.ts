/** Blocks of a TensorFlow Lite graph by its structure alone: what a layer is in its block, where tensors' names do not say. */

import type { Subgraph, TfliteOperator } from "./model.js";

export interface Place {
  /** Blocks are counted from 1, in the order of their first operators. */
  readonly block: number;
  /** `expand`, `dw`, `project`, `add`, …; each once in a block. */
  readonly role: string;
}

/** Operators in a row, each the only reader of the one before. */
type Chain = readonly TfliteOperator[];

const convolutions = new Set(["CONV_2D", "DEPTHWISE_CONV_2D"]);
/** What may stand between the convolutions of a block. */
const between = new Set(["PAD", "RELU", "RELU6", "RELU_N1_TO_1", "HARD_SWISH", "LEAKY_RELU", "PRELU"]);
/** Blocks of more operators are not what people call one. */
const longestChain = 16;

/**
 * The place of every operator that is part of a block, by its index. Blocks are:
 * two chains of convolutions (or one and nothing) from one value to an ADD; around other depthwise convolutions, the pointwise ones before
 * (where the depthwise one ends in a narrower projection without activation) and behind.
 */
export function blockRoles(graph: Subgraph): ReadonlyMap<number, Place> {
  const links = new Links(graph);
  const found: { readonly first: number; readonly roles: ReadonlyMap<number, string> }[] = [];
  const taken = new Set<number>();
  const keep = (roles: ReadonlyMap<number, string> | undefined): void => {
    if (!roles || [...roles.keys()].some((index) => taken.has(index))) return;
    for (const index of roles.keys()) taken.add(index);
    found.push({ first: Math.min(...roles.keys()), roles });
  };
  for (const operator of graph.operators) if (operator.name === "ADD") keep(residualRoles(operator, links));
  for (const operator of graph.operators) {
    if (operator.name === "DEPTHWISE_CONV_2D" && !taken.has(operator.index))
      keep(separableRoles(operator, links, taken));
  }
  found.sort((a, b) => a.first - b.first);
  return new Map(
    found.flatMap(({ roles }, block) =>
      [...roles].map(([index, role]): [number, Place] => [index, { block: block + 1, role }]),
    ),
  );
}

class Links {
  private readonly producers: ReadonlyMap<number, TfliteOperator>;
  private readonly consumers = new Map<number, TfliteOperator[]>();

  constructor(private readonly graph: Subgraph) {
    this.producers = new Map(graph.operators.map((operator) => [operator.outputs[0], operator]));
    for (const operator of graph.operators) {
      for (const input of operator.inputs) {
        const users = this.consumers.get(input) ?? [];
        // Two are as good as many.
        if (users.length < 2) users.push(operator);
        this.consumers.set(input, users);
      }
    }
  }

  /** The only reader of a tensor that is not a result. */
  reader(tensor: number): TfliteOperator | undefined {
    const users = this.consumers.get(tensor) ?? [];
    return users.length === 1 && !this.graph.outputs.includes(tensor) ? users[0] : undefined;
  }

  producer(tensor: number): TfliteOperator | undefined {
    return this.producers.get(tensor);
  }

  /** The convolutions, and what is between, that lead to a tensor, back to the value where a branch starts. */
  chainTo(tensor: number): { readonly start: number; readonly chain: Chain } {
    const chain: TfliteOperator[] = [];
    let start = tensor;
    while (chain.length < longestChain) {
      const producer = this.producers.get(start);
      if (!producer || !this.reader(start)) break;
      if (!convolutions.has(producer.name) && !between.has(producer.name)) break;
      chain.unshift(producer);
      start = producer.inputs[0];
    }
    return { start, chain };
  }

  isPointwise(operator: TfliteOperator | undefined): operator is TfliteOperator {
    const [, height, width] = this.graph.tensors[operator?.inputs[1] ?? -1]?.shape ?? [];
    return operator?.name === "CONV_2D" && height === 1 && width === 1;
  }
}

const weighted = (chain: Chain): number => chain.filter(({ name }) => convolutions.has(name)).length;

/** A block that ends in an ADD of what it read. */
function residualRoles(add: TfliteOperator, links: Links): ReadonlyMap<number, string> | undefined {
  const [a, b] = add.inputs.map((input) => links.chainTo(input));
  if (!a || !b || a.start !== b.start) return undefined;
  const [main, shortcut] = weighted(b.chain) >= weighted(a.chain) ? [b.chain, a.chain] : [a.chain, b.chain];
  if (weighted(main) === 0) return undefined;
  const roles = new Map<number, string>();
  const names = new RoleNames();
  nameChain(main, links, (operator, role) => roles.set(operator.index, names.take(role)));
  for (const operator of shortcut) {
    const role = convolutions.has(operator.name) ? "shortcut" : operator.name.toLowerCase();
    roles.set(operator.index, names.take(role));
  }
  return roles.set(add.index, "add");
}

/** A depthwise convolution with the pointwise ones around it. */
function separableRoles(
  depthwise: TfliteOperator,
  links: Links,
  taken: ReadonlySet<number>,
): ReadonlyMap<number, string> | undefined {
  const chain: TfliteOperator[] = [depthwise];
  for (let next = links.reader(depthwise.outputs[0]); next; next = links.reader(next.outputs[0])) {
    chain.push(next);
    if (!between.has(next.name) || chain.length > longestChain) break;
  }
  if (!links.isPointwise(chain.at(-1))) return undefined;
  const before: TfliteOperator[] = [];
  for (let tensor = depthwise.inputs[0]; before.length < longestChain && links.reader(tensor);) {
    const producer = links.producer(tensor);
    if (!producer || taken.has(producer.index)) break;
    before.unshift(producer);
    if (!between.has(producer.name)) break;
    tensor = producer.inputs[0];
  }
  const expands = links.isPointwise(before[0]);
  const padding = before.filter(({ name }) => name === "PAD");
  const roles = new Map<number, string>();
  const names = new RoleNames();
  const whole = [...(expands ? before : padding), ...chain];
  nameChain(whole, links, (operator, role) => roles.set(operator.index, names.take(role)));
  return roles;
}

/** `expand`, `dw`, `project` (`pointwise` where nothing expands) around a depthwise convolution; else `conv1`, `conv2`, …. */
function nameChain(chain: Chain, links: Links, name: (operator: TfliteOperator, role: string) => void): void {
  const depthwise = chain.findIndex((operator) => operator.name === "DEPTHWISE_CONV_2D");
  const expands = chain.slice(0, Math.max(0, depthwise)).some((operator) => links.isPointwise(operator));
  let count = 0;
  chain.forEach((operator, index) => {
    if (operator.name === "DEPTHWISE_CONV_2D") name(operator, "dw");
    else if (!convolutions.has(operator.name)) name(operator, operator.name.toLowerCase());
    else if (depthwise < 0 || !links.isPointwise(operator)) name(operator, `conv${++count}`);
    else if (index < depthwise) name(operator, "expand");
    else name(operator, expands ? "project" : "pointwise");
  });
}

/** `relu`, then `relu2`, …. */
class RoleNames {
  private readonly counts = new Map<string, number>();

  take(role: string): string {
    const count = (this.counts.get(role) ?? 0) + 1;
    this.counts.set(role, count);
    return count === 1 ? role : `${role}${count}`;
  }
}
