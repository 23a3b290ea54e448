/**
 * Selection: the loop IR of a scheduled statement as machine operations over virtual registers, in the kernel's order. Throws on
 * anything that machine instructions do not do one by one: that is a fault of the kernel.
 */

import { Address, Constant, type Expr, type Pointer, type Statement } from "../../ir/loop.js";
import { Emitter, type AliasClass, type Thrift } from "./emitter.js";
import { Expressions } from "./expressions.js";
import { stores } from "./pointers.js";
import { unschedulable } from "./restrictions.js";
import type { Register } from "./operation.js";
import { Kind, Trait, paths } from "./pipes.js";
import { copyOf, outsideOf, type Named } from "./outside.js";

export function select(body: readonly Statement[], aliasClass: AliasClass, thrift: Thrift): Emitter {
  const emitter = new Emitter(outsideOf(body), aliasClass, thrift);
  new Selection(emitter).statements(body);
  return emitter;
}

class Selection {
  readonly #expressions: Expressions;
  #loops = 0;

  constructor(private readonly emitter: Emitter) {
    this.#expressions = new Expressions(emitter);
  }

  statements(body: readonly Statement[]): void {
    for (const one of body) this.#statement(one);
  }

  #statement(one: Statement): void {
    switch (one.kind) {
      case "comment":
        return;
      case "scope":
        return this.statements(one.body);
      case "declare":
        return this.#declare(one.variable, one.value, one.mutable);
      case "point":
        return this.#declare(one.pointer, one.to, one.mutable);
      case "assign":
        return this.#assign(one.variable, one.value);
      case "repoint":
        return this.#assign(one.pointer, one.to);
      case "advance": {
        const register = this.emitter.named(one.pointer);
        return this.#expressions.pointers.address(register, one.pointer, one.by);
      }
      case "store": {
        const mnemonic = stores[one.pointer.element];
        if (!mnemonic) unschedulable(`stores of ${one.pointer.element}`);
        return this.#expressions.pointers.store(mnemonic, one.pointer, one.index, one.value);
      }
      case "call":
        return this.#call(one);
      case "for":
        return this.#loop(one);
      default:
        unschedulable(`the statement "${one.kind}"`);
    }
  }

  #declare(name: Named, value: Expr | Address, mutable: boolean): void {
    const from = copyOf(value);
    const { inner, assigned } = this.emitter.outside;
    // Of two names for one value that nothing changes, one register.
    if (from && !mutable && inner.has(from) && !assigned.has(from)) {
      this.emitter.alias(name, this.emitter.named(from));
    } else if (from && this.emitter.memory(from)) {
      this.emitter.fromMemory(this.emitter.declare(name), this.emitter.memory(from)!);
    } else {
      this.#into(() => this.emitter.declare(name), value);
    }
  }

  #assign(name: Named, value: Expr | Address): void {
    const from = copyOf(value);
    const target = this.emitter.memory(name);
    const source = from && this.emitter.memory(from);
    if (target) this.emitter.toMemory(target, this.emitter.named(from!));
    else if (source) this.emitter.fromMemory(this.emitter.named(name), source);
    else this.#into(() => this.emitter.named(name), value);
  }

  #into(register: () => ReturnType<Emitter["named"]>, value: Expr | Address): void {
    if (value instanceof Address) this.#expressions.pointers.address(register(), value.pointer, value.index);
    else this.#expressions.into(register(), value);
  }

  #call({ instruction, args }: Extract<Statement, { kind: "call" }>): void {
    const [to, value] = args;
    const isStore =
      instruction.machine?.pipe === "store" && to instanceof Address && !(value instanceof Address);
    if (!isStore) unschedulable(`the statement ${instruction.name}(...)`);
    const mnemonic = instruction.machine!.text.split(" ")[0];
    this.#expressions.pointers.store(mnemonic, to.pointer as Pointer, to.index, value);
  }

  /** Counts down: the counter itself is not to be had in the body. */
  #loop({ variable, from, to, step, body }: Extract<Statement, { kind: "for" }>): void {
    const turns = to.minus(from).plus(step - 1);
    const count = step === 1 ? turns : turns.dividedBy(step);
    if (count instanceof Constant && count.value < 1) return;
    this.emitter.hide(variable);
    const label = ++this.#loops;
    const countDown = this.#counter(`${variable.name}_left`, count, body);
    this.emitter.loop(label, count, () => {
      this.statements(body);
      countDown();
      const branch = { text: `bne ${label}b`, sources: [], uses: [], kind: Kind.ready, traits: Trait.branch };
      this.emitter.push(branch);
    });
  }

  /** Sets up a counter. @returns what counts it down */
  #counter(name: string, count: Expr, body: readonly Statement[]): () => void {
    const { emitter } = this;
    const { counters } = emitter.thrift;
    const isNest = body.some(({ kind }) => kind === "for");
    if (emitter.depth === 0 && (counters === "all" || (counters === "of nests" && isNest))) {
      const operand = emitter.valueInMemory(name, count);
      return () => {
        const left = emitter.register(name);
        emitter.fromMemory(left, operand);
        this.#countDown(left);
        emitter.toMemory(operand, left);
      };
    }
    const left = this.#counterRegister(name, count);
    return () => this.#countDown(left);
  }

  #countDown(left: Register): void {
    const { uses, kind, traits } = paths.alu;
    this.emitter.push({
      text: "subs %0, %1, #1",
      result: left,
      sources: [left],
      uses: uses.slice(0, 1),
      kind,
      traits: traits | Trait.setsFlags,
    });
  }

  #counterRegister(name: string, count: Expr): Register {
    const { emitter } = this;
    const from = copyOf(count);
    const isInner = from !== undefined && emitter.outside.inner.has(from);
    if (!(count instanceof Constant) && emitter.depth === 0 && !isInner)
      return emitter.value(name, count, true);
    const register = emitter.register(name);
    if (count instanceof Constant) emitter.move(register, count.value);
    else if (isInner) emitter.copy(register, emitter.named(from));
    else emitter.copy(register, emitter.value(`${name}_all`, count, false));
    return register;
  }
}
