/** What scheduled code is restricted to; anything else is a fault of the kernel. */

export function unschedulable(what: string): never {
  throw new Error(`not in scheduled code: ${what}`);
}

/** The exponent of a power of two; -1 for other numbers. */
export const log2 = (value: number): number =>
  value > 0 && (value & (value - 1)) === 0 ? 31 - Math.clz32(value) : -1;
