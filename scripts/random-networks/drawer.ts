/** What the moves draw with: random numbers, quantisations, and a weights file that exists in memory only. */

import type { StoredTensor, TensorFile } from "../../compiler/files/tensor-file.js";
import { elements } from "../../compiler/ir/graph.js";
import * as t from "../../dsl/index.js";
import type { Random } from "../random.js";

/** A tensor of the network and its shape, which the choice of the next operator depends on. */
export interface Drawn {
  readonly tensor: any;
  readonly shape: readonly number[];
}

/** Applies an operator to `x`, and perhaps to others; undefined where it does not take such a tensor. */
export type Move = (draw: Drawer, x: Drawn) => Drawn | readonly Drawn[] | undefined;

export type Shape = readonly number[];

export class Drawer {
  /** All that is int8, inputs first. */
  readonly values: Drawn[] = [];
  private readonly read = new Set<unknown>();
  private operands: unknown[] = [];
  private readonly tensors = new Map<string, StoredTensor>();
  readonly weights = t.weights("memory", { layout: "tensorflow" });
  private readonly sameForMany: t.Quantization;

  constructor(readonly random: Random) {
    this.sameForMany = this.freshQuantization();
  }

  file(): TensorFile {
    return {
      file: "memory",
      names: [...this.tensors.keys()],
      get: (name) => this.tensors.get(name),
    };
  }

  /** An operand of what is being drawn, which then need not be an output. */
  use(x: Drawn): any {
    this.operands.push(x.tensor);
    return x.tensor;
  }

  /** Ends a move: its operands are read by a part of the network, or by something that is left out. */
  settle(isKept: boolean): void {
    if (isKept) this.operands.forEach((tensor) => this.read.add(tensor));
    this.operands = [];
  }

  isRead(x: Drawn): boolean {
    return this.read.has(x.tensor);
  }

  /** A value that was drawn before and has such a shape. */
  another(fits: (shape: Shape) => boolean): Drawn | undefined {
    return this.random.pick(this.values.filter(({ shape }) => fits(shape)));
  }

  /** Quantisation of a result's own; often the same, so that rules find equal ones. */
  own(): { readonly quantization: t.Quantization } {
    return { quantization: this.random.chance(0.4) ? this.sameForMany : this.freshQuantization() };
  }

  private freshQuantization(): t.Quantization {
    const { random } = this;
    const zeroPoint = random.pick([-128, 127, 0, random.int(-128, 127), random.int(-128, 127)]);
    return { scale: Math.fround(2 ** -(1 + 8 * random.next())), zeroPoint };
  }

  activation(): t.Activation {
    return this.random.pick(["linear", "linear", "relu", "relu6", "reluN1To1"] as const);
  }

  /** Weights, their scales and perhaps a bias; to be spread into a convolution or dense layer. */
  layer(shape: Shape, channels: number): any {
    const { random } = this;
    const name = `layer${this.tensors.size}`;
    this.storeInt8(`${name}.weight`, shape, random.chance(0.2) ? [-127, 127] : undefined);
    this.storeScales(
      `${name}.weight`,
      random.chance(0.3) ? 1 : channels,
      Math.sqrt(elements(shape) / channels),
    );
    this.storeBias(name, channels);
    return { ...this.weights.conv(name), ...this.own() };
  }

  /** Weights of a recurrent layer, each of one scale, its own scales, and perhaps a bias; returns the layer's name. */
  recurrent(weights: Record<string, Shape>, scales: Record<string, number>, rows: number): string {
    const name = `layer${this.tensors.size}`;
    for (const [part, shape] of Object.entries(weights)) {
      this.storeInt8(`${name}.${part}`, shape);
      this.storeScales(`${name}.${part}`, 1, Math.sqrt(shape[1]));
    }
    for (const [part, scale] of Object.entries(scales)) this.storeFloats(`${name}.${part}`, [scale]);
    this.storeBias(name, rows);
    return name;
  }

  /** `<name>.time_weight`, int16. */
  timeWeights(name: string, shape: Shape): void {
    const data = Int16Array.from({ length: elements(shape) }, () => this.random.int(-32767, 32767));
    this.store({ name: `${name}.time_weight`, dtype: "I16", shape, data });
    this.storeFloats(`${name}.time_weight_scale`, [Math.fround(2 ** -15)]);
  }

  /** An int8 tensor that is the same in every inference. */
  constant(shape: Shape, quantization = this.own().quantization): Drawn {
    const name = `constant${this.tensors.size}`;
    this.storeInt8(name, shape);
    return { tensor: t.constant(this.weights.tensor(name), { quantization }), shape };
  }

  private storeInt8(name: string, shape: Shape, values?: readonly number[]): void {
    const { random } = this;
    const value = (): number => (values ? random.pick(values) : random.int(-127, 127));
    const data = Int8Array.from({ length: elements(shape) }, value);
    this.store({ name, dtype: "I8", shape, data });
  }

  private storeScales(name: string, count: number, fan: number): void {
    const scale = (): number => (0.001 + 0.02 * this.random.next()) / fan;
    this.storeFloats(`${name}_scale`, Array.from({ length: count }, scale));
  }

  private storeFloats(name: string, values: readonly number[]): void {
    this.store({ name, dtype: "F32", shape: [values.length], data: Float32Array.from(values) });
  }

  private storeBias(layer: string, count: number): void {
    if (this.random.chance(0.3)) return;
    const data = Int32Array.from({ length: count }, () => this.random.int(-20_000, 20_000));
    this.store({ name: `${layer}.bias`, dtype: "I32", shape: [count], data });
  }

  private store(tensor: StoredTensor): void {
    this.tensors.set(tensor.name, tensor);
  }
}
