/** Stack of `<net>_run`, never less than what it takes. */

/** r4 to r11 and lr, which a layer's function saves. */
const SAVED = 36;
/** Frame of `<net>_run`: what it saves itself. */
const RUN = 36;
/** More where it calls with arguments on the stack. */
const RUN_WITH_ARGUMENTS = 48;
/** Arguments in registers. */
const IN_REGISTERS = 4;

/** @param spilled words of variables on the stack; below 0: registers that are left over, and need not be saved */
export function estimateStack(spilled: number, parameters: number): number {
  const passed = Math.max(0, parameters - IN_REGISTERS);
  return Math.max(0, SAVED + 4 * spilled) + (passed > 0 ? RUN_WITH_ARGUMENTS + 4 * passed : RUN);
}
