/** Inputs where there are none: values of the whole range, the same every time. */

import { elementCount, type Callable, type TensorArray, type Tensors } from "./callable.js";

export function patternOf(callable: Callable): Tensors {
  const fill = <T extends TensorArray>(data: T): T =>
    data.map((_, index) => ((index * 37 + 11) % 256) - 128) as T;
  return callable.inputs.map((input) => {
    const size = elementCount(input);
    if (input.dtype === "float32") return fill(new Float32Array(size));
    return input.dtype === "uint8" ? fill(new Uint8Array(size)) : fill(new Int8Array(size));
  });
}
