/** What the Python of one operator may ask: its inputs, its settings, the tensors' ranks. */

import type { Node } from "../../../dsl/graph.js";
import { reject } from "../../diagnostics/diagnostic.js";
import type { Operation, Value } from "../../ir/graph.js";
import type { OperatorKind } from "../../ops/attributes.js";
import { isPostfix, literal, type Plain } from "./python.js";

/** A layer of one network, as settings are taken from it. */
export interface Seen<K extends OperatorKind = OperatorKind> {
  readonly node: Node;
  readonly operation: Operation<K>;
  readonly types: readonly Value[];
  readonly output: Value;
  /** Of a search space: padding "same" stays what it is. */
  readonly isSpace: boolean;
}

/** A setting: what it is in all members, or how they compute it. */
export interface Expression {
  readonly value?: Plain;
  /** @param x the layer's first input */
  text(x: string): string;
}

/** Python functions that come with the file where a layer needs them: see support.ts. */
export type Support =
  | "average_pool"
  | "depth_to_space"
  | "mirrored"
  | "resize_bilinear"
  | "resize_nearest"
  | "same_padding"
  | "space_to_depth";

/** By the names of settings. */
export type Expressions = Pick<ReadonlyMap<string, Expression>, "get" | "has">;

export class Call {
  readonly support = new Set<Support>();

  constructor(
    readonly node: Node,
    /** The layer's module: `self.stem`. */
    readonly layer: string,
    private readonly inputs: readonly string[],
    private readonly settings: Expressions,
    /** true: sizes differ between members, `layer` takes them as arguments. */
    readonly isElastic: boolean,
  ) {}

  /** An input as it is held: images are [batch, channels, height, width], others [batch, …]. */
  x(index = 0): string {
    return this.inputs[index];
  }

  get count(): number {
    return this.inputs.length;
  }

  /** An input that brackets or dots follow. */
  postfix(index = 0): string {
    const text = this.x(index);
    return isPostfix(text) ? text : `(${text})`;
  }

  get ranks(): readonly number[] {
    return this.value("ranks") as readonly number[];
  }

  get outputRank(): number {
    return this.value("outputRank") as number;
  }

  /** An input with the channels last, as the model file sees it. */
  last(index = 0): string {
    return this.ranks[index] === 3 ? `${this.postfix(index)}.permute(0, 2, 3, 1)` : this.x(index);
  }

  /** A result of this kind, as it is to be held. */
  first(text: string): string {
    return this.outputRank === 3 ? `${isPostfix(text) ? text : `(${text})`}.permute(0, 3, 1, 2)` : text;
  }

  /** A setting that all members share. */
  value(name: string): Plain {
    const expression = this.settings.get(name)!;
    if (expression.value !== undefined) return expression.value;
    return reject("MCU6060", this.node.site?.at, {
      layer: this.node.name,
      what: `its value of ${name} depends on choices`,
      expected: "the same in all members",
    });
  }

  /** A setting that all members share; undefined where it differs between them. */
  constant(name: string): Plain | undefined {
    return this.settings.get(name)?.value;
  }

  /** A setting as an expression. */
  text(name: string): string {
    return this.settings.get(name)!.text(this.x());
  }

  has(name: string): boolean {
    return this.settings.has(name);
  }

  /** Settings that differ between members, as arguments. */
  varying(names: readonly string[]): string[] {
    return names
      .filter((name) => this.settings.has(name) && this.settings.get(name)!.value === undefined)
      .map((name) => `${name}=${this.text(name)}`);
  }

  /** Calls a function of support.ts. */
  use(support: Support, ...args: readonly string[]): string {
    this.support.add(support);
    return `${support}(${args.join(", ")})`;
  }

  unsupported(what: string): never {
    return reject("MCU6061", this.node.site?.at, {
      operator: this.node.operator,
      layer: this.node.name,
      what,
    });
  }
}

/** The dimension of a held tensor, from the model file's. */
export const dimensionOf = (axis: number, rank: number): number => (rank === 3 ? [2, 3, 1][axis] : axis + 1);

/** A held tensor's dimensions behind the batch, in order, as the model file counts them. */
export const heldOrder = (rank: number): readonly number[] =>
  rank === 3 ? [2, 0, 1] : Array.from({ length: rank }, (_, axis) => axis);

/** An input with dimensions of size 1 in front of its own, to broadcast against one of `rank` dimensions. */
export function aligned(call: Call, index: number, rank: number): string {
  const own = call.ranks[index];
  if (own === rank) return call.x(index);
  if (rank !== 3)
    return `${isPostfix(call.last(index)) ? call.last(index) : `(${call.last(index)})`}[:${", None".repeat(rank - own)}]`;
  const x = call.postfix(index);
  return [`${x}[:, None, None, None]`, `${x}[:, :, None, None]`, `${x}.transpose(1, 2)[:, :, None]`][own];
}

const activations: Readonly<Record<string, string>> = {
  relu: "F.relu",
  relu6: "F.relu6",
  reluN1To1: "F.hardtanh",
};

/** A fused activation. */
export function activated(call: Call, text: string): string {
  const activation = call.value("activation") as string;
  return activation === "linear" ? text : `${activations[activation]}(${text})`;
}

export const pairText = ([a, b]: readonly Plain[]): string => literal(a === b ? a : [a, b]);
