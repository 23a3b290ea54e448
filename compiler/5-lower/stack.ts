import type { KernelFunction, Statement } from "../ir/loop.js";

/** Frame of `<net>_run` and saved registers of the layer's function. */
const FRAMES = 112;
/** Variables that the core's registers hold. */
const REGISTERS = 10;

/** Estimated stack of a layer's function, bytes: the variables alive in its deepest block that do not fit the registers. */
export function estimateStack(code: KernelFunction): number {
  const variables = deepest(code.body) + code.parameters.length;
  return FRAMES + 4 * Math.max(0, variables - REGISTERS);
}

function deepest(statements: readonly Statement[]): number {
  const own = statements.filter(({ kind }) => kind === "declare" || kind === "point").length;
  const inner = statements.map((one) => {
    if (one.kind === "for") return 1 + deepest(one.body);
    if (one.kind === "if") return Math.max(deepest(one.then), deepest(one.otherwise));
    return one.kind === "scope" || one.kind === "scheduled" ? deepest(one.body) : 0;
  });
  return own + Math.max(0, ...inner);
}
