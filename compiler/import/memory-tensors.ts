/** The tensors of an imported model as a weights file that exists in memory only. */

import { elementsOf } from "../files/typed-array.js";
import type { StoredTensor, TensorFile } from "../files/tensor-file.js";
import type { TfliteTensor } from "./model.js";

export class MemoryTensors implements TensorFile {
  private readonly tensors = new Map<string, StoredTensor>();

  /** @param file the model the tensors are from, for diagnostics */
  constructor(readonly file: string) {}

  get names(): readonly string[] {
    return [...this.tensors.keys()];
  }

  get(name: string): StoredTensor | undefined {
    return this.tensors.get(name);
  }

  add(tensor: StoredTensor): void {
    this.tensors.set(tensor.name, tensor);
  }

  /** An int8 or int32 constant of the model under another shape of as many elements; its bytes are not copied. */
  addConstant(name: string, constant: TfliteTensor, shape: readonly number[]): void {
    const { bytes, start } = constant.data!;
    const isBias = constant.dtype === "int32";
    const data = isBias
      ? elementsOf(Int32Array, bytes, 0, bytes.length / 4)
      : elementsOf(Int8Array, bytes, 0, bytes.length);
    this.add({ name, dtype: isBias ? "I32" : "I8", shape, data, offset: start });
  }

  /** `<layer>.output_scale` and `<layer>.output_zero_point`. */
  addQuantization(layer: string, scale: number, zeroPoint: number): void {
    this.add({ name: `${layer}.output_scale`, dtype: "F32", shape: [1], data: Float32Array.of(scale) });
    this.add({
      name: `${layer}.output_zero_point`,
      dtype: "I32",
      shape: [1],
      data: Int32Array.of(zeroPoint),
    });
  }
}
