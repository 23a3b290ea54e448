/** Random networks of layers that compute rows, as one segment each: chains and DAGs with every window, stride and padding. */

import type { Constant, Operation, Simplified, Value, ValueId } from "../../compiler/ir/graph.js";
import { layerOf } from "../../compiler/4-plan/units.js";
import type { RowKernel } from "../../compiler/kernels/rows/row-kernel.js";
import { fits, type Segment, type SegmentStage } from "../../compiler/kernels/rows/segment.js";
import { averagePoolRows, maximumPoolRows } from "../../compiler/kernels/rows/pooling.js";
import { convolutionRows } from "../../compiler/kernels/rows/convolution.js";
import { depthwiseLineRows } from "../../compiler/kernels/rows/depthwise.js";
import { depthwiseRowRows } from "../../compiler/kernels/rows/depthwise-rows.js";
import { meanOfRows } from "../../compiler/kernels/rows/reduction.js";
import { pointwiseRows } from "../../compiler/kernels/rows/pointwise.js";
import { sumRows } from "../../compiler/kernels/rows/binary.js";
import { Random, bias, board, quantization, weights } from "./layers.js";

const kernels = {
  conv2d: [...pointwiseRows, ...convolutionRows],
  depthwiseConv2d: [depthwiseLineRows, depthwiseLineRows, depthwiseRowRows],
  add: sumRows,
  maxPool2d: maximumPoolRows,
  averagePool2d: averagePoolRows,
  mean: [meanOfRows],
} as unknown as Partial<Record<string, readonly RowKernel[]>>;

type Shape = readonly [height: number, width: number, channels: number];

/** A network that grows. */
class Growing {
  readonly values: Value[] = [];
  readonly operations: Operation[] = [];
  readonly inputs: ValueId[] = [];
  constructor(readonly random: Random) {}

  value(name: string, shape: readonly number[], like?: Value): ValueId {
    const quantized = like ? like.quantization : quantization(this.random);
    return this.values.push({ name, shape, dtype: "int8", quantization: quantized }) - 1;
  }

  input(shape: Shape): ValueId {
    const value = this.value(`x${this.inputs.length}`, shape);
    this.inputs.push(value);
    return value;
  }

  add(
    kind: string,
    inputs: readonly ValueId[],
    shape: readonly number[],
    attributes: object,
    like?: Value,
  ): ValueId {
    const name = `${kind}${this.operations.length}`;
    const output = this.value(`t${this.values.length}`, shape, like);
    this.operations.push({ kind, name, inputs, output, attributes } as unknown as Operation);
    return output;
  }

  shapeOf(value: ValueId): Shape {
    return this.values[value].shape as Shape;
  }

  activation = () => this.random.pick(["linear", "linear", "relu", "relu6"] as const);

  /** A window in one direction, and the padding around; undefined: no result. */
  #window(size: number, most: number, isSame: boolean) {
    const { random } = this;
    const kernel = random.int(1, most);
    const stride = isSame ? 1 : random.int(1, Math.min(3, kernel));
    const before = isSame ? random.int(0, kernel - 1) : random.int(0, kernel - 1);
    const after = isSame ? kernel - 1 - before : random.int(0, kernel - 1);
    const result = Math.floor((size + before + after - kernel) / stride) + 1;
    return result < 1 ? undefined : { kernel, stride, before, after, result };
  }

  windowed(kind: string, from: ValueId, most: number, isSame = false): ValueId {
    const { random } = this;
    const [height, width, channels] = this.shapeOf(from);
    const [down, along] = [this.#window(height, most, isSame), this.#window(width, most, isSame)];
    if (!down || !along) return from;
    const to = kind === "conv2d" ? random.pick([4, 8, random.int(1, 12)]) : channels;
    const kernel = [down.kernel, along.kernel];
    const window = {
      kernel,
      stride: [down.stride, along.stride],
      dilation: [1, 1],
      padding: { top: down.before, bottom: down.after, left: along.before, right: along.after },
      activation: this.activation(),
    };
    const shape = [down.result, along.result, to];
    if (kind.endsWith("Pool2d")) {
      return this.add(kind, [from], shape, { ...window, activation: "linear" }, this.values[from]);
    }
    const isDepthwise = kind === "depthwiseConv2d";
    const weightShape = isDepthwise ? [...kernel, to] : [to, ...kernel, channels];
    const extra = isDepthwise ? { depthMultiplier: 1 } : { groups: 1 };
    return this.add(kind, [from], shape, {
      ...window,
      ...extra,
      weights: weights(random, weightShape, to, random.next() < 0.3),
      bias: bias(random, to),
    });
  }

  pointwise(from: ValueId, to: number): ValueId {
    const [height, width, channels] = this.shapeOf(from);
    return this.add("conv2d", [from], [height, width, to], {
      kernel: [1, 1],
      stride: [1, 1],
      dilation: [1, 1],
      padding: { top: 0, bottom: 0, left: 0, right: 0 },
      groups: 1,
      weights: weights(this.random, [to, 1, 1, channels], to, this.random.next() < 0.3),
      bias: bias(this.random, to),
      activation: this.activation(),
    });
  }

  sum(left: ValueId, right: ValueId): ValueId {
    const inputs = this.random.next() < 0.5 ? [left, right] : [right, left];
    return this.add("add", inputs, this.shapeOf(left), { activation: "linear" });
  }

  /** What the last result depends on. */
  finish(): Simplified {
    const output = this.operations[this.operations.length - 1].output;
    const needed = new Set<ValueId>([output]);
    const operations = [...this.operations].reverse().filter((one) => {
      if (!needed.has(one.output)) return false;
      one.inputs.forEach((input) => needed.add(input));
      return true;
    });
    // Values that nobody needs are left out.
    const kept = [...this.values.keys()].filter((value) => needed.has(value));
    const renumbered = (value: ValueId) => kept.indexOf(value);
    return {
      name: "net",
      board,
      limits: [],
      nominal: false,
      values: kept.map((value) => this.values[value]),
      operations: operations.reverse().map((one) => ({
        ...one,
        inputs: one.inputs.map(renumbered),
        output: renumbered(one.output),
      })),
      inputs: this.inputs.filter((value) => needed.has(value)).map(renumbered),
      outputs: [{ name: "y", value: renumbered(output) }],
    };
  }
}

export interface RowNetOptions {
  readonly layers: number;
  /** Height and width, at most. */
  readonly most: number;
}

/** Any layers, one after the other or from tensors before, with sums where shapes agree. */
export function randomNet(random: Random, { layers, most }: RowNetOptions): Simplified {
  const net = new Growing(random);
  const channels = random.pick([4, 8, random.int(1, 8)]);
  let current = net.input([random.int(1, most), random.int(1, most), channels]);
  for (let layer = 0; layer < layers; layer++) {
    const tensors = [...net.values.keys()].filter((value) => net.values[value].shape.length === 3);
    const from = random.next() < 0.2 ? random.pick(tensors) : current;
    const alike = tensors.filter(
      (one) => one !== current && net.shapeOf(one).join() === net.shapeOf(current).join(),
    );
    const choice = random.next();
    if (alike.length > 0 && choice < 0.4) current = net.sum(current, random.pick(alike));
    else if (choice < 0.5) current = net.pointwise(from, random.pick([4, 8, net.shapeOf(from)[2]]));
    else if (choice < 0.75)
      current = net.windowed("depthwiseConv2d", from, random.pick([3, 3, 5, 7]), random.next() < 0.5);
    else if (choice < 0.85) current = net.windowed("conv2d", from, 3, random.next() < 0.3);
    else if (choice < 0.9) current = net.windowed(random.pick(["maxPool2d", "averagePool2d"]), from, 3);
    else if (choice < 0.93) current = net.sum(current, net.input(net.shapeOf(current)));
    else current = net.pointwise(from, random.int(1, 12));
  }
  if (net.operations.length === 0) current = net.pointwise(current, 4);
  if (random.next() < 0.15) {
    const [, , last] = net.shapeOf(current);
    net.add("mean", [current], [last], { axes: [0, 1], keepDimensions: false });
  }
  return net.finish();
}

/** Expand, depthwise, project and the sum with the input. */
export function invertedResidual(random: Random, height: number, width: number, stride = 1): Simplified {
  const channels = 4 * random.int(1, 5);
  const expanded = 4 * random.int(2, 6);
  return bottleneck(random, [height, width, channels], { expanded, size: random.pick([3, 5, 7]), stride });
}

export interface Bottleneck {
  /** Channels of the depthwise layer. */
  readonly expanded: number;
  /** Of its windows. */
  readonly size: number;
  readonly stride: number;
}

/** As above; with a stride of 1 there is a sum. No bias is extreme: every row kernel fits. */
export function bottleneck(
  random: Random,
  [height, width, channels]: Shape,
  { expanded, size, stride }: Bottleneck,
): Simplified {
  const net = new Growing(random);
  const x = net.input([height, width, channels]);
  const wide = net.pointwise(x, expanded);
  const sides = Math.floor(size / 2);
  const shape = [Math.ceil(height / stride), Math.ceil(width / stride), expanded];
  const spread = net.add("depthwiseConv2d", [wide], shape, {
    kernel: [size, size],
    stride: [stride, stride],
    dilation: [1, 1],
    padding: { top: sides, bottom: sides, left: sides, right: sides },
    activation: "relu",
    depthMultiplier: 1,
    weights: weights(random, [size, size, expanded], expanded, false),
    bias: bias(random, expanded),
  });
  const projected = net.pointwise(spread, channels);
  if (stride === 1) net.sum(projected, x);
  const finished = net.finish();
  return { ...finished, operations: finished.operations.map(withOrdinaryBias) };
}

function withOrdinaryBias(operation: Operation): Operation {
  const { bias } = operation.attributes as { readonly bias?: Constant };
  if (!bias) return operation;
  const data = (bias.data as Int32Array).map((value) => value % 20000);
  return { ...operation, attributes: { ...operation.attributes, bias: { ...bias, data } } } as Operation;
}

/** A convolution, and layers that compute each channel by itself. */
export function expansion(random: Random): Simplified {
  const net = new Growing(random);
  const x = net.input([random.int(4, 12), random.int(4, 12), random.int(4, 9)]);
  let current = net.pointwise(x, 4 * random.int(2, 6));
  if (random.next() < 0.5) current = net.windowed("maxPool2d", current, 3);
  current = net.windowed("depthwiseConv2d", current, random.pick([3, 5]));
  if (random.next() < 0.3) net.windowed("averagePool2d", current, 3);
  return net.finish();
}

/** The network as a segment that one of its inputs drives, with random kernels; undefined: none that were tried fit together. */
export function segmentOf(random: Random, net: Simplified, fed = false): Segment | undefined {
  const producer = new Map(net.operations.map(({ output }, stage) => [output, stage]));
  const values = net.inputs;
  for (let attempt = 0; attempt < 60; attempt++) {
    const stages: SegmentStage[] = [];
    for (const operation of net.operations) {
      const layer = layerOf(net, operation);
      const fitting = (kernels[operation.kind] ?? []).filter((kernel) => kernel.fits(layer));
      if (fitting.length === 0) return undefined;
      const inputs = operation.inputs.map((value) => {
        const stage = producer.get(value);
        return stage === undefined ? { tensor: values.indexOf(value) } : { stage };
      });
      const rows = inputs.flatMap((input, index) => ("stage" in input || input.tensor === 0 ? [index] : []));
      if (rows.length === 0) return undefined;
      stages.push({ layer, kernel: random.pick(fitting), inputs, streamed: random.pick(rows) });
    }
    const segment = { stages, values, fed };
    if (fits(segment)) return segment;
  }
  return undefined;
}
