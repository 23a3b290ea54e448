/** What a model may use up while it is read. Far above what networks need, far below what hurts. */

/** Expressions, statements and calls evaluated, plus the elements that built-in methods visit. About half a second. */
export const MAX_STEPS = 2_000_000;

/** Calls within calls. The evaluator takes about 2 KB of Node's 984 KB stack for each. */
export const MAX_CALL_DEPTH = 200;

/** Elements of one array, Map or Set. */
export const MAX_ELEMENTS = 100_000;

/** UTF-16 code units of one string. */
export const MAX_TEXT = 1_000_000;

/** Arguments of one call, spread ones included; Node passes them on its stack. */
export const MAX_ARGUMENTS = 10_000;

/** Bytes of one model file or JSON file. */
export const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** Syntax within syntax. TypeScript's checker and the evaluator recurse over it, and the checker may need its square. */
export const MAX_NESTING = 500;

/** Seconds of the processor for TypeScript's checker, which a model's types can keep busy for ever. It usually needs 0.2. */
export const MAX_CHECK_SECONDS = 2;

/** Faults that are reported at once; the others are nearly always consequences. */
export const MAX_FAULTS = 100;

/** Visited elements (or characters) per step, since built-in methods are that much faster than the evaluator. */
export const ELEMENTS_PER_STEP = 8;
export const CHARACTERS_PER_STEP = 64;
