/** Network `index` of a run: a random graph through the DSL, with weights that exist in memory only. */

import type { TensorFile } from "../../compiler/files/tensor-file.js";
import { elements } from "../../compiler/ir/graph.js";
import type { Net } from "../../dsl/graph.js";
import * as t from "../../dsl/index.js";
import { randomOf, type Random } from "../random.js";
import { Drawer, type Drawn, type Move } from "./drawer.js";
import { elementWiseMoves } from "./element-wise.js";
import { movementMoves } from "./movement.js";
import { recurrentMoves } from "./recurrent.js";
import { drawStream } from "./streams.js";
import { windowMoves } from "./windows.js";

export interface RandomNetwork {
  readonly net: Net;
  readonly tensors: TensorFile;
  /** The operators in it, by the DSL's name. */
  readonly operators: ReadonlySet<string>;
  /** For its inputs' data. */
  readonly random: Random;
}

/** By the DSL's name. */
export const moves: Readonly<Record<string, Move>> = {
  ...windowMoves,
  ...elementWiseMoves,
  ...movementMoves,
  ...recurrentMoves,
};

/** Those with weights take images mostly, or what recurrent layers take, which are rarer than other tensors. */
const moveList = [...Object.values(moves), ...Object.values(windowMoves), ...Object.values(recurrentMoves)];
/** They have the most kernels to choose from, in a row too, and are drawn for images more often for that. */
const convolutions = [windowMoves.conv2d, windowMoves.conv2d, windowMoves.depthwiseConv2d];
const mostElements = 2000;
const highestRank = 5;

/** @param streams probability of a network of layers that can run row by row */
export function randomNetwork(seed: number, index: number, { streams = 0 } = {}): RandomNetwork {
  const random = randomOf(seed, index);
  const draw = new Drawer(random);
  const isStream = randomOf(~seed, index).chance(streams);
  const net = t.network(`net_${index}`, {}, () => (isStream ? drawStreamBody(draw) : drawBody(draw)));
  const operators = new Set(net.nodes.map(({ operator }) => operator as string));
  return { net, tensors: draw.file(), operators, random };
}

function drawBody(draw: Drawer): Record<string, any> {
  const { random, values } = draw;
  for (let i = random.pick([1, 1, 2]); i > 0; i--) values.push(drawInput(draw, i));
  for (let count = random.int(1, 8); count > 0;) {
    const x = random.chance(0.7) ? values[values.length - 1] : random.pick(values);
    const made = drawMove(draw, x);
    if (made.length === 0) continue;
    values.push(...made);
    count--;
  }
  return drawEdges(draw);
}

function drawStreamBody(draw: Drawer): Record<string, any> {
  drawStream(draw);
  return drawEdges(draw);
}

function drawEdges(draw: Drawer): Record<string, any> {
  const { random, values } = draw;
  // Whatever nothing reads is an output, and now and then something that is read.
  const outputs = values.filter((value) => !draw.isRead(value) || random.chance(0.05));
  return Object.fromEntries(outputs.map((value, i) => [`out${i}`, drawEdge(draw, value)]));
}

/** Some are images of many channels, which kernels take in blocks with whatever remains. */
function drawShape(random: Random): number[] {
  const rank = random.pick([1, 2, 3, 3, 3, 3]);
  const isDeep = random.chance(0.4);
  const shape = Array.from({ length: rank }, () => random.int(1, isDeep ? 5 : 9));
  if (isDeep) shape[rank - 1] = random.pick([random.int(10, 70), 4 * random.int(1, 17)]);
  return shape;
}

function drawInput(draw: Drawer, index: number): Drawn {
  const { random } = draw;
  const shape = drawShape(random);
  const name = `in${index}`;
  const kind = random.pick(["int8", "int8", "int8", "float32", "uint8"] as const);
  if (kind === "int8") return { tensor: t.input(name, shape, draw.own()), shape };
  if (kind === "float32") {
    return { tensor: t.quantize(t.input(name, shape, { dtype: "float32" }), draw.own()), shape };
  }
  const quantization = { scale: random.pick([1 / 255, 0.05]), zeroPoint: random.int(0, 255) };
  return { tensor: t.quantize(t.input(name, shape, { dtype: "uint8", quantization }), draw.own()), shape };
}

/** Nothing, where the operator does not take `x` or makes too much of it. */
function drawMove(draw: Drawer, x: Drawn): readonly Drawn[] {
  const isImage = x.shape.length === 3;
  const move = draw.random.pick(isImage && draw.random.chance(0.4) ? convolutions : moveList);
  const made = move(draw, x) ?? [];
  const list = Array.isArray(made) ? (made as Drawn[]) : [made as Drawn];
  const fits = list.every(({ shape }) => elements(shape) <= mostElements && shape.length <= highestRank);
  draw.settle(fits);
  return fits ? list : [];
}

/** An output as it is, or as reals, bytes or indices. */
function drawEdge(draw: Drawer, { tensor, shape }: Drawn): any {
  const { random } = draw;
  const kind = random.pick(["int8", "int8", "int8", "int8", "float32", "uint8", "index"] as const);
  if (kind === "float32") return t.dequantize(tensor);
  if (kind === "uint8") {
    return t.quantize(tensor, {
      dtype: "uint8",
      quantization: { scale: random.pick([1 / 256, 0.1]), zeroPoint: random.int(0, 255) },
    });
  }
  if (kind === "index" && shape.length > 1) {
    const find = random.pick([t.argMax, t.argMin]);
    return find(tensor, {
      axis: random.below(shape.length),
      dtype: random.pick(["int32", "int64"] as const),
    });
  }
  // An input that nothing reads is no output.
  return tensor.node?.operator === "input" ? t.relu(tensor, draw.own()) : tensor;
}
