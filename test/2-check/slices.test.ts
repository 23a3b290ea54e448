/** What a member of a search space takes of its super-network's tensors. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { sliced } from "../../compiler/2-check/slices.js";

const tensor = (shape: number[]) => ({
  name: "w",
  dtype: "F32" as const,
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

/** The element at a position of a tensor in C order. */
const at = (shape: readonly number[], position: readonly number[]) =>
  position.reduce((index, one, i) => index * shape[i] + one, 0);

test("a convolution takes the first channels and the kernel's centre, in both layouts", () => {
  const pytorch = tensor([6, 4, 7, 5]);
  const part = sliced(pytorch, [3, 3, 1, 2], "conv", "pytorch");
  assert.equal(part.shape, [3, 2, 3, 1]);
  for (let o = 0; o < 3; o++)
    for (let i = 0; i < 2; i++)
      for (let y = 0; y < 3; y++)
        assert.is(part.data![at(part.shape, [o, i, y, 0])], at(pytorch.shape, [o, i, y + 2, 2]));
  const tensorflow = tensor([6, 7, 5, 4]);
  const other = sliced(tensorflow, [3, 3, 1, 2], "conv", "tensorflow");
  assert.equal(other.shape, [3, 3, 1, 2]);
  assert.is(other.data![at(other.shape, [2, 1, 0, 1])], at(tensorflow.shape, [2, 3, 2, 1]));
});

test("depthwise, dense and vectors", () => {
  const depthwise = sliced(tensor([8, 1, 7, 7]), [3, 3, 5], "depthwise", "pytorch");
  assert.equal(depthwise.shape, [5, 1, 3, 3]);
  assert.is(depthwise.data![at([5, 1, 3, 3], [4, 0, 0, 2])], at([8, 1, 7, 7], [4, 0, 2, 4]));
  const dense = sliced(tensor([4, 6]), [2, 3], "dense", "pytorch");
  assert.equal([...dense.data!], [0, 1, 2, 6, 7, 8]);
  assert.equal([...sliced(tensor([5]), [3], "vector", "pytorch").data!], [0, 1, 2]);
});

test("what has no such part is left as it is, for the comparison of shapes to reject", () => {
  for (const wanted of [
    [3, 3, 3, 9],
    [3, 2, 3, 2],
    [7, 3, 3, 2],
  ]) {
    const whole = tensor([6, 4, 7, 7]);
    assert.is(sliced(whole, wanted, "conv", "pytorch"), whole);
  }
  const integers = { ...tensor([4, 6]), dtype: "I8" as const, data: new Int8Array(24) };
  assert.is(sliced(integers, [2, 3], "dense", "pytorch"), integers);
});

test.run();
