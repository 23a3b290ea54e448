/** Addresses as GCC forms them: sums of counters times constants become pointers that move on with their loops. */

import { Binary, Constant, Variable, type Expr } from "../../ir/loop.js";
import { shapes, type Held, type LoopState, type Moving, type Sketch } from "./sketch.js";

export type Atom =
  { readonly kind: "counter"; readonly loop: LoopState } | { readonly kind: "value"; readonly held: Held };

export interface Term {
  readonly atom: Atom;
  readonly factor: number;
}

/** The sum of the terms, which are by key, and a constant. */
export interface Linear {
  readonly terms: ReadonlyMap<string, Term>;
  readonly constant: number;
}

/** `base` and bytes from it. */
export interface Place {
  readonly base: Held;
  readonly distance: Linear;
}

export const constantLinear = (constant: number): Linear => ({ terms: new Map(), constant });

export function atomLinear(atom: Atom): Linear {
  return { terms: new Map([[keyOf(atom), { atom, factor: 1 }]]), constant: 0 };
}

const keyOf = (atom: Atom): string => (atom.kind === "counter" ? `c${atom.loop.id}` : atom.held.key);
const depthOf = ({ atom }: Term): number => (atom.kind === "counter" ? atom.loop.depth : atom.held.depth);

export function addLinear(a: Linear, b: Linear, factor = 1): Linear {
  const terms = new Map(a.terms);
  for (const [key, term] of b.terms) {
    const sum = (terms.get(key)?.factor ?? 0) + term.factor * factor;
    if (sum === 0) terms.delete(key);
    else terms.set(key, { atom: term.atom, factor: sum });
  }
  return { terms, constant: a.constant + b.constant * factor };
}

export const scaleLinear = (one: Linear, factor: number): Linear => addLinear(constantLinear(0), one, factor);

/** @param leaf of what is no sum and no product with a constant */
export function linearOf(value: Expr, leaf: (value: Expr) => Linear): Linear {
  if (value instanceof Constant) return constantLinear(value.value);
  if (value instanceof Variable) return leaf(value);
  if (value instanceof Binary && value.type === "int32") {
    const { operator, left, right } = value;
    if (operator === "+") return addLinear(linearOf(left, leaf), linearOf(right, leaf));
    if (operator === "-") return addLinear(linearOf(left, leaf), linearOf(right, leaf), -1);
    if (operator === "*" && right instanceof Constant) return scaleLinear(linearOf(left, leaf), right.value);
  }
  return leaf(value);
}

/** What a load or store names: a base, perhaps an index, and a constant between. */
export interface Reach {
  readonly base: Held;
  readonly index?: Held;
  readonly offset: number;
}

/** Offsets that one instruction takes. */
const WINDOW = 4096;

/** @param reads the loop's start as a linear form, for pointers that begin there */
export function reach(sketch: Sketch, { base, distance }: Place, from: (loop: LoopState) => Linear): Reach {
  const anchor = Math.floor((distance.constant + 255) / WINDOW) * WINDOW;
  const offset = distance.constant - anchor;
  const terms = [...distance.terms.entries()];
  const inner = terms.filter(([, term]) => depthOf(term) === sketch.depth && sketch.depth > 0);
  if (inner.length === 1 && offset === 0 && base.depth < sketch.depth) {
    const [[key, { atom, factor }]] = inner;
    if (atom.kind === "value" && [1, 2, 4, 8].includes(factor)) {
      const rest = new Map(terms.filter(([other]) => other !== key));
      return { base: position(sketch, base, rest, anchor, from, "other"), index: atom.held, offset: 0 };
    }
  }
  return { base: position(sketch, base, distance.terms, anchor, from, "access"), offset };
}

/** The address without its constant, as a value. */
export function addressValue(
  sketch: Sketch,
  { base, distance }: Place,
  from: (loop: LoopState) => Linear,
): Held {
  const start = position(sketch, base, distance.terms, 0, from, "other");
  if (distance.constant === 0) return start;
  return sketch.compute(shapes.alu, [start], `${start.key}+${distance.constant}`);
}

function position(
  sketch: Sketch,
  base: Held,
  terms: ReadonlyMap<string, Term>,
  anchor: number,
  from: (loop: LoopState) => Linear,
  use: "access" | "other",
): Held {
  if (terms.size === 0) {
    if (anchor === 0) return base;
    return sketch.compute(shapes.alu, [base], `${base.key}+${anchor}`);
  }
  // The one that changes most often last; of those, counters before other values.
  const sorted = [...terms].sort(
    ([, a], [, b]) =>
      depthOf(b) - depthOf(a) || Number(a.atom.kind === "counter") - Number(b.atom.kind === "counter"),
  );
  const [, { atom, factor }] = sorted[0];
  const rest = new Map(sorted.slice(1));
  const name = `${base.key}:${sorted.map(([one, term]) => `${one}*${term.factor}`).join("+")}:${anchor}`;
  if (atom.kind === "counter" && base.depth < atom.loop.depth) {
    return movingWith(sketch, atom.loop, name, use, () => {
      const start = addLinear({ terms: rest, constant: 0 }, from(atom.loop), factor);
      return position(sketch, base, start.terms, anchor, from, "other");
    }).held;
  }
  const known = sketch.find(name);
  if (known) return known;
  const start = position(sketch, base, rest, anchor, from, "other");
  return sketch.compute(shapes.shifted, [start, ...[counted(sketch, atom, factor)]], name);
}

/** The atom times its factor, where the shifter of the addition does not do it. */
function counted(sketch: Sketch, atom: Atom, factor: number): Held {
  const held = atom.kind === "counter" ? counterOf(atom.loop) : atom.held;
  if (factor > 0 && (factor & (factor - 1)) === 0) return held;
  return sketch.compute(shapes.times, [held], `${held.key}*${factor}`);
}

export function counterOf(loop: LoopState): Held {
  loop.counterUsed = true;
  return { register: loop.counter, depth: loop.depth, key: `c${loop.id}` };
}

function movingWith(
  sketch: Sketch,
  loop: LoopState,
  name: string,
  use: "access" | "other",
  start: () => Held,
): Moving {
  let moving = loop.moving.get(name);
  if (!moving) {
    const before = start();
    const register = sketch.register("p");
    const at = sketch.scopes.findIndex((scope) => scope.loop === loop);
    sketch.push(shapes.alu, [before], register, sketch.scopes[at - 1]);
    moving = { held: { register, depth: loop.depth, key: `r${register.index}` }, accesses: 0, others: 0 };
    loop.moving.set(name, moving);
  }
  if (use === "access" && sketch.scope.loop === loop) moving.accesses++;
  else moving.others++;
  return moving;
}
