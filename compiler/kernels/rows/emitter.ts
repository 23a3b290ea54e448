/** The code of a segment: what happens in a tick, in the order of the stages, around the kernels' own code. */

import { Block, Pointer, type ConstantArray, type Expr, type KernelFunction } from "../../ir/loop.js";
import type { Flows, Segment } from "./flow.js";
import { flowOf } from "./flow.js";
import type { Layout } from "./layout.js";
import type { Piece } from "./memory.js";
import { Names } from "./names.js";
import { addressOf, windowRows, type RowPlace } from "./places.js";
import type { RowStage, RowTarget } from "./row-kernel.js";
import type { Timing } from "./schedule.js";
import * as lines from "./segment-lines.js";
import { copyRow, forTicks, happens, rowAt } from "./ticks.js";

/** Something that happens with the rows of a timing, from row `row` on. */
interface Event {
  readonly timing: Timing;
  emit(block: Block, row: Expr): void;
}

export class Emitter {
  readonly #prepared: readonly RowStage[];
  readonly #inputs: readonly Pointer[];
  readonly #output: Pointer;
  readonly #pieces: ReadonlyMap<Piece, Pointer>;
  readonly #places: readonly (RowPlace | undefined)[];
  readonly #lines: readonly (lines.StageLines | undefined)[];

  constructor(
    private readonly segment: Segment,
    private readonly flows: Flows,
    private readonly layout: Layout,
    private readonly names: Names = new Names(),
  ) {
    const { timings } = layout.schedule;
    this.#prepared = segment.stages.map(({ layer, kernel, streamed }, stage) =>
      kernel.prepare(layer, timings[stage + 1].rows, names.prefixOf(stage), streamed),
    );
    const arrays = this.#prepared.flatMap(({ constants }) => constants.map(({ name }) => name));
    if (new Set(arrays).size < arrays.length) throw new Error(`constants of one name: ${arrays.join(", ")}`);
    this.#inputs = segment.values.map((_, index) => {
      const tensor = index === 0 ? flows.flows[0].tensor : flows.tensors[index];
      return names.pointer(index === 0 ? "in" : `in${index + 1}`, tensor?.dtype ?? "int8", false);
    });
    this.#output = names.pointer("out", flows.flows[flows.flows.length - 1].tensor.dtype, true);
    this.#pieces = new Map(layout.pieces.map((piece) => [piece, this.#pointerOf(piece)]));
    this.#places = flows.flows.map((_, flow) => this.#placeOf(flow));
    this.#lines = segment.stages.map((_, stage) => this.#linesOf(stage));
  }

  code(): KernelFunction {
    if (!this.segment.fed) return this.#function(undefined);
    const whole = { code: this.#function(undefined), calls: this.flows.flows[0].tensor.height };
    return { ...this.#function(new Pointer("next", "int32", true)), whole };
  }

  /** @param next where the number of the row is kept that comes next; undefined: all rows at once */
  #function(next: Pointer | undefined): KernelFunction {
    const { segment, layout } = this;
    const block = new Block();
    const totals = segment.stages.length - 1;
    const total = this.#pointer(layout.stages[totals].total);
    const { height } = this.flows.flows[0].tensor;
    forTicks(block, next, height, segment.fed ? Math.max(height, layout.schedule.end) : layout.schedule.end, {
      begin: (body) => {
        for (const one of this.#lines) if (one) lines.clearLines(body, one);
        if (total) body.scope((inner) => this.#prepared[totals].begin!(inner, total));
      },
      tick: (body, tick) => this.#tick(body, tick),
      finish: (body) => {
        if (total) body.scope((inner) => this.#prepared[totals].finish!(inner, total, this.#result()));
      },
    });
    const pieces = [...this.#pieces];
    const { rows } = layout.schedule.timings[segment.stages.length];
    return {
      parameters: [
        ...this.#inputs,
        this.#output,
        ...(next ? [next] : []),
        ...pieces.map(([, pointer]) => pointer),
      ],
      constants: this.#prepared.flatMap((stage): readonly ConstantArray[] => stage.constants),
      body: block.statements,
      notes: [
        `${rows} row${rows === 1 ? "" : "s"} of the result at a time`,
        ...this.#prepared.flatMap(({ notes }) => notes),
      ],
      scratch: pieces.map(([{ offset }]) => offset),
      parts: layout.pieces,
      overlapping: [...this.#inputs, this.#output],
    };
  }

  #pointer(piece: Piece | undefined): Pointer | undefined {
    return piece && this.#pieces.get(piece);
  }

  #pointerOf(piece: Piece): Pointer {
    const { flows, stages } = this.layout;
    const flow = flows.indexOf(piece);
    if (flow >= 0)
      return this.names.pointer(`${piece.kind}${flow}`, this.flows.flows[flow].tensor.dtype, true);
    const stage = stages.findIndex((one) => Object.values(one).includes(piece));
    if (stages[stage].lines === piece) return this.names.pointer(`lines${stage + 1}`, "int16", true);
    if (stages[stage].total === piece) return this.names.pointer(`total${stage + 1}`, "int32", true);
    const element = this.segment.stages[stage].kernel.scratchElement ?? "int16";
    return this.names.pointer(`work${stage + 1}`, element, true);
  }

  #placeOf(flow: number): RowPlace | undefined {
    const { tensor } = this.flows.flows[flow];
    const piece = this.layout.flows[flow];
    const pointer = this.#pointer(piece);
    if (pointer) return { tensor, pointer, ring: piece!.kind === "ring" ? piece!.rows! : "hand" };
    const replaced = this.layout.replaced[flow];
    if (replaced !== undefined) {
      const ring = this.layout.flows[replaced]!;
      const { before } = this.flows.stages[flow - 1].window;
      return { tensor, pointer: this.#pointer(ring)!, ring: ring.rows!, shift: ring.rows! - before };
    }
    if (flow === 0) return { tensor, pointer: this.#inputs[0], ring: this.segment.fed ? "hand" : "whole" };
    return undefined;
  }

  #linesOf(stage: number): lines.StageLines | undefined {
    const piece = this.layout.stages[stage].lines;
    if (!piece) return undefined;
    const { rows: results, count } = this.layout.schedule.timings[stage + 1];
    const { window, lines: geometry, image } = this.flows.stages[stage];
    return {
      pointer: this.#pointer(piece)!,
      geometry: geometry!,
      window,
      rows: piece.rows!,
      results,
      height: results * count,
      image,
    };
  }

  /** Neighbours that happen at the same ticks are under one condition. */
  #tick(block: Block, tick: Expr): void {
    const { end } = this.layout.schedule;
    const isSame = (a: Timing, b: Timing) =>
      a.first === b.first && a.every === b.every && a.rows === b.rows && a.count === b.count;
    const groups: Event[][] = [];
    for (const event of this.#events()) {
      const group = groups[groups.length - 1];
      if (group && isSame(group[0].timing, event.timing)) group.push(event);
      else groups.push([event]);
    }
    groups.forEach((group, index) => {
      const [{ timing }] = group;
      const emit = (body: Block) => {
        const row = body.let(`row${index}`, rowAt(timing, tick));
        for (const event of group) body.scope((inner) => event.emit(inner, row));
      };
      const condition = happens(timing, tick, end);
      if (condition) block.if(condition, emit);
      else block.scope(emit);
    });
  }

  #events(): Event[] {
    const { timings } = this.layout.schedule;
    return timings.flatMap((timing, flow) => {
      const events: Event[] = [];
      const piece = this.layout.flows[flow];
      if (flow > 0) events.push({ timing, emit: (block, row) => this.#compute(block, flow - 1, row) });
      else if (piece) {
        const to = this.#places[0]!;
        events.push({ timing, emit: (block, row) => copyRow(block, to, this.#inputs[0], row) });
      }
      if (this.flows.flows[flow].encoding === undefined) return events;
      for (const { stage, form } of this.flows.flows[flow].readers) {
        const to = form === "lines" ? this.#lines[stage] : undefined;
        if (!to) continue;
        const read = { ...timing, count: Math.min(timing.count, lines.rowsRead(to)) };
        events.push({ timing: read, emit: (block, row) => this.#unpack(block, flow, stage, to, row) });
      }
      return events;
    });
  }

  #unpack(block: Block, flow: number, stage: number, to: lines.StageLines, row: Expr): void {
    const { layer, kernel } = this.segment.stages[stage];
    const pixels = block.point(`arrived_${stage}`, addressOf(this.#streamedPlace(stage), row));
    kernel.unpack!(block, layer, pixels, lines.lineOf(to, row), lines.channelStep(to));
  }

  /** The whole result. */
  #result(): RowTarget {
    const { channels, row } = this.flows.flows[this.flows.flows.length - 1].tensor;
    return { pointer: this.#output, pixel: channels, channel: 1, biased: false, row };
  }

  /** Where the rows of a stage go, from row `row` on. */
  #target(block: Block, stage: number, row: Expr): RowTarget {
    const { flows } = this.flows;
    const flow = stage + 1;
    const { encoding, readers } = flows[flow];
    const { channels, row: length } = flows[flow].tensor;
    const rows = { pixel: channels, channel: 1, biased: encoding === "biased", row: length };
    if (flow === flows.length - 1) {
      if (this.flows.stages[stage].total !== undefined) return this.#result();
      const {
        row: pitch,
        pixel,
        offset,
      } = this.segment.within ?? { row: length, pixel: channels, offset: 0 };
      const first = this.#output.plus(row.times(pitch).plus(offset));
      return { ...rows, pixel, row: pitch, pointer: block.point(`results_${stage}`, first) };
    }
    if (encoding)
      return { ...rows, pointer: block.point(`results_${stage}`, addressOf(this.#places[flow]!, row)) };
    const to = this.#lines[readers[0].stage]!;
    const { pointer, index } = lines.lineOf(to, row);
    return {
      pointer: block.point(`results_${stage}`, pointer.plus(index.plus(to.geometry.left))),
      pixel: 1,
      channel: lines.channelStep(to),
      biased: false,
      row: to.geometry.length,
    };
  }

  #compute(block: Block, stage: number, row: Expr): void {
    const { inputs } = this.segment.stages[stage];
    const { window, streamed } = this.flows.stages[stage];
    const { scratch, total } = this.layout.stages[stage];
    const { rows, count } = this.layout.schedule.timings[stage + 1];
    const place = this.#streamedPlace(stage);
    const held = this.#lines[stage];
    if (held) lines.clearBelow(block, held, row);
    const isWindow = !held && window.size > 1;
    const source =
      held?.pointer ??
      block.point(
        `source_${stage}`,
        isWindow ? place.pointer.plus(0) : addressOf(place, row.times(window.stride)),
      );
    const others = inputs.flatMap((input, index) => {
      if (index === streamed) return [];
      return [block.point(`beside_${stage}_${index}`, addressOf(this.#readPlace(stage, index), row))];
    });
    const target = this.#target(block, stage, row);
    const last = (count - 1) * rows;
    this.#prepared[stage].emit(block, {
      source,
      lineRows: held?.rows ?? 0,
      window: isWindow ? windowRows(block, place, window, row, last, rows) : undefined,
      others,
      target,
      scratch: this.#pointer(scratch),
      total: this.#pointer(total),
    });
    if (held) lines.slideLines(block, held, row);
  }

  /** Where a stage's rows are that arrive. They may lie in lines alone. */
  #streamedPlace(stage: number): RowPlace {
    return this.#readPlace(stage, this.flows.stages[stage].streamed);
  }

  #readPlace(stage: number, index: number): RowPlace {
    const { inputs, offsets } = this.segment.stages[stage];
    const input = inputs[index];
    const offset = offsets?.[index];
    const flow = flowOf(input);
    if (flow !== undefined) return { ...this.#places[flow]!, offset };
    const { tensor } = input as { tensor: number };
    return { tensor: this.flows.tensors[tensor]!, pointer: this.#inputs[tensor], ring: "whole", offset };
  }
}
