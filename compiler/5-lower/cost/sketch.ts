/**
 * A sketch of the machine code that GCC -O2 makes of loop IR: operations in the order of the source, what does not change in a
 * loop in front of it, equal values computed once. issue.ts times it, registers.ts looks for what registers cannot hold.
 */

import type { Operation, Register } from "../machine/operation.js";
import { Kind, Trait, paths, type Path, type Use } from "../machine/pipes.js";
import type { Variable } from "../../ir/loop.js";
import type { Timing } from "../../ir/assembly.js";
import { Positions, type Trips } from "./positions.js";

export type Node =
  | { readonly kind: "operation"; readonly operation: Operation; readonly bytes: number }
  | {
      readonly kind: "loop";
      readonly turns: number;
      readonly body: readonly Node[];
    }
  /** `share`: how often `then` runs; `missed`: how often its branch is mispredicted, both of one execution. */
  | {
      readonly kind: "branch";
      readonly share: number;
      readonly missed: number;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  /** A call or a scheduled block: the pipeline is empty before and after. */
  | {
      readonly kind: "fixed";
      readonly cycles: number;
      readonly bytes: number;
      /** A call of a function, which keeps r0-r3, ip and lr to itself; a block takes so many registers. */
      readonly takes: "call" | number;
      readonly reads: readonly Register[];
    };

/** A value in a register, and the loop (counted from outside) whose turns it changes with. */
export interface Held {
  readonly register: Register;
  readonly depth: number;
  /** Equal for equal values. */
  readonly key: string;
}

/** An address that moves on with the counter of a loop. */
export interface Moving {
  readonly held: Held;
  /** Loads and stores that may move it on as they go. */
  accesses: number;
  /** Other uses: it is moved on by an addition. */
  others: number;
}

export interface LoopState {
  readonly variable: Variable;
  readonly id: number;
  readonly depth: number;
  readonly trips: Trips;
  readonly counter: Register;
  counterUsed: boolean;
  readonly moving: Map<string, Moving>;
}

export interface Scope {
  readonly depth: number;
  readonly nodes: Node[];
  readonly values: Map<string, Held>;
  /** Of a loop's body; undefined: the function's, or a branch's. */
  readonly loop?: LoopState;
}

/** How an operation goes through the pipeline, and its bytes. */
export interface Shape extends Path {
  readonly bytes: number;
}

const wide = 4;
const shape = (path: Path, bytes: number = wide): Shape => ({ ...path, bytes });

/** What GCC uses, by name; bytes as they come on average with high registers and constants. */
export const shapes = {
  alu: shape(paths.alu, 3),
  logical: shape({ ...paths.alu, traits: 0 }, 3.5),
  compare: shape({ ...paths.alu, traits: Trait.earlyOlder | Trait.setsFlags }, 2.3),
  /** IT: a slot. */
  then: shape({ uses: [], kind: Kind.ready, traits: 0 }, 2),
  predicated: shape({ uses: paths.alu.uses, kind: Kind.saturated, traits: 0 }, 2.4),
  shift: shape(paths.shift, 3.3),
  shifted: shape(paths["alu-shifted"]),
  times: shape(paths.multiply),
  accumulate: shape(paths["multiply-accumulate"]),
  saturate: shape(paths.saturate),
  word: shape(paths["load-word"], 3.4),
  part: shape(paths["load-part"]),
  store: shape(paths.store, 3.4),
  branch: shape({ uses: [], kind: Kind.ready, traits: Trait.branch }, 2.2),
  /** Floating point: three cycles later. */
  float: shape({ ...paths.multiply, uses: [5, 5, 5] as Use[], traits: Trait.multiplier }),
} as const;

const LITERAL: Operation["access"] = { kind: "load", bytes: 4, aliases: -1 };

export class Sketch {
  readonly positions = new Positions();
  readonly scopes: Scope[] = [{ depth: 0, nodes: [], values: new Map() }];
  registers = 0;
  #loops = 0;

  get scope(): Scope {
    return this.scopes[this.scopes.length - 1];
  }
  get depth(): number {
    return this.scope.depth;
  }

  register(name = "t"): Register {
    return { index: this.registers++, name };
  }

  /** A value that nothing computes here: a parameter, or what a loop carries round. */
  given(depth: number, key?: string): Held {
    const register = this.register();
    return { register, depth, key: key ?? `r${register.index}` };
  }

  find(key: string): Held | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const known = this.scopes[i].values.get(key);
      if (known) return known;
    }
    return undefined;
  }

  /** The innermost scope that runs no oftener than a value of that depth changes. */
  #home(depth: number): Scope {
    for (let i = this.scopes.length - 1; i > 0; i--) if (this.scopes[i].depth <= depth) return this.scopes[i];
    return this.scopes[0];
  }

  /** A value computed where it changes; once for equal keys. */
  compute(shape: Shape, sources: readonly Held[], key: string, least = 0): Held {
    const known = this.find(key);
    if (known) return known;
    const depth = sources.reduce((most, one) => Math.max(most, one.depth), least);
    const home = this.#home(depth);
    const held = { register: this.register(), depth, key };
    this.push(shape, sources, held.register, home);
    home.values.set(key, held);
    return held;
  }

  push(
    { uses, kind, traits, bytes }: Shape,
    sources: readonly Held[],
    result?: Register,
    scope = this.scope,
    access?: Operation["access"],
  ): void {
    const operation: Operation = {
      text: "",
      result,
      sources: sources.map(({ register }) => register),
      uses: sources.map((_, i) => uses[Math.min(i, uses.length - 1)]),
      kind,
      traits,
      access: access ?? (traits & Trait.load ? LITERAL : undefined),
    };
    scope.nodes.push({ kind: "operation", operation, bytes });
  }

  fixed(cycles: number, bytes: number, takes: "call" | number, reads: readonly Held[] = []): void {
    this.scope.nodes.push({
      kind: "fixed",
      cycles,
      bytes,
      takes,
      reads: reads.map(({ register }) => register),
    });
  }

  /** The nodes that `body` writes, in a scope of their own. */
  inside(loop: LoopState | undefined, body: () => void): Node[] {
    const scope: Scope = {
      depth: this.depth + (loop ? 1 : 0),
      nodes: [],
      values: new Map(),
      loop,
    };
    this.scopes.push(scope);
    body();
    this.scopes.pop();
    return scope.nodes;
  }

  loopState(variable: Variable, trips: Trips): LoopState {
    return {
      variable,
      id: this.#loops++,
      depth: this.depth + 1,
      trips,
      counter: this.register(variable.name),
      counterUsed: false,
      moving: new Map(),
    };
  }

  timing(timing: readonly Timing[]): number {
    return timing.reduce((sum, one) => {
      if (one.kind === "straight") return sum + one.cycles;
      const turns = Math.max(1, this.positions.mean(one.turns) || 1);
      return sum + turns * this.timing(one.body) + one.exit;
    }, 0);
  }
}
