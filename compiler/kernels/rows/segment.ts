/**
 * A segment: layers that run row by row through a few rows of each intermediate tensor, which never exists as a whole.
 * Between two layers stand either the rows at hand (the next layer's window is one row) or int16 lines that move up as
 * the window slides. Nothing is computed twice.
 */

import { Block, Pointer, int, type ConstantArray, type Expr } from "../../ir/loop.js";
import { lineBytes } from "../../ir/encoding.js";
import type { StepKernel } from "../../ir/plan.js";
import type { ValueId } from "../../ir/graph.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";
import type { Layer } from "../kernel.js";
import { fillLines, moveLines } from "./lines.js";
import type { RowKernel, RowStage, RowTarget, RowWindow } from "./row-kernel.js";

export interface SegmentStage {
  readonly layer: Layer;
  readonly kernel: RowKernel;
  /** Which input arrives by rows (from the stage before; of the first: from a whole tensor). */
  readonly streamed: number;
  /** Parameters of the segment that are its other inputs, in order. */
  readonly others: readonly Pointer[];
}

export interface SegmentInputs {
  /** The tensor that streams in, then the others, in the order of parameters. */
  readonly pointers: readonly Pointer[];
  readonly values: readonly ValueId[];
}

/** Rows of output a pass; more of them move lines less often and take more memory. */
const MOST_ROWS = 4;

export function segmentKernel(stages: readonly SegmentStage[], inputs: SegmentInputs): StepKernel {
  const last = stages[stages.length - 1];
  const height = last.layer.output.shape[0];
  const choices = Array.from({ length: Math.min(MOST_ROWS, height) }, (_, i) => i + 1).filter(
    (rows) => height % rows === 0,
  );
  const layouts = choices.map((rows) => layOut(stages, rows));
  return {
    name: `rows of ${stages.map(({ kernel }) => kernel.name).join(", ")}`,
    scratch: () => ({ least: layouts[0].bytes, most: layouts[layouts.length - 1].bytes }),
    values: [],
    readsBiased: [],
    writesBiased: false,
    inPlace: overwritesInput(stages) ? [inputs.values[0]] : [],
    lower: ({ scratch }) => {
      const layout = layouts.filter(({ bytes }) => bytes <= scratch).pop();
      if (!layout) throw new Error("a segment was granted less scratch than it needs");
      return new Emitter(stages, inputs, layout).code();
    },
  };
}

/** Row y of the result is written when row y of the input has been read for the last time. */
function overwritesInput(stages: readonly SegmentStage[]): boolean {
  const [first] = stages;
  const input = first.layer.inputs[first.streamed].shape;
  const output = stages[stages.length - 1].layer.output.shape;
  const strides = stages.every(({ layer, kernel }) => kernel.window(layer).stride === 1);
  return strides && input.every((size, dimension) => size === output[dimension]);
}

/** Memory of a segment for `rows` rows of output a pass. Offsets in bytes. */
interface Layout {
  readonly stages: readonly StageLayout[];
  readonly bytes: number;
}

interface StageLayout {
  /** Rows of output at a time. */
  readonly rows: number;
  readonly window: RowWindow;
  /** Rows of input that `rows` rows need. */
  readonly inputRows: number;
  /** Where its input rows are kept; undefined where the first stage reads them in the tensor. */
  readonly input?: number;
  readonly scratch?: number;
}

function layOut(stages: readonly SegmentStage[], rows: number): Layout {
  const result: StageLayout[] = [];
  let bytes = 0;
  const take = (size: number): number => {
    const offset = bytes;
    bytes += (size + 3) & ~3;
    return offset;
  };
  let current = rows;
  for (let index = stages.length - 1; index >= 0; index--) {
    const { layer, kernel, streamed } = stages[index];
    const window = kernel.window(layer);
    const inputRows = (current - 1) * window.stride + window.size;
    const [, width, channels] = layer.inputs[streamed].shape;
    const held =
      kernel.reads === "lines"
        ? lineBytes(kernel.lines!(layer), channels, inputRows)
        : width * channels * inputRows;
    const own = kernel.scratch(layer, current);
    result.unshift({
      rows: current,
      window,
      inputRows,
      input: index === 0 && kernel.reads === "plain" ? undefined : take(held),
      scratch: own > 0 ? take(own) : undefined,
    });
    if (kernel.reads === "lines") current = 1;
  }
  return { stages: result, bytes };
}

class Emitter {
  readonly #prepared: readonly RowStage[];
  readonly #inputs: readonly (Pointer | undefined)[];
  readonly #scratch: readonly (Pointer | undefined)[];
  readonly #output = new Pointer("out", "int8", true);

  constructor(
    private readonly stages: readonly SegmentStage[],
    private readonly from: SegmentInputs,
    private readonly layout: Layout,
  ) {
    const rowsOf = (index: number) => layout.stages[index].rows;
    this.#prepared = stages.map(({ layer, kernel, streamed }, index) =>
      kernel.prepare(layer, rowsOf(index), `${layer.operation.name}_`, streamed),
    );
    this.#inputs = stages.map(({ kernel }, index) => {
      if (layout.stages[index].input === undefined) return undefined;
      return kernel.reads === "lines"
        ? new Pointer(`lines${index}`, "int16", true)
        : new Pointer(`rows${index}`, "int8", true);
    });
    this.#scratch = layout.stages.map(({ scratch }, index) =>
      scratch === undefined ? undefined : new Pointer(`scratch${index}`, "int16", true),
    );
  }

  code() {
    const { stages, layout } = this;
    const last = stages.length - 1;
    const [height, width, channels] = stages[last].layer.output.shape;
    const block = new Block();
    stages.forEach((_, index) => this.#fillBorders(block, index));
    const { rows } = layout.stages[last];
    block.for("y", 0, height, rows, (y, body) => {
      const pointer = body.point("results", this.#output.plus(y.times(width * channels)));
      const target = { pointer, pixel: channels, channel: 1, biased: false, row: width * channels };
      this.#produce(body, last, y, target);
    });
    const memory = layout.stages.flatMap(({ input, scratch }, index) => [
      ...(input === undefined ? [] : [{ pointer: this.#inputs[index]!, offset: input }]),
      ...(scratch === undefined ? [] : [{ pointer: this.#scratch[index]!, offset: scratch }]),
    ]);
    return {
      parameters: [...this.from.pointers, this.#output, ...memory.map(({ pointer }) => pointer)],
      constants: this.#prepared.flatMap((stage): readonly ConstantArray[] => stage.constants),
      body: block.statements,
      notes: [
        `${rows} row${rows === 1 ? "" : "s"} of the result at a time`,
        ...this.#prepared.flatMap(({ notes }) => notes),
      ],
      scratch: memory.map(({ offset }) => offset),
    };
  }

  /** Lines begin as zero points: their left and right borders stay so, and the first are the rows above the image. */
  #fillBorders(block: Block, index: number): void {
    const { kernel, layer } = this.stages[index];
    const lines = this.#inputs[index];
    if (kernel.reads !== "lines" || !lines) return;
    const { length, zeroPoint } = kernel.lines!(layer);
    const channels = layer.inputs[0].shape[2];
    fillLines(block, lines, channels * this.layout.stages[index].inputRows * length, zeroPoint);
  }

  /** Emits the code that computes the stage's rows from row `first` on. */
  #produce(block: Block, index: number, first: Expr, target: RowTarget): void {
    const { layer, kernel, streamed, others } = this.stages[index];
    const { inputRows } = this.layout.stages[index];
    const [, width, channels] = layer.inputs[streamed].shape;
    const row = width * channels;
    const held = this.#inputs[index];
    let source: Pointer;
    if (!held) source = block.point(`input_rows`, this.from.pointers[0].plus(first.times(row)));
    else {
      source = held;
      if (kernel.reads === "lines") this.#slide(block, index, first);
      else {
        const biased = kernel.reads === "biased";
        const rows = { pointer: held, pixel: channels, channel: 1, biased, row };
        this.#produce(block, index - 1, first, rows);
      }
    }
    const beside = others.map((pointer, i) =>
      block.point(`beside${i}`, pointer.plus(first.times(layer.output.shape[1] * layer.output.shape[2]))),
    );
    const rows = { source, lineRows: inputRows, others: beside, target, scratch: this.#scratch[index] };
    block.scope((body) => this.#prepared[index].emit(body, rows));
  }

  /** Brings the lines under the window of the stage's rows from `first` on: moves what stays, computes what is new. */
  #slide(block: Block, index: number, first: Expr): void {
    const { layer, kernel } = this.stages[index];
    const { rows, window, inputRows } = this.layout.stages[index];
    const { length, left, zeroPoint } = kernel.lines!(layer);
    const [height, width, channels] = layer.inputs[0].shape;
    const lines = this.#inputs[index]!;
    const step = rows * window.stride;
    const kept = inputRows - step;
    const top = block.let(`top${index}`, first.times(window.stride).minus(window.before));
    const from = first.compare(">", 0).select(top.plus(kept), int(0));
    if (kept > 0) {
      block.if(first.compare(">", 0), (then) =>
        moveLines(then, lines, {
          channels,
          stride: inputRows * length,
          from: step * length,
          count: kept * length,
        }),
      );
    }
    const end = block.let(`end${index}`, call(m7.min, top.plus(inputRows), height));
    block.for(`row${index}`, from, end, 1, (row, body) => {
      const slot = row.minus(top).times(length);
      const channel = inputRows * length;
      if (index === 0) {
        const pixels = body.point("input_row", this.from.pointers[0].plus(row.times(width * channels)));
        kernel.unpack!(body, layer, pixels, lines.plus(slot), channel);
        return;
      }
      const pointer = body.point(`line${index}`, lines.plus(slot.plus(left)));
      this.#produce(body, index - 1, row, { pointer, pixel: 1, channel, biased: false, row: length });
    });
    // Below the image.
    block.for(`below${index}`, end.minus(top), inputRows, 1, (slot, body) =>
      body.for("channel", 0, channels, 1, (channel, inner) => {
        const at = channel.times(inputRows).plus(slot).times(length).plus(left);
        inner.do(m7.fill16, lines.plus(at), zeroPoint, width);
      }),
    );
  }
}
