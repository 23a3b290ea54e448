/** Statements of the loop IR in the sketch. */

import { Address, Constant, Expr, type KernelFunction, type Statement } from "../../ir/loop.js";
import { elementBytes } from "../../ir/loop.js";
import { counterOf } from "./addresses.js";
import { Sketch, shapes, type Held, type Node } from "./sketch.js";
import { Values } from "./values.js";
import { assignedIn } from "./assigned.js";
import { blockMove } from "./block-moves.js";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** Bodies up to so many operations run under a condition of theirs instead of behind a branch. */
const CONDITIONAL = 3;
/** Of conditions that are not known: mostly whether a place is inside of an image. */
const LIKELY = 0.9;

export function sketchOf(code: KernelFunction): { readonly sketch: Sketch; readonly nodes: readonly Node[] } {
  const sketch = new Sketch();
  const writer = new Writer(sketch);
  code.parameters.forEach((one) => writer.values.parameter(one));
  writer.statements(code.body);
  return { sketch, nodes: sketch.scope.nodes };
}

class Writer {
  readonly values: Values;

  constructor(readonly sketch: Sketch) {
    this.values = new Values(sketch);
  }

  statements(list: readonly Statement[]): void {
    for (const one of list) this.#statement(one);
  }

  #statement(one: Statement): void {
    const { values, sketch } = this;
    switch (one.kind) {
      case "comment":
        return;
      case "declare":
        sketch.positions.define(one.variable, one.value, one.mutable);
        return one.mutable
          ? values.declareMutable(one.variable, one.value)
          : values.declare(one.variable, one.value);
      case "assign":
        return values.assign(one.variable, one.value);
      case "point":
        return values.point(one.pointer, one.to, one.mutable);
      case "repoint":
        return values.repoint(one.pointer, one.to);
      case "advance":
        return values.advance(one.pointer, one.by);
      case "store":
        return values.store(one.pointer.plus(one.index), one.value, elementBytes[one.pointer.element]);
      case "call":
        return this.#call(one);
      case "scope":
        return this.statements(one.body);
      case "scheduled":
        return one.assembly ? this.#scheduled(one) : this.statements(one.body);
      case "if":
        return this.#branch(one);
      case "for":
        return this.#loop(one);
    }
  }

  #call({ instruction, args }: Of<"call">): void {
    const { values, sketch } = this;
    const [to, value] = args;
    if (instruction.machine?.pipe === "store" && to instanceof Address && value instanceof Expr)
      return values.store(to, value, 4);
    const move = blockMove(instruction, args, sketch.positions, (one) => values.place(one));
    const held = args.flatMap((one) =>
      one instanceof Address ? [values.address(one)] : one instanceof Constant ? [] : [values.value(one)],
    );
    const { cycles, instructions, perElement } = instruction;
    if (move) sketch.fixed(move.cycles, move.bytes, move.isCall ? "call" : 4, held);
    else {
      const count = perElement === undefined ? 1 : sketch.positions.mean(args[perElement] as Expr) || 1;
      sketch.fixed(10 + cycles * count, 3.4 * instructions, 6, held);
    }
  }

  /** Its operands in registers come from the stack, as nothing else outlives a block that takes all of them. */
  #scheduled({ assembly }: Of<"scheduled">): void {
    const { sketch, values } = this;
    const { operands, timing, bytes } = assembly!;
    const reads: Held[] = [];
    let [registers, moves] = [0, 0];
    for (const one of operands) {
      if (one.kind === "outer") reads.push(values.operand(one.of));
      else if (one.kind === "value")
        reads.push(one.value instanceof Expr ? values.value(one.value) : values.operand(one.value));
      if (one.kind !== "temporary" && one.place === "memory") continue;
      registers++;
      if (one.kind === "value" || (one.kind === "outer" && one.read)) moves++;
      if (one.kind === "outer" && one.written) moves++;
    }
    sketch.fixed(0.75 * moves, 2.2 * moves, registers, reads);
    sketch.fixed(sketch.timing(timing), bytes, registers, reads);
  }

  #branch({ condition, then, otherwise }: Of<"if">): void {
    const { sketch, values } = this;
    const share = sketch.positions.share(condition);
    const likely = Number.isNaN(share) ? LIKELY : share;
    const changes = Number.isNaN(share) ? 1 - LIKELY : sketch.positions.changes(condition);
    const flags = values.condition(condition);
    const [yes, no] = [then, otherwise].map((body) =>
      sketch.inside(undefined, () =>
        sketch.positions.where(condition, body === then, () => this.statements(body)),
      ),
    );
    const names = assignedIn([...then, ...otherwise]);
    values.changing(names, sketch.depth);
    const isShort = no.length === 0 && yes.length <= CONDITIONAL && yes.every(isPlain);
    if (isShort) {
      sketch.push(shapes.then, [flags]);
      sketch.scope.nodes.push(...yes);
      return;
    }
    sketch.push(shapes.branch, [flags]);
    const missed = Math.min(changes, likely, 1 - likely);
    sketch.scope.nodes.push({ kind: "branch", share: likely, missed, then: yes, otherwise: no });
  }

  #loop(one: Of<"for">): void {
    const { sketch, values } = this;
    const trips = sketch.positions.enter(one);
    const loop = sketch.loopState(one.variable, trips);
    values.startsAt(loop, one.from);
    // Bounds that are not known: computed, and compared before the first turn.
    if (!trips.constant) {
      const bounds = [one.from, one.to].filter((bound) => !(bound instanceof Constant));
      const held = bounds.map((bound) => values.value(bound));
      const flags = sketch.compute(shapes.compare, held, `enter ${loop.id}`, sketch.depth);
      sketch.push(shapes.branch, [flags]);
    }
    const names = assignedIn(one.body);
    values.changing(names, loop.depth);
    values.counter(loop);
    const body = sketch.inside(loop, () => {
      this.statements(one.body);
      this.#turn(loop);
    });
    values.changing(names, sketch.depth);
    if (loop.counterUsed) sketch.push(shapes.alu, [], loop.counter);
    sketch.scope.nodes.push({ kind: "loop", turns: trips.turns, body });
  }

  /** The end of a turn: what moves on with it, comparison and branch. */
  #turn(loop: ReturnType<Sketch["loopState"]>): void {
    const { sketch } = this;
    let last: Held | undefined;
    for (const { held, accesses, others } of loop.moving.values()) {
      last ??= held;
      if (accesses === 1 && others === 0) continue;
      sketch.push(shapes.alu, [held], held.register);
      last = held;
    }
    if (loop.counterUsed) {
      last = counterOf(loop);
      sketch.push(shapes.alu, [last], loop.counter);
    }
    // Nothing else counts: down to zero, which needs no comparison.
    const counter = { register: loop.counter, depth: loop.depth, key: "" };
    const flags = sketch.register("flags");
    if (last) sketch.push(shapes.compare, [last], flags);
    else sketch.push(shapes.compare, [counter], loop.counter);
    sketch.push(shapes.branch, []);
  }
}

const isPlain = (node: Node): boolean => node.kind === "operation" && node.operation.access === undefined;
