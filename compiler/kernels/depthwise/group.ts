/** The code of one group: results of neighbouring windows, whose sums stay in registers. */

import { Block, type Expr, type Pointer, type Variable } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";
import type { Channel, Filters, Finish } from "./filters.js";
import { MOST_WORDS } from "./groups.js";
import { PREPARED, lineKey, planGroup, sumKey, weightKey, type Plan } from "./loads.js";
import type { Part } from "./padding.js";
import type { Product, Step } from "./taps.js";

export interface Pointers extends Channel {
  /** The window of the group's first result: the line of the part's first row. */
  readonly x: Pointer;
  /** Its place. */
  readonly out: Pointer;
}

/** Words that a turn of a loop finds loaded by the one before, by their keys. */
export type Carried = ReadonlyMap<string, Variable>;

/** What a loop around the group has it do besides. */
export interface Turn {
  /** Elements by which x and out move on behind the group, besides its own. */
  readonly after: readonly [x: number, out: number];
  /** By which the weights do. */
  readonly weights?: number;
  /** Words that are there. */
  readonly carried?: Carried;
  /** Whose words to load for the next turn. */
  readonly next?: { readonly code: GroupCode; readonly carried: Carried };
}

/** Byte offsets of loads reach to 4095. */
const REACH = 4095;

export class GroupCode {
  readonly #plan: Plan;
  readonly #steps: ReadonlyMap<string, Step>;

  /**
   * @param line int16 from a line to the next
   * @param pixel elements from a result to the next
   * @param part of the windows' products
   * @param keepsOut the place of results is in a register of its own, where all groups of a row leave one
   */
  constructor(
    private readonly filters: Filters,
    private readonly line: number,
    private readonly pixel: number,
    private readonly outputs: number,
    private readonly part: Part,
    private readonly keepsOut: boolean,
  ) {
    this.#plan = planGroup(filters.axes, outputs, MOST_WORDS, part);
    this.#steps = new Map(
      this.#plan.steps.flatMap((step) => [[lineKey(step), step] as const, [weightKey(step), step] as const]),
    );
  }

  emit(block: Block, p: Pointers, { after: [end, skip], weights = 0, carried, next }: Turn): void {
    const { steps, beside, before } = this.#plan;
    const words = new Map<string, Variable>(carried);
    /** int16 by which x was moved so that lines far below are within reach. */
    let moved = 0;
    const load = (key: string): void => {
      if (words.has(key)) return;
      const step = this.#steps.get(key);
      if (!step) return void words.set(key, block.variable(key, p.start));
      if (key === lineKey(step) && 2 * (this.#offset(step) - moved) > REACH) {
        block.advance(p.x, step.row * this.line - moved);
        moved = step.row * this.line;
      }
      words.set(key, block.let(key, this.#word(p, key, step, moved)));
    };
    before.forEach(load);
    let finish: Finish | undefined;
    steps.forEach((step, at) => {
      const keys = beside.get(at) ?? [];
      // What is added may be loaded in the same cycle, before the product.
      keys.filter((key) => key === sumKey(step)).forEach(load);
      if (at === Math.max(0, steps.length - PREPARED)) finish = p.prepare(block);
      const sum = words.get(sumKey(step))!;
      block.set(sum, product(step.product, words.get(lineKey(step))!, words.get(weightKey(step))!, sum));
      keys.forEach(load);
    });
    const { along } = this.filters.axes;
    block.advance(p.x, this.outputs * along.stride + end - moved);
    if (weights !== 0) block.advance(p.weights, weights);
    const to = this.keepsOut ? p.out : block.point("at", p.out.plus(0), true);
    const sums = Array.from({ length: this.outputs }, (_, i) => words.get(`acc${i}`)!);
    const reloads = next ? next.code.#reloads(block, p, next.carried) : [];
    // In what is free of registers beside the sums, two constants, the place of results and another counter; the others when sums are stored.
    let early = Math.max(0, MOST_WORDS - this.outputs - 4);
    const reload = () => reloads.shift()?.();
    finish!(
      sums,
      (i, result) => {
        block.store(to, i * this.pixel, result);
        if (i === this.outputs - 1) reload();
      },
      () => early-- > 0 && reload(),
    );
    block.advance(to, this.outputs * this.pixel + skip);
    reload();
    if (!this.keepsOut) block.repoint(p.out, to.plus(0));
    while (reloads.length > 0) reload();
  }

  /** The words that `emit` begins with, before a loop over it. */
  carry(block: Block, p: Pointers): Carried {
    const entries = this.#first().map(([key, step]) => {
      return [key, block.variable(`${key}_next`, this.#word(p, key, step, 0))] as const;
    });
    return new Map(entries);
  }

  /** The lowest line of those words, from the window's first. */
  get carriedLine(): number {
    return this.#first().reduce((most, [, { row }]) => Math.max(most, row), 0);
  }

  /** Whether what a turn loads for the next lies within the lines, the last time as well. */
  get hasLineBelow(): boolean {
    return this.part.rows > 1 + this.carriedLine;
  }

  #reloads(block: Block, p: Pointers, carried: Carried): (() => void)[] {
    return this.#first().map(
      ([key, step]) =>
        () =>
          block.set(carried.get(key)!, this.#word(p, key, step, 0)),
    );
  }

  #first(): (readonly [string, Step])[] {
    return this.#plan.before.flatMap((key) => {
      const step = this.#steps.get(key);
      return step ? [[key, step] as const] : [];
    });
  }

  /** Moves the pointers. */
  advance(block: Block, p: Pointers, end: number, skip: number, weights: number): void {
    block.advance(p.x, end);
    if (weights !== 0) block.advance(p.weights, weights);
    if (skip === 0) return;
    if (this.keepsOut) return block.advance(p.out, skip);
    block.scope((body) => {
      const to = body.point("at", p.out.plus(0), true);
      body.advance(to, skip);
      body.repoint(p.out, to.plus(0));
    });
  }

  #offset({ row, product: { word } }: Step): number {
    return row * this.line + 2 * word;
  }

  #word(p: Pointers, key: string, step: Step, moved: number): Expr {
    if (key === lineKey(step)) return call(m7.load2, p.x.plus(this.#offset(step) - moved));
    const row = this.part.row + step.row;
    return call(m7.load2, p.weights.plus(2 * (row * this.filters.pairs.length + step.product.pair)));
  }
}

const halves = {
  low: { low: m7.smlabb, high: m7.smlabt },
  high: { low: m7.smlatb, high: m7.smlatt },
};

function product({ halves: which }: Product, line: Expr, weight: Expr, sum: Expr): Expr {
  const instruction = which === "both" ? m7.smlad : halves[which.line][which.weight];
  return call(instruction, line, weight, sum);
}
