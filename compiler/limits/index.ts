/** The budget: limits, boards, linker scripts, and whether a network keeps to them. */

export { checkLimits } from "./check-limits.js";
export { boardNames, builtInBoards, loadBoard } from "./load-board.js";
export { regionsFromLinkerScript, withLinkerScript } from "./linker-script.js";
export type { Limit, Limits, Quantity } from "./limits.js";
export { limitName, parseLimits } from "./parse-limits.js";
