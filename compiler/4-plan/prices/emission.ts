/** One emission of a row kernel as a function, so that it has an exact price: its rows, without what a segment does around them. */

import { Block, Pointer, type KernelFunction } from "../../ir/loop.js";
import type { Estimate } from "../../5-lower/generate.js";
import type { Layer } from "../../kernels/kernel.js";
import type { RowEncoding, RowKernel, RowTarget, WindowRows } from "../../kernels/rows/row-kernel.js";

export interface Emission {
  readonly layer: Layer;
  readonly kernel: RowKernel;
  /** Of output; of reductions: of input. */
  readonly rows: number;
  readonly streamed: number;
  readonly writes: RowEncoding;
}

export function emissionOf({ layer, kernel, rows, streamed, writes }: Emission): KernelFunction {
  const stage = kernel.prepare(layer, rows, "", streamed);
  const block = new Block();
  const pointers = pointersOf(layer, kernel, streamed, kernel.scratch(layer, rows));
  const { source, others, output, scratch, total } = pointers;
  const { size, stride } = kernel.window(layer);
  const lineRows = (rows - 1) * stride + size;
  const window = size > 1 && kernel.reads !== "lines" ? rowsOf(layer, streamed, source) : undefined;
  const target = targetOf(layer, output, writes, lineRows);
  stage.emit(block, { source, lineRows, window, others, target, scratch, total });
  return functionOf(block, stage.constants, pointers);
}

/** What a reduction does before its first row, and after its last. */
export function endsOf({ layer, kernel, rows, streamed, writes }: Emission): KernelFunction {
  const stage = kernel.prepare(layer, rows, "", streamed);
  const block = new Block();
  const pointers = pointersOf(layer, kernel, streamed, 0);
  stage.begin?.(block, pointers.total!);
  stage.finish?.(block, pointers.total!, targetOf(layer, pointers.output, writes, 1));
  return functionOf(block, [], pointers);
}

function pointersOf(layer: Layer, kernel: RowKernel, streamed: number, scratchBytes: number) {
  const isLines = kernel.reads === "lines";
  const source = isLines
    ? new Pointer("lines", "int16", true)
    : new Pointer("in", layer.inputs[streamed].dtype, false);
  const others = layer.inputs.flatMap(({ constant, dtype }, index) =>
    index === streamed || constant ? [] : [new Pointer(`in${index}`, dtype, false)],
  );
  return {
    source,
    others,
    output: new Pointer("out", layer.output.dtype, true),
    scratch: scratchBytes > 0 ? new Pointer("scratch", kernel.scratchElement ?? "int16", true) : undefined,
    total: kernel.total ? new Pointer("total", "int32", true) : undefined,
  };
}

/** As the next stage wants them: in lines a channel's pixels are neighbours. */
function targetOf(layer: Layer, pointer: Pointer, writes: RowEncoding, rows: number): RowTarget {
  const [, width = 1, channels = 1] = layer.output.shape;
  if (writes !== "lines")
    return { pointer, pixel: channels, channel: 1, biased: writes === "biased", row: width * channels };
  const length = (width + 3) & ~1;
  const lines = new Pointer(pointer.name, "int16", true);
  return { pointer: lines, pixel: 1, channel: Math.max(1, rows) * length, biased: false, row: length };
}

/** Rows of a window that lie one after the other: those of a ring are found by about as much code. */
function rowsOf(layer: Layer, streamed: number, source: Pointer): WindowRows {
  const [height, width = 1, channels = 1] = layer.inputs[streamed].shape;
  return {
    each(block, from, to, inside, outside) {
      block.for("row", from, to, 1, (row, body) => {
        const pixels = (inner: Block) =>
          inside(inner, row, inner.point("row_pixels", source.plus(row.times(width * channels))));
        body.if(row.compare("<", height), pixels, outside && ((inner) => outside(inner, row)));
      });
    },
  };
}

function functionOf(
  block: Block,
  constants: KernelFunction["constants"],
  { source, others, output, scratch, total }: ReturnType<typeof pointersOf>,
): KernelFunction {
  const memory = [scratch, total].filter((one) => one !== undefined);
  return {
    parameters: [source, ...others, output, ...memory],
    constants,
    body: block.statements,
    notes: [],
  };
}

/** What a call costs beside what it does: rows are emitted into functions that are there already. */
const CALL = { cycles: 20, bytes: 16 };

/** The price of such a function without its call. */
export function inside({ cycles, constantBytes, codeBytes }: Estimate): Estimate {
  return {
    cycles: Math.max(0, cycles - CALL.cycles),
    constantBytes,
    codeBytes: Math.max(0, codeBytes - CALL.bytes),
  };
}
