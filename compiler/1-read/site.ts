/** Where a call of the DSL stands, and where each of its attributes was written. */

import type { Site, Span } from "../../dsl/graph.js";
import { spanOf } from "./evaluation.js";
import type { Scope } from "./scope.js";
import { ts, type TS } from "./typescript.js";
import { isPlain } from "./values.js";

/** Elements of longer arrays get no place of their own: the array's serves. */
const MAX_PLACED_ELEMENTS = 64;

/** Objects within objects: deeper than any attribute is. */
const MAX_DEPTH = 4;

/**
 * Positional arguments are found by the names of their parameters ("shape"), options by their own, and what is nested
 * by a dotted path ("quantization.scale", "stride.0").
 */
export function siteOf(node: TS.CallExpression, given: readonly unknown[], scope: Scope): Site {
  const { evaluation } = scope.unit;
  const attributes: Record<string, Span> = Object.create(null);
  const names = evaluation.checker.getResolvedSignature(node)?.parameters.map((one) => one.name) ?? [];
  const spreads = node.arguments.some(ts.isSpreadElement);
  const place = (value: unknown, path: string, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return;
    const placed =
      isPlain(value, evaluation) || (Array.isArray(value) && value.length <= MAX_PLACED_ELEMENTS);
    if (!placed || !evaluation.spans.knows(value)) return;
    for (const [key, part] of Object.entries(value)) {
      const span = evaluation.spans.get(value, key);
      if (span) attributes[path + key] = span;
      place(part, `${path}${key}.`, depth + 1);
    }
  };
  given.forEach((value, index) => {
    const argument = spreads ? node : node.arguments[index];
    const name = names[index];
    if (name !== undefined) attributes[name] = spanOf(argument, scope);
    // Options that the DSL made, `dense(x, w.dense("fc"))`, were all written there.
    if (isPlain(value, evaluation) && evaluation.foreign.has(value)) {
      for (const key of Object.keys(value)) attributes[key] = spanOf(argument, scope);
    }
    place(value, isPlain(value, evaluation) ? "" : `${name}.`, 0);
  });
  return { at: spanOf(node, scope), attributes: { ...attributes } };
}
