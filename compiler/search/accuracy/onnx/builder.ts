/** An ONNX graph as it grows, and how its tensors relate to those of the network. */

import type { Attribute, Initializer, Node, OnnxGraph, Port } from "./schema.js";

/**
 * Tensors have a batch first, then the network's last dimension (channels), then the others: [height, width, channels] is
 * [batch, channels, height, width], as ONNX's convolutions want it.
 */
export const channelsFirst = (shape: readonly number[]): number[] =>
  shape.length === 0 ? [] : [shape[shape.length - 1], ...shape.slice(0, -1)];

/** Where a dimension of the network's tensor of `rank` dimensions is in the ONNX tensor. */
export const dimensionOf = (axis: number, rank: number): number => (axis === rank - 1 ? 1 : axis + 2);

/** The ONNX tensor's data of one sample's; `shape` without the batch, channels last. */
export function toChannelsFirst(data: Float32Array, shape: readonly number[]): Float32Array {
  const channels = shape.at(-1) ?? 1;
  const pixels = data.length / channels;
  if (channels === 1 || pixels === 1) return data;
  const result = new Float32Array(data.length);
  for (let pixel = 0, i = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) result[channel * pixels + pixel] = data[i++];
  }
  return result;
}

export class Builder {
  readonly #nodes: Node[] = [];
  readonly #initializers: Initializer[] = [];
  #names = 0;

  /** Adds a node with one result. @returns the result's name */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const [output] = this.nodes(operator, inputs, 1, attributes);
    return output;
  }

  /** Adds a node with several results. */
  nodes(
    operator: string,
    inputs: readonly string[],
    results: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const outputs = Array.from({ length: results }, () => this.#name());
    this.#nodes.push({ operator, inputs, outputs, attributes });
    return outputs;
  }

  /** A constant of float32, all dimensions as ONNX wants them. */
  constant(data: Float32Array, shape: readonly number[]): string {
    return this.#initializer(data, shape);
  }

  scalar(value: number): string {
    return this.#initializer(Float32Array.of(value), []);
  }

  /** A constant of int64: sizes, indices. */
  whole(values: readonly number[]): string {
    return this.#initializer(BigInt64Array.from(values, BigInt), [values.length]);
  }

  graph(inputs: readonly Port[], outputs: readonly Port[]): OnnxGraph {
    return { nodes: this.#nodes, initializers: this.#initializers, inputs, outputs };
  }

  #initializer(data: Initializer["data"], shape: readonly number[]): string {
    const name = this.#name();
    this.#initializers.push({ name, shape, data });
    return name;
  }

  #name(): string {
    return `t${this.#names++}`;
  }
}
