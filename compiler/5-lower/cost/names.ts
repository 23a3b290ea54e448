/** Variables, pointers and memory of the loop IR in the sketch. */

import { Address, Constant, Variable, elementBytes, type Expr, type Pointer } from "../../ir/loop.js";
import type { Register } from "../machine/operation.js";
import {
  addLinear,
  addressValue,
  atomLinear,
  constantLinear,
  linearOf,
  reach,
  scaleLinear,
  type Linear,
  type Place,
} from "./addresses.js";
import { shapes, type Held, type LoopState, type Shape, type Sketch } from "./sketch.js";

/** A variable's meaning: a counter, a value that never changes, or a register that assignments change. */
type Binding =
  | { readonly kind: "counter"; readonly loop: LoopState }
  | { readonly kind: "value"; readonly linear: Linear; held?: Held; readonly expression: Expr }
  | { readonly kind: "mutable"; readonly register: Register; depth: number; version: number };

interface PointerBinding {
  readonly place: Place;
  readonly mutable?: { readonly register: Register; depth: number; version: number };
}

export abstract class Names {
  protected readonly variables = new Map<string, Binding>();
  readonly #pointers = new Map<Pointer, PointerBinding>();
  protected fresh = 0;

  constructor(readonly sketch: Sketch) {}

  // ---- names ----

  parameter(pointer: Pointer): void {
    const base = this.sketch.given(0, `parameter ${pointer.name}`);
    this.#pointers.set(pointer, { place: { base, distance: constantLinear(0) } });
  }
  counter(loop: LoopState): void {
    this.variables.set(loop.variable.name, { kind: "counter", loop });
  }
  /** A value that never changes: computed where it is used, if it is about counters only. */
  declare(variable: Variable, value: Expr): void {
    const linear = this.linear(value);
    const isPlain = [...linear.terms.values()].every(({ atom }) => atom.kind === "counter");
    const held = isPlain ? undefined : this.value(value);
    this.variables.set(variable.name, {
      kind: "value",
      linear: isPlain ? linear : atomLinear({ kind: "value", held: held! }),
      held,
      expression: value,
    });
  }
  declareMutable(variable: Variable, value: Expr): void {
    const register = this.sketch.register(variable.name);
    this.value(value, register);
    this.variables.set(variable.name, { kind: "mutable", register, depth: this.sketch.depth, version: 0 });
  }
  assign(variable: Variable, value: Expr): void {
    const binding = this.variables.get(variable.name);
    if (binding?.kind !== "mutable") return;
    this.value(value, binding.register);
    binding.version++;
    binding.depth = this.sketch.depth;
  }
  point(pointer: Pointer, to: Address, mutable: boolean): void {
    if (!mutable) {
      this.#pointers.set(pointer, { place: this.place(to) });
      return;
    }
    const register = this.sketch.register(pointer.name);
    this.sketch.push(shapes.alu, [this.address(to)], register);
    const base = { register, depth: this.sketch.depth, key: `r${register.index}v0` };
    const state = { register, depth: this.sketch.depth, version: 0 };
    this.#pointers.set(pointer, { place: { base, distance: constantLinear(0) }, mutable: state });
  }
  repoint(pointer: Pointer, to: Address): void {
    const state = this.#pointers.get(pointer)?.mutable;
    if (!state) return;
    this.sketch.push(shapes.alu, [this.address(to)], state.register);
    state.version++;
  }
  advance(pointer: Pointer, by: Expr): void {
    const state = this.#pointers.get(pointer)?.mutable;
    if (!state) return;
    const base = this.#base(pointer);
    const more = by instanceof Constant ? [] : [this.value(by)];
    this.sketch.push(shapes.alu, [base, ...more], state.register);
    state.version++;
  }
  /** Variables and pointers that a loop assigns change with its turns, before and after. */
  changing(names: ReadonlySet<Variable | Pointer>, depth: number): void {
    for (const one of names) {
      const binding =
        one instanceof Variable ? this.variables.get(one.name) : this.#pointers.get(one)?.mutable;
      if (!binding || !("version" in binding)) continue;
      binding.depth = depth;
      binding.version++;
    }
  }

  /** What a scheduled block takes from outside. */
  operand(of: Variable | Pointer): Held {
    if (of instanceof Variable) return this.named(of);
    return this.#pointers.get(of)?.mutable ? this.#base(of) : this.address(of.plus(0));
  }

  // ---- addresses ----

  #base(pointer: Pointer): Held {
    const { place, mutable } = this.#pointers.get(pointer) ?? this.#constantArray(pointer);
    if (!mutable) return place.base;
    const { register, depth, version } = mutable;
    return { register, depth, key: `r${register.index}v${version}` };
  }
  /** Its address comes from a literal. */
  #constantArray(pointer: Pointer): PointerBinding {
    const base = this.sketch.compute({ ...shapes.word, bytes: 6 }, [], `array ${pointer.name}`);
    const binding = { place: { base, distance: constantLinear(0) } };
    this.#pointers.set(pointer, binding);
    return binding;
  }
  place({ pointer, index }: Address): Place {
    const base = this.#base(pointer);
    const { distance } = this.#pointers.get(pointer)!.place;
    const bytes = scaleLinear(this.linear(index), elementBytes[pointer.element]);
    return { base, distance: addLinear(distance, bytes) };
  }
  address(address: Address): Held {
    return addressValue(this.sketch, this.place(address), this.#from);
  }
  readonly #from = (_: LoopState): Linear => this.#starts.get(_) ?? constantLinear(0);
  readonly #starts = new Map<LoopState, Linear>();
  startsAt(loop: LoopState, from: Expr): void {
    this.#starts.set(loop, this.linear(from));
  }

  load(shape: Shape, at: Address, bytes: number, into?: Register): Held {
    const { base, index, offset } = reach(this.sketch, this.place(at), this.#from);
    const sources = index ? [base, index] : [base];
    // What is written meanwhile cannot be kept; arrays that are only read can.
    const least = at.pointer.writable ? this.sketch.depth : 0;
    const name = at.pointer.writable
      ? `load ${this.fresh++}`
      : `load ${sources.map(({ key }) => key).join()} ${offset} ${bytes}`;
    const depth = sources.reduce((most, one) => Math.max(most, one.depth), least);
    const known = into ? undefined : this.sketch.find(name);
    if (known) return known;
    if (depth < this.sketch.depth && !into) return this.sketch.compute(shape, sources, name, least);
    const register = into ?? this.sketch.register();
    const access = {
      kind: "load" as const,
      base: base.register,
      offset: index ? undefined : offset,
      bytes,
      aliases: 0,
    };
    this.sketch.push(shape, sources, register, undefined, access);
    const held = { register, depth: this.sketch.depth, key: `r${register.index}` };
    if (!into) this.sketch.scope.values.set(name, held);
    return held;
  }
  store(at: Address, value: Expr, bytes: number): void {
    const held = this.value(value);
    const { base, index, offset } = reach(this.sketch, this.place(at), this.#from);
    const access = {
      kind: "store" as const,
      base: base.register,
      offset: index ? undefined : offset,
      bytes,
      aliases: 0,
    };
    this.sketch.push(shapes.store, [held, base, ...(index ? [index] : [])], undefined, undefined, access);
    // Two words: the upper one is the sign.
    if (bytes === 8)
      this.sketch.push(shapes.store, [held, base], undefined, undefined, { ...access, offset: offset + 4 });
  }

  linear(value: Expr): Linear {
    return linearOf(value, (leaf) => {
      if (leaf instanceof Variable) {
        const binding = this.variables.get(leaf.name);
        if (binding?.kind === "counter") return atomLinear(binding);
        if (binding?.kind === "value") return binding.linear;
      }
      return atomLinear({ kind: "value", held: this.value(leaf) });
    });
  }

  /** @param into the register that the result must end in */
  abstract value(value: Expr, into?: Register): Held;
  protected abstract named(variable: Variable): Held;
}
