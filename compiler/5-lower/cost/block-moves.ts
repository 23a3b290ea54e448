/** memcpy and memset as newlib's small variant does them: words where both sides are aligned alike. */

import type { Address, Expr } from "../../ir/loop.js";
import { Constant } from "../../ir/loop.js";
import * as m7 from "../../targets/cortex-m7.js";
import type { Instruction } from "../../targets/instruction.js";
import type { Place } from "./addresses.js";
import type { Positions } from "./positions.js";

interface Move {
  readonly cycles: number;
  readonly bytes: number;
  readonly isCall: boolean;
}

/** An unaligned load of a word takes so many cycles more. */
const UNALIGNED = 3;
/** Copies up to this constant size are words and a rest in place. */
const INLINE = 64;

export function blockMove(
  instruction: Instruction,
  args: readonly (Expr | Address)[],
  positions: Positions,
  placeOf: (address: Address) => Place,
): Move | undefined {
  const count = args[2] as Expr;
  const bytes = positions.mean(count) || 0;
  const words = Math.floor(bytes / 4);
  if (instruction === m7.copy) {
    const aside = [args[0], args[1]].map((one) => unaligned(placeOf(one as Address)));
    if (count instanceof Constant && count.value <= INLINE) {
      const cycles = words * (1 + UNALIGNED * (aside[0] + aside[1])) + (bytes % 4) + 1;
      return { cycles, bytes: 8 * (words + (bytes % 4)), isCall: false };
    }
    // Stores are aligned first, loads then are or are not.
    const apart = Math.max(aside[0], aside[1]);
    return { cycles: 24 + 12 * apart + words * (1.03 + UNALIGNED * apart), bytes: 16, isCall: true };
  }
  if (instruction === m7.fill) return { cycles: 34 + words * 1.1, bytes: 16, isCall: true };
  return undefined;
}

/** How likely the place is none of a word, if arrays begin at words. */
function unaligned({ distance }: Place): number {
  const steps = [...distance.terms.values()].map(({ factor }) => factor);
  if (steps.some((one) => one % 2 !== 0)) return 0.75;
  if (steps.some((one) => one % 4 !== 0)) return 0.5;
  return distance.constant % 4 === 0 ? 0 : 1;
}
