/** Which constants Thumb-2 instructions take. */

/** 0 .. 255: costs no shifter. */
export const isByte = (value: number): boolean => value >= 0 && value <= 255;

/** A "modified immediate": a byte, a byte repeated in a pattern, or eight bits with a leading one shifted left. */
export function isModified(value: number): boolean {
  const word = value >>> 0;
  const low = word & 255;
  const second = (word >>> 8) & 255;
  if (word <= 255) return true;
  if (word === ((low << 16) | low) >>> 0) return true;
  if (word === ((second << 24) | (second << 8)) >>> 0) return true;
  if (word === Math.imul(low, 0x01010101) >>> 0) return true;
  const zeros = Math.clz32(word);
  return ((word << zeros) & 0xffffff) === 0;
}

/** Offset of a load or store. */
export const isOffset = (bytes: number): boolean => bytes >= -255 && bytes <= 4095;

export interface Immediate {
  readonly mnemonic: string;
  readonly value: number;
  /** Built by the shifter. */
  readonly shifted: boolean;
}

/** `x + value` as add, addw, sub or subw; undefined where it takes a register. */
export function addition(value: number): Immediate | undefined {
  const [plain, wide, amount] = value < 0 ? ["sub", "subw", -value] : ["add", "addw", value];
  if (amount <= 255) return { mnemonic: plain, value: amount, shifted: false };
  if (amount <= 4095) return { mnemonic: wide, value: amount, shifted: false };
  if (isModified(amount)) return { mnemonic: plain, value: amount, shifted: true };
  return undefined;
}

const logical = {
  "&": ["and", "bic"],
  "|": ["orr", "orn"],
  "^": ["eor", undefined],
} as const;

export function logicalImmediate(operator: "&" | "|" | "^", value: number): Immediate | undefined {
  const [mnemonic, opposite] = logical[operator];
  if (isModified(value)) return { mnemonic, value: value >>> 0, shifted: !isByte(value) };
  if (opposite !== undefined && isModified(~value))
    return { mnemonic: opposite, value: ~value >>> 0, shifted: !isByte(~value) };
  return undefined;
}

/** One instruction that moves the constant to a register; undefined: movw and movt. */
export function moving(value: number): Immediate | undefined {
  const word = value >>> 0;
  if (word <= 255) return { mnemonic: "mov", value: word, shifted: false };
  if (word <= 0xffff) return { mnemonic: "movw", value: word, shifted: false };
  if (isModified(word)) return { mnemonic: "mov", value: word, shifted: true };
  if (isModified(~value)) return { mnemonic: "mvn", value: ~value >>> 0, shifted: !isByte(~value) };
  return undefined;
}
