/** Random numbers that depend on nothing but a seed and a path, so that work may be shared out in any way. */

/** Uniform in [0, 1). */
export type Random = () => number;

/** @param path what the numbers are for: `["stage 1", subspace, index]` */
export function randomOf(seed: number, ...path: readonly (string | number)[]): Random {
  let state = hash(`${seed} ${JSON.stringify(path)}`);
  // SplitMix32: every state gives an equally good sequence.
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}

export const pickOf = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)];

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  return bits;
}
