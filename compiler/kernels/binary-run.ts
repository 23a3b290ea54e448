/**
 * Two tensors whose last dimensions agree, value by value in scheduled code: what such kernels have in common. A tensor with one
 * value for each channel is repeated by loops around that.
 */

import { elements } from "../ir/graph.js";
import { Block, Pointer, int, type ConstantArray, type Expr } from "../ir/loop.js";
import { broadcastLoops, type BroadcastLoop } from "../ops/arithmetic/broadcast.js";
import type { Kernel, Layer, LayerGrant } from "./kernel.js";
import { operand } from "./operand.js";
import { outputRange } from "./requantization.js";
import { overRun, type Group } from "./run.js";

export type Sum = "add" | "subtract";
type Limited = Sum | "multiply";

/** A way to compute a layer. */
export interface BinaryRun {
  /** Values of one turn of the loop; 4, 8, ... */
  readonly turn: number;
  readonly constants: readonly ConstantArray[];
  readonly notes: readonly string[];
  /** Declares what the loop needs in `block`; the pointers are those of both operands and of the result, mutable locals. */
  group(block: Block, pointers: readonly Pointer[], encodings?: Encodings): Group;
}

/** Of the first operand and of the result, where they are not plain. */
export type Encodings = Pick<LayerGrant, "input" | "output">;

/** Fewer values in a run are not worth a loop. */
const FEWEST = 8;

/** @param way undefined where it does not compute the layer exactly. @param biased whether its group heeds encodings */
export function binaryRun<K extends Limited>(
  name: string,
  way: (layer: Layer<K>) => BinaryRun | undefined,
  biased = false,
): Kernel<K> {
  return {
    name,
    readsBiased: biased,
    writesBiased: biased,
    fits: (layer) => endsInRun(layer) && way(layer) !== undefined,
    inPlace: ({ inputs, output }) =>
      [0, 1].filter((index) => elements(inputs[index].shape) === elements(output.shape)),
    lower(layer, { inPlace, ...encodings }) {
      const run = way(layer)!;
      const operands = [operand(layer, 0, "a"), operand(layer, 1, "b")];
      const out = new Pointer("out", "int8", true);
      const block = new Block();
      const ends = [...operands.map(({ pointer }) => pointer), out];
      overRuns(block, loopsOf(layer), (body, positions, count) => {
        const pointers = ends.map((end, i) =>
          body.point(["left", "right", "to"][i], end.plus(positions[i]), true),
        );
        overRun(body, pointers, count, run.turn, run.group(body, pointers, encodings));
      });
      return {
        parameters: [...operands.flatMap(({ parameters }) => parameters), out],
        constants: [...operands.flatMap(({ constants }) => constants), ...run.constants],
        body: block.statements,
        notes: [...run.notes, ...(inPlace ? ["in place: values are read before they are overwritten."] : [])],
      };
    },
  };
}

function loopsOf({ inputs, output }: Layer): readonly BroadcastLoop[] {
  return broadcastLoops(
    inputs.map(({ shape }) => shape),
    output.shape,
  );
}

function endsInRun(layer: Layer): boolean {
  const last = loopsOf(layer).at(-1);
  return last !== undefined && last.size >= FEWEST && last.steps.every((step) => step === 1);
}

/** Loops around the runs, with the positions of the operands and of the result. */
function overRuns(
  block: Block,
  loops: readonly BroadcastLoop[],
  run: (block: Block, positions: readonly Expr[], count: number) => void,
  positions: readonly Expr[] = [int(0), int(0), int(0)],
): void {
  const [{ size, steps }, ...inner] = loops;
  if (inner.length === 0) return run(block, positions, size);
  const each = inner.reduce((product, loop) => product * loop.size, 1);
  block.for(`i${inner.length}`, 0, size, 1, (index, body) => {
    const moved = [...steps, each].map((step, i) => positions[i].plus(index.times(step)));
    overRuns(body, inner, run, moved);
  });
}

/** The activation limits the result to int8 and no further: saturation does it. */
export function saturates<K extends Limited>({ operation, output }: Layer<K>): boolean {
  const { min, max } = outputRange(output, operation.attributes.activation);
  return min === -128 && max === 127;
}
