/** MCU20xx — 2-check and 3-simplify: shapes, dtypes, weights, quantisation. */

import { entry } from "./entry.js";

export const checkMessages = {
  MCU2001: entry<{ operator: string; what: string; expected: string; help?: string }>({
    message: ({ operator, what, expected }) => `${operator}: ${what}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU2002: entry<{ left: string; right: string }>({
    message: ({ left, right }) => `add: both inputs must have the same shape, got ${left} and ${right}`,
    help: () => "check stride, padding and filters of the branch that the residual skips",
  }),
};
