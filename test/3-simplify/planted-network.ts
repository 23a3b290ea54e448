/** Random small integer networks in whose layers constant and dead channels are planted. */

import { check } from "../../compiler/2-check/index.js";
import type { StoredTensor, TensorFile } from "../../compiler/files/tensor-file.js";
import { elements, type Checked } from "../../compiler/ir/graph.js";
import * as t from "../../dsl/index.js";
import { randomNumbers } from "../ops/random.js";

export function plantedNetwork(seed: number): Checked {
  const tensors = new Map<string, StoredTensor>();
  const builder = new Builder(randomNumbers(seed), tensors);
  const net = t.network("planted", {}, () => builder.build());
  const file: TensorFile = { file: "memory", names: [...tensors.keys()], get: (name) => tensors.get(name) };
  return check(net, { file: "net.ts", tensors: file, loadCalibration: false });
}

type Size = readonly [height: number, width: number, channels: number];

interface Image {
  readonly tensor: any;
  readonly size: Size;
}

class Builder {
  private count = 0;
  private readonly w = t.weights("memory", { layout: "tensorflow" });

  constructor(
    private readonly random: () => number,
    private readonly tensors: Map<string, StoredTensor>,
  ) {}

  build() {
    const size: Size = [this.upTo(6), this.upTo(6), this.pick([1, 3, 4])];
    let image = this.convolution({ tensor: t.input("x", size, this.own()), size });
    for (let i = this.upTo(9); i > 0; i--) image = this.step(image);
    return this.end(this.convolution(image, [1, 1]));
  }

  private step(image: Image): Image {
    const { tensor, size } = image;
    const next = this.pick<() => Image>([
      () => this.convolution(image),
      () => this.convolution(image, [1, 1]),
      () => this.depthwise(image),
      () => this.depthwise(image),
      () => this.residual(image),
      () => this.pool(image),
      () => this.joined(image),
      () => this.moved(image),
      () => this.constantOperand(image),
      () => this.transposed(image),
      () => ({ tensor: this.function(tensor), size }),
    ])();
    return elements(next.size) > 2500 ? image : next;
  }

  /** Dense layers after a flattened image, a mean, or on every pixel; or the image itself. */
  private end({ tensor, size }: Image): any {
    const [height, width, channels] = size;
    const [flat, count] = this.pick<() => [any, number]>([
      () => [t.flatten(tensor), elements(size)],
      () => [t.mean(tensor, { axes: [0, 1], ...this.own() }), channels],
      () => [t.reduceMax(tensor, { axes: [0, 1] }), channels],
      () => [t.reshape(tensor, [height, width * channels]), width * channels],
      () => [tensor, channels],
    ])();
    const hidden = this.dense(flat, count, this.upTo(9));
    return this.dense(hidden.tensor, hidden.units, 5).tensor;
  }

  private dense(tensor: any, inputs: number, units: number): { tensor: any; units: number } {
    const name = this.layer([units, inputs], 0, units);
    const options = { ...this.w.dense(name), ...this.own(), activation: this.activation() };
    return { tensor: t.dense(tensor, options), units };
  }

  private convolution({ tensor, size: [height, width, channels] }: Image, kernel = this.kernel()): Image {
    const groups = channels % 2 === 0 && this.random() < 0.1 ? 2 : 1;
    const filters = groups * this.pick([1, 3, 4, 4, 6, 8, 12]);
    const name = this.layer([filters, ...kernel, channels / groups], 0, filters);
    const stride = this.upTo(2);
    const fits = kernel[0] <= height && kernel[1] <= width;
    const padding = fits && this.random() < 0.4 ? "valid" : "same";
    const own = { ...this.own(), stride, padding, groups, activation: this.activation() } as const;
    const result = t.conv2d(tensor, { ...this.w.conv(name), ...own });
    const [down, across] =
      padding === "same" ? [height, width] : [height - kernel[0] + 1, width - kernel[1] + 1];
    return { tensor: result, size: [Math.ceil(down / stride), Math.ceil(across / stride), filters] };
  }

  private depthwise({ tensor, size: [height, width, channels] }: Image): Image {
    const filters = channels * this.pick([1, 1, 2]);
    const kernel = this.kernel();
    const name = this.layer([...kernel, filters], 2, filters);
    const own = { ...this.own(), padding: "same", activation: this.activation() } as const;
    const result = t.depthwiseConv2d(tensor, { ...this.w.conv(name), ...own });
    return { tensor: result, size: [height, width, filters] };
  }

  private transposed({ tensor, size: [height, width, channels] }: Image): Image {
    const filters = this.pick([4, 5]);
    const name = this.layer([filters, ...this.kernel(), channels], 0, filters);
    const own = { ...this.own(), padding: "same", stride: 1 } as const;
    return {
      tensor: t.conv2dTranspose(tensor, { ...this.w.convTranspose(name), ...own }),
      size: [height, width, filters],
    };
  }

  private residual(image: Image): Image {
    const [height, width, channels] = image.size;
    const inner = this.depthwise(this.convolution(image, [1, 1]));
    if (inner.size[0] !== height || inner.size[1] !== width) return inner;
    const name = this.layer([channels, 1, 1, inner.size[2]], 0, channels);
    const back = t.conv2d(inner.tensor, { ...this.w.conv(name), ...this.own() });
    const join = this.pick<any>([t.add, t.add, t.subtract, t.multiply, t.maximum, t.squaredDifference]);
    return { tensor: join(image.tensor, back, this.own()), size: image.size };
  }

  private joined(image: Image): Image {
    const [height, width, channels] = image.size;
    const other = this.convolution(image, [1, 1]);
    if (other.size[0] !== height || other.size[1] !== width) return other;
    const tensor = t.concatenate([image.tensor, other.tensor], { axis: 2, ...this.own() });
    return { tensor, size: [height, width, channels + other.size[2]] };
  }

  private pool({ tensor, size: [height, width, channels] }: Image): Image {
    const pool = this.pick([t.averagePool2d, t.maxPool2d]);
    const options = { size: Math.min(2, height, width), stride: 2, padding: "same" } as const;
    return {
      tensor: pool(tensor, { ...options, activation: this.activation() }),
      size: [Math.ceil(height / 2), Math.ceil(width / 2), channels],
    };
  }

  private moved({ tensor, size }: Image): Image {
    const [height, width, channels] = size;
    const half = Math.ceil(channels / 2);
    return this.pick<() => Image>([
      () => ({ tensor: t.transpose(tensor, [1, 0, 2]), size: [width, height, channels] }),
      () => ({ tensor: t.transpose(tensor, [2, 0, 1]), size: [channels, height, width] }),
      () => ({ tensor: t.slice(tensor, [0, 0, 0], [height, 1, channels]), size: [height, 1, channels] }),
      () => ({ tensor: t.slice(tensor, [0, 0, 0], [height, width, half]), size: [height, width, half] }),
      () => ({ tensor: t.gather(tensor, [height - 1, 0], { axis: 0 }), size: [2, width, channels] }),
      () => ({ tensor: t.gather(tensor, [...Array(channels).keys()], { axis: 2 }), size }),
      () => ({ tensor: t.tile(tensor, [2, 1, 1]), size: [2 * height, width, channels] }),
      () => ({ tensor: t.reshape(tensor, [width, height, channels]), size: [width, height, channels] }),
      () => ({
        tensor: t.reshape(tensor, [height, 1, width * channels]),
        size: [height, 1, width * channels],
      }),
      () => ({ tensor: this.padded(tensor, 0), size: [height + 2, width + 1, channels] }),
      () => ({ tensor: this.padded(tensor, 1), size: [height + 2, width + 1, channels + 1] }),
      () => ({ tensor: t.resizeBilinear(tensor, [height + 1, width]), size: [height + 1, width, channels] }),
      () => ({ tensor: t.softmax(tensor), size }),
    ])();
  }

  private padded(tensor: any, channels: number): any {
    const paddings = [
      [1, 1],
      [0, 1],
      [0, channels],
    ] as const;
    return t.pad(tensor, { paddings, value: this.pick([0, 0.5]) });
  }

  /** With a constant of one number, one for each channel, or one for each column and channel. */
  private constantOperand({ tensor, size }: Image): Image {
    const shape = this.pick([[1], [size[2]], [size[1], size[2]], [size[1], 1]]);
    const name = `constant${this.count++}`;
    this.store(name, "F32", shape, () => this.random() * 4 - 2);
    const operand: any = t.constant(this.w.tensor(name), this.own());
    const join = this.pick<any>([t.add, t.multiply, t.minimum]);
    return { tensor: join(tensor, operand, this.own()), size };
  }

  private function(tensor: any): any {
    if (this.random() < 0.2) return t.sigmoid(tensor);
    const apply = this.pick<any>([t.relu, t.relu6, t.hardSwish, t.leakyRelu, t.abs, t.quantize]);
    return apply(tensor, this.own());
  }

  /**
   * Stores the weights of a layer; returns its name. Of its output channels some have weights of 0, a bias that no sum gets over, or a
   * scale that brings every sum to 0 or out of int8; some of its input channels have weights of 0.
   */
  private layer(shape: readonly number[], axis: number, filters: number): string {
    const name = `layer${this.count++}`;
    const inner = elements(shape.slice(axis + 1));
    const plants = Array.from({ length: filters }, () =>
      this.pick(["", "", "zero", "bias", "small", "large"]),
    );
    const dead = Array.from({ length: shape.at(-1)! }, () => axis === 0 && this.random() < 0.15);
    const isPlanted = this.random() < 0.8;
    let i = 0;
    this.store(`${name}.weight`, "I8", shape, () => {
      const [filter, channel] = [Math.floor(i / inner) % filters, i++ % shape.at(-1)!];
      return isPlanted && (plants[filter] === "zero" || dead[channel]) ? 0 : this.byte();
    });
    const bias = plants.map((plant) => (isPlanted && plant === "bias" ? this.pick([-1, 1]) * 4e6 : 2000));
    const sizes = { small: 1e-8, large: 0.5 } as Record<string, number>;
    let [scale, offset] = [0, 0];
    this.store(`${name}.weight_scale`, "F32", [filters], () => {
      const own = isPlanted ? sizes[plants[scale]] : undefined;
      scale++;
      return own ?? 0.002 + this.random() / 100;
    });
    if (this.random() < 0.8)
      this.store(`${name}.bias`, "I32", [filters], () => Math.round(bias[offset++] * (1 + this.random())));
    return name;
  }

  private store(
    name: string,
    dtype: "I8" | "I32" | "F32",
    shape: readonly number[],
    value: () => number,
  ): void {
    const values = Array.from({ length: elements(shape) }, value);
    const Type = { I8: Int8Array, I32: Int32Array, F32: Float32Array }[dtype];
    const data = new Type(values);
    this.tensors.set(name, { name, dtype, shape, data });
  }

  private byte(): number {
    return Math.floor(this.random() * 255) - 127;
  }

  private kernel(): [number, number] {
    return [this.pick([1, 2, 3]), this.pick([1, 3])];
  }

  private activation() {
    return this.pick(["linear", "relu", "relu6"] as const);
  }

  private own(): any {
    if (this.random() < 0.3) return { quantization: { scale: 0.05, zeroPoint: -128 } };
    const zeroPoint = Math.floor(this.random() * 256) - 128;
    return { quantization: { scale: 0.02 + this.random() / 10, zeroPoint } };
  }

  private upTo(most: number): number {
    return 1 + Math.floor(this.random() * most);
  }

  private pick<T>(options: readonly T[]): T {
    return options[Math.floor(this.random() * options.length)];
  }
}
