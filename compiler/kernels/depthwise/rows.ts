/**
 * Depthwise convolution on int16 lines, the hot part: for each row of results, groups of neighbours are summed with SMLAD on word
 * loads and requantised in registers. The sums begin at the bias.
 */

import { int, type Block, type Expr, type Pointer } from "../../ir/loop.js";
import type { RowTarget } from "../rows/row-kernel.js";
import type { Channel, Filters } from "./filters.js";
import { GroupCode, type Pointers } from "./group.js";
import { freeRegisters, groupsOf, type Group } from "./groups.js";
import { ALL_COLUMNS, columnsOf, type Stretch } from "./padding.js";

export interface ChannelLines {
  /** int16, word-aligned; the first channel's first line, where the window of its first result begins. */
  readonly pointer: Pointer;
  /** int16 from a channel to the next, and from a line to the next; even. */
  readonly channel: number;
  readonly line: number;
}

/** Channels `first` .. `first + count - 1` of the layer; their lines and results lie at index 0 .. count - 1. */
export interface ChannelRange {
  readonly first: Expr;
  readonly count: number | Expr;
  /** Of a single channel: whether `first` is odd. Ranges of more begin at even channels. */
  readonly isOdd?: boolean;
}

/**
 * @param rows of results, at least one
 * @param target pixel: from a result to the next along the line; row: across the lines
 * @param table int16, word-aligned, `filters.words` of them, where weights are packed
 */
export function depthwiseRows(
  block: Block,
  filters: Filters,
  lines: ChannelLines,
  channels: ChannelRange,
  rows: number | Expr,
  target: RowTarget,
  table?: Pointer,
): void {
  const isEven = typeof channels.count === "number" && channels.count % 2 === 0;
  const emit = (body: Block, lane: Expr, biased: boolean) =>
    body.scope((inner) => {
      const channel = filters.channel(inner, channels.first.plus(lane), biased, table);
      new Plane(filters, lines, target, rows).emit(inner, channel, lane);
    });
  if (!target.biased) return block.for("lane", 0, channels.count, 1, (lane, body) => emit(body, lane, false));
  // Bytes from 0 on for even channels: other saturation.
  if (channels.count === 1) return emit(block, int(0), channels.isOdd !== true);
  block.for("lane", 0, channels.count, 2, (lane, body) => {
    emit(body, lane, true);
    const odd = (inner: Block) => emit(inner, lane.plus(1), false);
    if (isEven) odd(body);
    else body.if(lane.plus(1).compare("<", channels.count), odd);
  });
}

class Plane {
  readonly #groups: readonly Group[];
  readonly #stretches: readonly Stretch[];

  constructor(
    private readonly filters: Filters,
    private readonly lines: ChannelLines,
    private readonly target: RowTarget,
    rows: number | Expr,
  ) {
    this.#groups = groupsOf(filters.axes, filters.registers);
    const { across } = filters.axes;
    const { isShort, above } = filters.skipping;
    if (isShort)
      this.#stretches = [{ results: across.output, row: above + across.before, rows: across.input }];
    else if (rows === across.output && filters.stretches) this.#stretches = filters.stretches;
    else this.#stretches = [{ results: rows, row: 0, rows: across.taps }];
  }

  emit(block: Block, channel: Channel, index: Expr): void {
    const { lines, target } = this;
    const { isShort } = this.filters.skipping;
    const first = isShort ? 0 : this.#stretches[0].row * lines.line;
    const x = block.point("x", lines.pointer.plus(index.times(lines.channel).plus(first)), true);
    const out = block.point("to", target.pointer.plus(index.times(target.channel)), true);
    const weights = isShort ? block.point("wx", channel.weights.plus(0), true) : channel.weights;
    const pointers = { ...channel, weights, x, out };
    const emitAll = (body: Block) =>
      this.#stretches.forEach((stretch, i) => {
        const next = this.#stretches[i + 1];
        this.#rows(body, pointers, stretch, next ? (next.row - stretch.row) * lines.line : 0);
      });
    if (!this.filters.isScheduled) return emitAll(block);
    block.scheduled(emitAll);
  }

  /**
   * The innermost loop loads the first words of its next turn: below the last window there is memory of the lines to read.
   * @param further int16 from the line that would follow to the next stretch's
   */
  #rows(block: Block, p: Pointers, stretch: Stretch, further: number): void {
    const { along, across } = this.filters.axes;
    const { isShort } = this.filters.skipping;
    const step = isShort ? 0 : across.stride;
    const isSingle = stretch.results === 1;
    const end = step * this.lines.line - along.output * along.stride + (isSingle ? further : 0);
    const skip = this.target.row - along.output * this.target.pixel;
    const weights = isShort ? -2 * across.stride * this.filters.pairs.length : 0;
    const groups = this.#groups;
    const codes = this.#codes(stretch);
    const isInner = !isSingle && groups.every(({ turns }) => turns === 1);
    const isBelow = isShort || across.taps > across.stride + stretch.row + codes[0].carriedLine;
    const carried = isInner && isBelow ? codes[0].carry(block, p) : undefined;
    block.for("row", 0, stretch.results, 1, (_, row) => {
      groups.forEach(({ turns }, i) => {
        const isLast = i === groups.length - 1;
        if (turns > 1) {
          this.#loop(row, codes[i], turns, p);
          if (isLast) codes[i].advance(row, p, end, skip, weights);
          return;
        }
        row.scope((body) => {
          codes[i].emit(body, p, {
            after: isLast ? [end, skip] : [0, 0],
            weights: isLast ? weights : 0,
            carried: i === 0 ? carried : undefined,
            next: isLast && carried ? { code: codes[0], carried } : undefined,
          });
        });
      });
    });
    if (!isSingle && further !== 0) block.advance(p.x, further);
  }

  #loop(row: Block, code: GroupCode, turns: number, p: Pointers): void {
    const carried = code.hasLineBelow ? code.carry(row, p) : undefined;
    const next = carried && { code, carried };
    row.for("group", 0, turns, 1, (_, body) => code.emit(body, p, { after: [0, 0], carried, next }));
  }

  /** The place of results is in a register of its own where all groups of a row leave one. */
  #codes({ row, rows }: Stretch): readonly GroupCode[] {
    const { filters, lines, target } = this;
    const { axes, skipping } = filters;
    let first = 0;
    const parts = this.#groups.map(({ outputs, turns }) => {
      const columns = skipping.isZeroBased && turns === 1 ? columnsOf(axes.along, first) : ALL_COLUMNS;
      first += outputs * turns;
      return { row, rows, ...columns };
    });
    const keepsOut = this.#groups.every(({ outputs }, i) => freeRegisters(axes, outputs, parts[i]) >= 2);
    return this.#groups.map(
      ({ outputs }, i) => new GroupCode(filters, lines.line, target.pixel, outputs, parts[i], keepsOut),
    );
  }
}
