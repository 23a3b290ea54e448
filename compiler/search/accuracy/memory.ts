/**
 * Memory for values, used again and again: each 64 MiB that are allocated beside JavaScript's heap make it search all of that heap
 * for garbage, which took a quarter of the time of an evaluation.
 */

/** Bytes: blocks of few different sizes fit more values. */
const granule = 1 << 20;

/** Bytes that lie idle at most. */
const mostFree = 256 << 20;

export class Memory {
  #taken = new Set<Float32Array>();
  #free: ArrayBuffer[] = [];

  /** With whatever was there before. */
  take(length: number): Float32Array {
    const bytes = Math.ceil((length * Float32Array.BYTES_PER_ELEMENT) / granule) * granule;
    const fits = ({ byteLength }: ArrayBuffer) => byteLength >= bytes && byteLength <= 2 * bytes;
    const index = this.#free.findIndex(fits);
    const [buffer] = index < 0 ? [new ArrayBuffer(bytes)] : this.#free.splice(index, 1);
    const array = new Float32Array(buffer, 0, length);
    this.#taken.add(array);
    return array;
  }

  /** Takes back all that is not needed any more. */
  reclaim(isNeeded: (array: Float32Array) => boolean): void {
    for (const array of this.#taken) {
      if (isNeeded(array)) continue;
      this.#taken.delete(array);
      this.#free.push(array.buffer as ArrayBuffer);
    }
    let bytes = 0;
    // What came back last is the likeliest to fit again.
    const kept = this.#free.reverse().filter(({ byteLength }) => (bytes += byteLength) <= mostFree);
    this.#free = kept.sort((a, b) => a.byteLength - b.byteLength);
  }
}
