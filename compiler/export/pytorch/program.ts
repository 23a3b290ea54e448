/** A network, or all members of a space at once, on its way to Python. */

import type { Node } from "../../../dsl/graph.js";
import type { Choice, Choosable } from "../../../dsl/choices.js";
import type { Expressions } from "./call.js";
import type { Layer, Settings } from "./layers.js";
import type { ModulePath } from "./names.js";

/** A layer's input: keys in the order of the program; it is the last one that the member has. */
export type Slot = readonly string[];

/** A choice's answers for which a layer is there. */
export interface Atom {
  readonly choice: Choice;
  readonly allowed: readonly Choosable[];
}

/** All of them hold. */
export type Condition = readonly Atom[];

export interface Step {
  readonly key: string;
  readonly kind: Layer["kind"];
  /** Where diagnostics point. */
  readonly node: Node;
  readonly inputs: readonly Slot[];
  readonly condition: Condition;
  readonly expressions: Expressions;
  /** Settings with the sizes of the largest tensors. */
  readonly largest: Settings;
  readonly isElastic: boolean;
  readonly tensors: Layer["tensors"];
  /** Of layers with tensors. */
  readonly module?: ModulePath;
}

export interface Program {
  /** The network's name. */
  readonly name: string;
  /** In order; inputs of the network among them. */
  readonly steps: readonly Step[];
  readonly outputs: readonly { readonly name: string; readonly slot: Slot }[];
  /** Names in the weights file of tensors that PyTorch calls something else. */
  readonly renamed: ReadonlyMap<string, string>;
}
