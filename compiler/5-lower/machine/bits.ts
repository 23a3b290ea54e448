/** Sets of small numbers, as bits of words. */

export type Bits = Uint32Array;

export const bitsFor = (count: number): Bits => new Uint32Array((count + 31) >> 5);

export const has = (bits: Bits, one: number): boolean => ((bits[one >> 5] >>> (one & 31)) & 1) === 1;
export function add(bits: Bits, one: number): void {
  bits[one >> 5] |= 1 << (one & 31);
}

export function meet(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] & b[i]) return true;
  return false;
}
export function addAll(to: Bits, from: Bits): void {
  for (let i = 0; i < to.length; i++) to[i] |= from[i];
}

export function members(bits: Bits): number[] {
  const list: number[] = [];
  for (let i = 0; i < bits.length; i++) {
    for (let left = bits[i]; left !== 0; left &= left - 1) list.push(32 * i + 31 - Math.clz32(left & -left));
  }
  return list;
}
