/** What the command line ends with. */
export const exitCodes = {
  done: 0,
  /** The input is at fault; diagnostics say where. */
  rejected: 1,
  /** Unknown command or option, missing argument. */
  usage: 2,
  /** A fault of tsc-mcu. */
  bug: 3,
} as const;
