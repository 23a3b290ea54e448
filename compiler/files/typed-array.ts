/** Typed arrays over the bytes of a file. The files are little-endian, as is every host that Node 20 is built for but s390x. */

type ArrayOf<T> = {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** `count` elements from byte `offset`, which the caller has checked to lie inside of `bytes`; copied only where they are not aligned. */
export function elementsOf<T>(Type: ArrayOf<T>, bytes: Uint8Array, offset: number, count: number): T {
  const start = bytes.byteOffset + offset;
  if (start % Type.BYTES_PER_ELEMENT === 0) return new Type(bytes.buffer, start, count);
  // Not slice(): on Node's Buffer that is a view, as misaligned as before.
  const copy = new Uint8Array(bytes.subarray(offset, offset + count * Type.BYTES_PER_ELEMENT));
  return new Type(copy.buffer, copy.byteOffset, count);
}

/** The bytes under a typed array, not copied. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
