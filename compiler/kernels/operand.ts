/** Inputs of a kernel: memory of the arena, or constants. */

import { Pointer, type ConstantArray } from "../ir/loop.js";
import type { Layer } from "./kernel.js";

/** An input as a kernel addresses it. */
export interface Operand {
  readonly pointer: Pointer;
  /** The parameter, or none where the input is constant; spread into `KernelFunction.parameters` in the order of the inputs. */
  readonly parameters: readonly Pointer[];
  /** The array, where it is. */
  readonly constants: readonly ConstantArray[];
}

/** The `index`-th input of a layer: memory of the arena, or an array among the weights. @param name in the C */
export function operand({ inputs }: Pick<Layer, "inputs">, index: number, name: string): Operand {
  const { dtype, constant } = inputs[index];
  const pointer = new Pointer(name, dtype, false);
  if (!constant) return { pointer, parameters: [pointer], constants: [] };
  if (!constant.data) throw new Error(`${inputs[index].name} is a constant without data`);
  return { pointer, parameters: [], constants: [{ name, element: dtype, data: constant.data, align: 4 }] };
}
