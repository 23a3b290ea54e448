/** One row kernel of a single-layer network over a whole image, row by row, run here: its rows lie in a ring, guards around its memory must not change. */

import type { Simplified, Value } from "../../compiler/ir/graph.js";
import { bytes } from "../../compiler/ir/graph.js";
import { canBeBiased, encoded } from "../../compiler/ir/encoding.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import { Block, Pointer, int, type KernelFunction } from "../../compiler/ir/loop.js";
import type { StepKernel } from "../../compiler/ir/plan.js";
import type {
  RowEncoding,
  RowKernel,
  RowTarget,
  WindowRows,
} from "../../compiler/kernels/rows/row-kernel.js";
import * as assert from "uvu/assert";
import { layerOf } from "../../compiler/4-plan/units.js";
import { withoutUnused } from "../../compiler/5-lower/unused.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { inputCases, type Random } from "./layers.js";

export interface RowRunOptions {
  /** Rows of results at a time; divides the height. */
  readonly rows: number;
  readonly writes: RowEncoding;
  /** Which input arrives by rows. */
  readonly streamed?: number;
  /** Results take the place of that input's rows. */
  readonly inPlace?: boolean;
}

/** int16 at the left of lines that are written, so that their borders are seen to stay. */
const LEFT = 3;

/** The kernel as the code of a step. Parameters: inputs that are no constants, result, scratch, total. */
export function rowsOfImage(
  net: Simplified,
  kernel: RowKernel,
  { rows, writes, streamed = 0 }: RowRunOptions,
): { readonly code: KernelFunction; readonly scratch: number; readonly total: number } {
  const layer = layerOf(net, net.operations[0]);
  const stage = kernel.prepare(layer, rows, "layer_", streamed);
  const window = kernel.window(layer);
  const [height, width, channels] = layer.inputs[streamed].shape;
  const output = layer.output.shape;
  const [scratchBytes, totalBytes] = [kernel.scratch(layer, rows), kernel.total?.(layer) ?? 0];
  const inputs = layer.inputs.map(({ constant, dtype }, i) =>
    constant ? undefined : new Pointer(`in${i}`, dtype, false),
  );
  const out = new Pointer("out", writes === "lines" ? "int16" : layer.output.dtype, true);
  const scratch = new Pointer("scratch", kernel.scratchElement ?? "int16", true);
  const total = new Pointer("total", "int32", true);
  const row = width * channels;
  const source = inputs[streamed]!;
  const block = new Block();
  const lineLength = (output[1] + LEFT + 2) & ~1;
  stage.begin?.(block, total);
  const all = kernel.total ? height : output[0];
  block.for("y", 0, all, rows, (y, body) => {
    const top = body.let("window_top", y.times(window.stride).minus(window.before));
    const rowsUnder: WindowRows = {
      each: (inner, from, to, inside, outside) =>
        inner.for("under", from, to, 1, (index, each) => {
          const at = each.let("under_row", top.plus(index));
          each.if(
            at.compare(">=", int(0)).also(at.compare("<", height)),
            (then) => inside(then, index, then.point("under_pixels", source.plus(at.times(row)))),
            outside && ((otherwise) => outside(otherwise, index)),
          );
        }),
    };
    const others = inputs.flatMap((pointer, i) =>
      i === streamed || !pointer
        ? []
        : [body.point(`other${i}`, pointer.plus(y.times(output[1] * output[2])))],
    );
    const target: RowTarget =
      writes === "lines"
        ? {
            pointer: body.point("line", out.plus(y.times(lineLength).plus(LEFT))),
            pixel: 1,
            channel: output[0] * lineLength,
            biased: false,
            row: lineLength,
          }
        : {
            pointer: kernel.total ? out : body.point("rows_out", out.plus(y.times(output[1] * output[2]))),
            pixel: output[2],
            channel: 1,
            biased: writes === "biased",
            row: output[1] * output[2],
          };
    body.scope((inner) =>
      stage.emit(inner, {
        source: inner.point("rows_in", source.plus(top.times(row))),
        lineRows: 0,
        window: window.size > 1 ? rowsUnder : undefined,
        others,
        target,
        scratch: scratchBytes > 0 ? scratch : undefined,
        total,
      }),
    );
  });
  const result = { pointer: out, pixel: channels, channel: 1, biased: false, row: 0 };
  stage.finish?.(block, total, result);
  const parameters = [...inputs.flatMap((one) => (one ? [one] : [])), out, scratch, total];
  const code = {
    parameters,
    constants: stage.constants,
    body: withoutUnused(block.statements),
    notes: stage.notes,
  };
  return { code, scratch: scratchBytes, total: totalBytes };
}

/** As a kernel of the planner's, for its price. */
export function asStep(net: Simplified, kernel: RowKernel, options: RowRunOptions): StepKernel {
  return {
    name: kernel.name,
    scratch: () => ({ least: 0, most: 0 }),
    inPlace: [],
    values: [],
    readsBiased: [],
    writesBiased: false,
    lower: () => rowsOfImage(net, kernel, options).code,
  };
}

const GUARD = 64;
const PATTERN = 0x55;

/** Runs it on data of every input; returns the result, decoded. */
export function runRows(net: Simplified, kernel: RowKernel, options: RowRunOptions) {
  const { code, scratch, total } = rowsOfImage(net, kernel, options);
  const layer = layerOf(net, net.operations[0]);
  const output = layer.output;
  const [height, width, channels] = output.shape;
  const lineLength = (width + LEFT + 2) & ~1;
  const isLines = options.writes === "lines";
  const outputBytes = isLines ? 2 * channels * height * lineLength : bytes(output);
  let end = 0;
  const take = (size: number): number => {
    const at = (end + GUARD + 7) & ~7;
    end = at + size + GUARD;
    return at;
  };
  const variable = layer.inputs.filter(({ constant }) => !constant);
  const inputPlaces = variable.map((input) => take(bytes(input)));
  const arriving = variable.indexOf(layer.inputs[options.streamed ?? 0]);
  const outputAt = options.inPlace ? inputPlaces[arriving] : take(outputBytes);
  const [scratchAt, totalAt] = [take(scratch), take(total)];
  const memory = "RAM";
  const places = [...inputPlaces, outputAt, scratchAt, totalAt];
  const fake = {
    arena: { bytes: end, memory },
    lowered: [{ code, step: {}, places: places.map((offset) => ({ memory, offset })) }],
    values: net.values,
    inputs: net.inputs,
    outputs: [],
    storage: new Map(net.inputs.map((id, i) => [id, { buffer: i, offset: 0 }])),
    buffers: inputPlaces.map((offset) => ({ offset, memory })),
    state: [],
  } as unknown as Lowered;
  const prepared = prepare(fake);
  const sizes = [...variable.map(bytes), outputBytes, scratch, total];
  const isFree = (at: number) => !places.some((from, i) => from <= at && at < from + sizes[i]);
  return (data: readonly (Int8Array | Float32Array | Uint8Array)[]): Int8Array => {
    const { int8 } = prepared.memory;
    int8.fill(PATTERN, 0, end);
    const isBiased = kernel.reads === "biased";
    prepared.run(
      data.map((one, i) => (isBiased ? encoded(one as Int8Array, layer.inputs[i], "biased") : one)),
    );
    for (let at = 0; at < end; at++)
      if (isFree(at) && int8[at] !== PATTERN) throw new Error(`${kernel.name} wrote at ${at}`);
    if (!isLines) {
      const raw = int8.slice(outputAt, outputAt + outputBytes);
      return options.writes === "biased" ? encoded(raw, output, "biased") : raw;
    }
    const result = new Int8Array(height * width * channels);
    const lines = new Int16Array(int8.buffer, int8.byteOffset + outputAt, outputBytes / 2);
    for (let c = 0; c < channels; c++)
      for (let y = 0; y < height; y++)
        for (let x = -LEFT; x < lineLength - LEFT; x++) {
          const value = lines[(c * height + y) * lineLength + LEFT + x];
          const isInside = x >= 0 && x < width;
          if (!isInside && value !== 0x5555) throw new Error(`${kernel.name} wrote beside its line`);
          if (isInside) result[(y * width + x) * channels + c] = value;
        }
    return result;
  };
}

/** A row of results may take the place of the row it is made of. */
function worksInPlace(net: Simplified, kernel: RowKernel): boolean {
  const layer = layerOf(net, net.operations[0]);
  const { size, stride } = kernel.window(layer);
  const isSame = net.inputs.every((id) => bytes(net.values[id]) === bytes(layer.output));
  return kernel.reading !== undefined && size === 1 && stride === 1 && isSame;
}

/** Random data, extremes of both kinds, the least, the greatest. */
function dataFor(
  { shape, dtype }: Value,
  random: Random,
  index: number,
): Int8Array | Uint8Array | Float32Array {
  const values = inputCases(random, shape)[index];
  if (dtype === "float32") return Float32Array.from(values, (value) => value * 0.03 + random.next());
  return dtype === "uint8" ? new Uint8Array(values.buffer) : values;
}

/** Compares all kernels that fit; notes which did. */
export function comparison() {
  const used = new Set<string>();
  const compare = (net: Simplified, kernels: readonly RowKernel[], random: Random, what: string): void => {
    const layer = layerOf(net, net.operations[0]);
    const cases = [0, 1, 2, 3].map((i) =>
      layer.inputs.map((input, k) => dataFor(input, random, k === 0 ? i : i & 1)),
    );
    const expected = cases.map((one) => {
      const inputs = new Map(net.inputs.map((id) => [id, one[id]]));
      return Buffer.from(evaluate(net, inputs).get(net.operations[0].output)!.buffer);
    });
    for (const kernel of kernels.filter((one) => one.fits(layer))) {
      used.add(kernel.name);
      const height = kernel.total ? layer.inputs[0].shape[0] : layer.output.shape[0];
      const divisors = [1, 2, 3, 4].filter((rows) => height % rows === 0);
      const writes = kernel.writes.filter((one) => one !== "biased" || canBeBiased(layer.output));
      const options = {
        rows: random.pick(divisors),
        writes: random.pick(writes),
        streamed: net.inputs.length === 1 ? net.inputs[0] : random.int(0, 1),
      };
      const inPlace = options.writes !== "lines" && worksInPlace(net, kernel) && random.next() < 0.5;
      const run = runRows(net, kernel, { ...options, inPlace });
      cases.forEach((one, i) => {
        const where = `${what}, ${kernel.name}, ${JSON.stringify({ ...options, inPlace })}, case ${i}`;
        const data = net.inputs.map((id) => one[id]);
        const result = run(data);
        assert.is(Buffer.compare(Buffer.from(result), expected[i]), 0, where);
      });
    }
  };
  return { compare, used };
}
