/** Positions of elements in C order. */

/** Distance in elements between neighbours along each dimension. */
export function strides(shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length);
  let distance = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    result[i] = distance;
    distance *= shape[i];
  }
  return result;
}

/** For every element of `shape`, in C order: start + sum of index * distance over the dimensions. */
export function positions(shape: readonly number[], distances: readonly number[], start = 0): Int32Array {
  let result = Int32Array.of(start);
  shape.forEach((size, dimension) => {
    const next = new Int32Array(result.length * size);
    for (let i = 0; i < result.length; i++) {
      for (let index = 0; index < size; index++)
        next[i * size + index] = result[i] + index * distances[dimension];
    }
    result = next;
  });
  return result;
}
