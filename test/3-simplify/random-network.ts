/** Random small networks, through the DSL: chains and residuals full of what the rules look for. */

import { check } from "../../compiler/2-check/index.js";
import type { StoredTensor, TensorFile } from "../../compiler/files/tensor-file.js";
import { elements, type Checked, type Graph, type ValueId } from "../../compiler/ir/graph.js";
import * as t from "../../dsl/index.js";
import { randomNumbers } from "../ops/random.js";

export interface RandomNetwork {
  readonly checked: Checked;
  readonly random: () => number;
}

/** @param isInteger int8 weights and given quantisation everywhere; else float weights, and batchNorm among the operators */
export function randomNetwork(seed: number, isInteger: boolean): RandomNetwork {
  const random = randomNumbers(seed);
  const tensors = new Map<string, StoredTensor>();
  const builder = new Builder(random, isInteger, tensors);
  const net = t.network("random", {}, () => builder.build());
  const file: TensorFile = { file: "memory", names: [...tensors.keys()], get: (name) => tensors.get(name) };
  return { checked: check(net, { file: "net.ts", tensors: file, loadCalibration: false }), random };
}

/** Inputs in the whole range of int8, or reals around 0. */
export function randomInputs<T extends Int8Array | Float32Array>(
  graph: Graph,
  Type: { from(source: { length: number }, map: () => number): T },
  value: () => number,
): Map<ValueId, T> {
  return new Map(
    graph.inputs.map((id) => [id, Type.from({ length: elements(graph.values[id].shape) }, value)]),
  );
}

/** A tensor and its shape, which the choice of the next operator depends on. */
interface Image {
  readonly tensor: any;
  readonly shape: readonly [number, number, number];
}

class Builder {
  private count = 0;
  private readonly w = t.weights("memory", { layout: "tensorflow" });

  constructor(
    private readonly random: () => number,
    private readonly isInteger: boolean,
    private readonly tensors: Map<string, StoredTensor>,
  ) {}

  build() {
    const shape = [this.upTo(7) + 2, this.upTo(6) + 2, this.pick([1, 2, 3])] as const;
    let image: Image = { tensor: t.input("x", shape, this.own()), shape };
    for (let i = this.upTo(8); i >= 0; i--) image = this.step(image);
    return { y: t.relu(image.tensor, this.own()), side: t.reshape(image.tensor, [-1, 1]) };
  }

  private step(image: Image): Image {
    const { tensor, shape } = image;
    const [height, width, channels] = shape;
    const kept = (result: any): Image => ({ tensor: result, shape });
    const choices: (() => Image)[] = [
      () => this.convolution(image),
      () => this.convolution(image),
      () => this.depthwise(image),
      () => this.transposed(image),
      () => kept(t.relu(tensor, this.pick([this.own(), this.same]))),
      () => kept(t.relu6(tensor, this.own())),
      () => kept(t.reshape(t.reshape(tensor, [-1]), shape)),
      () =>
        kept(
          t.pad(tensor, {
            paddings: [
              [0, 0],
              [0, 0],
              [0, 0],
            ],
          }),
        ),
      () => kept(t.add(tensor, t.relu(tensor, this.own()), this.own())),
      () => kept(t.maxPool2d(tensor, { size: 1, activation: this.pick(["linear", "relu"]) })),
      () => this.padded(image),
      () => this.joined(image),
      () => this.joined(image),
      () => this.cut(image),
      () => kept(this.expanded(tensor)),
      () => ({
        tensor: t.resizeNearest(tensor, [height + 1, width], { halfPixelCenters: true }),
        shape: [height + 1, width, channels],
      }),
      () => ({ tensor: t.transpose(tensor, [1, 0, 2]), shape: [width, height, channels] }),
      () => ({ tensor: t.transpose(tensor, [2, 0, 1]), shape: [channels, height, width] }),
      () =>
        kept(
          this.isInteger
            ? t.quantize(tensor, this.pick([this.own(), this.same]))
            : this.normalized(tensor, channels),
        ),
      () => (this.isInteger ? this.convolution(image) : kept(this.normalized(tensor, channels))),
    ];
    const next = this.pick(choices)();
    return elements(next.shape) > 3000 ? image : next;
  }

  private convolution({ tensor, shape: [height, width, channels] }: Image): Image {
    const groups = this.pick([1, 1, channels % 2 === 0 ? 2 : 1, channels]);
    const filters = groups * this.upTo(groups === 1 ? 4 : 2);
    const kernel = [this.upTo(Math.min(3, height)), this.upTo(Math.min(3, width))] as const;
    const name = this.layer([filters, ...kernel, channels / groups], filters);
    const activation = this.pick(["linear", "linear", "relu", "relu6"] as const);
    const options = { ...this.w.conv(name), ...this.own(), padding: "valid", groups, activation } as const;
    const result = t.conv2d(tensor, options);
    return { tensor: result, shape: [height - kernel[0] + 1, width - kernel[1] + 1, filters] };
  }

  private transposed({ tensor, shape: [height, width, channels] }: Image): Image {
    const filters = this.upTo(3);
    const [kernel, stride] = [[this.upTo(3), this.upTo(3)] as const, this.upTo(2)];
    const name = this.layer([filters, ...kernel, channels], filters);
    const options = { ...this.w.convTranspose(name), ...this.own(), padding: "same", stride } as const;
    const result = t.conv2dTranspose(tensor, options);
    return { tensor: result, shape: [height * stride, width * stride, filters] };
  }

  private depthwise({ tensor, shape: [height, width, channels] }: Image): Image {
    const multiplier = this.upTo(2);
    const kernel = [this.pick([1, 3]), this.pick([1, 3])] as const;
    const name = this.layer([...kernel, channels * multiplier], channels * multiplier);
    const result = t.depthwiseConv2d(tensor, { ...this.w.conv(name), ...this.own(), padding: "same" });
    return { tensor: result, shape: [height, width, channels * multiplier] };
  }

  private padded({ tensor, shape: [height, width, channels] }: Image): Image {
    const [a, b, c, d] = [0, 0, 0, 0].map(() => this.upTo(3) - 1);
    const deep = this.random() < 0.2 ? 1 : 0;
    const result = t.pad(tensor, {
      paddings: [
        [a, b],
        [c, d],
        [0, deep],
      ],
      ...this.pick([{}, {}, { value: 0.5 }]),
    });
    return { tensor: result, shape: [height + a + b, width + c + d, channels + deep] };
  }

  /** Three tensors of the same shape, one of them passed on from another and one the network's input perhaps. */
  private joined({ tensor, shape }: Image): Image {
    const axis = this.upTo(3) - 1;
    const parts = [tensor, t.maxPool2d(t.relu(tensor, this.own()), { size: 1 }), t.relu6(tensor, this.own())];
    const result = t.concatenate(this.pick([parts, parts.slice(1), parts.slice(2)]), { axis, ...this.own() });
    const count = (result as any).node.inputs.length;
    return { tensor: result, shape: shape.map((size, i) => (i === axis ? count * size : size)) as any };
  }

  /** A dimension more, and again without. */
  private expanded(tensor: any): any {
    const axis = this.pick([0, 1, 2, 3, -1]);
    return t.squeeze(t.expandDims(tensor, axis), { axes: [axis] });
  }

  /** In two, and put together the other way round or stacked. */
  private cut({ tensor, shape }: Image): Image {
    const axis = this.pick([0, 1, 2]);
    if (shape[axis] < 2) return { tensor: t.slice(tensor, [0, 0, 0], shape), shape };
    const [first, second] = t.split(tensor, [1, shape[axis] - 1], { axis });
    if (this.random() < 0.5) return { tensor: t.concatenate([second, first], { axis }), shape };
    const pair = t.stack([first, t.relu(first, this.own())], { axis: 0, ...this.own() });
    const size = shape.with(axis, 1);
    return {
      tensor: t.reshape(pair, [2 * size[0], size[1], size[2]]),
      shape: [2 * size[0], size[1], size[2]],
    };
  }

  private normalized(tensor: any, channels: number): any {
    const name = `bn${this.count++}`;
    for (const part of ["weight", "bias", "running_mean"])
      this.store(`${name}.${part}`, [channels], () => this.random() * 2 - 1);
    this.store(`${name}.running_var`, [channels], () => this.random() + 0.1);
    return t.batchNorm(tensor, {
      ...this.w.batchNorm(name),
      activation: this.pick(["linear", "relu"] as const),
    });
  }

  /** Stores the weights of a layer; returns its name. */
  private layer(shape: readonly number[], channels: number): string {
    const name = `layer${this.count++}`;
    const isBiased = this.random() < 0.7;
    if (this.isInteger) {
      const data = Int8Array.from({ length: elements(shape) }, () => Math.floor(this.random() * 255) - 127);
      this.tensors.set(`${name}.weight`, { name: `${name}.weight`, dtype: "I8", shape, data });
      this.store(`${name}.weight_scale`, [channels], () => 0.002 + this.random() / 100);
      const bias = Int32Array.from({ length: channels }, () => Math.floor(this.random() * 4000) - 2000);
      if (isBiased)
        this.tensors.set(`${name}.bias`, {
          name: `${name}.bias`,
          dtype: "I32",
          shape: [channels],
          data: bias,
        });
    } else {
      this.store(`${name}.weight`, shape, () => this.random() - 0.5);
      if (isBiased) this.store(`${name}.bias`, [channels], () => this.random() - 0.5);
    }
    return name;
  }

  private store(name: string, shape: readonly number[], value: () => number): void {
    this.tensors.set(name, {
      name,
      dtype: "F32",
      shape,
      data: Float32Array.from({ length: elements(shape) }, value),
    });
  }

  private readonly same = { quantization: { scale: 0.05, zeroPoint: -11 } };

  /** Quantisation of a result's own; often the same, so that rules find equal ones. */
  private own(): any {
    if (!this.isInteger) return {};
    if (this.random() < 0.5) return this.same;
    return {
      quantization: { scale: 0.02 + this.random() / 10, zeroPoint: Math.floor(this.random() * 256) - 128 },
    };
  }

  private upTo(most: number): number {
    return 1 + Math.floor(this.random() * most);
  }

  private pick<T>(options: readonly T[]): T {
    return options[Math.floor(this.random() * options.length)];
  }
}
