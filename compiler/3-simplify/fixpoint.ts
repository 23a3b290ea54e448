/** Applies rules until none of them matches. */

import type { Graph, Operation } from "../ir/graph.js";
import { applyEdit, dropDead, wire, type Edit, type Wired } from "../ir/rewrite.js";
import type { OperatorKind } from "../ops/attributes.js";

/** One way to make a graph smaller without changing what it computes. Every rule must lead towards an end: no two may undo each other. */
export interface Rule {
  readonly name: string;
  /** The operators it looks at; left out: all of them. */
  readonly at?: readonly OperatorKind[];
  rewrite(operation: Operation, wired: Wired): Edit | undefined;
}

export function rewriteToFixpoint<G extends Graph>(graph: G, rules: readonly Rule[]): G {
  let current = dropDead(graph);
  // Each operation is rewritten a handful of times at most; far more means that two rules undo each other.
  for (let left = 50 * (graph.operations.length + 1); left > 0; left--) {
    const edit = firstEdit(wire(current), rules);
    if (!edit) return current;
    current = dropDead(applyEdit(current, edit));
  }
  throw new Error("the simplification rules do not come to an end");
}

function firstEdit(wired: Wired, rules: readonly Rule[]): Edit | undefined {
  for (const operation of wired.graph.operations) {
    for (const rule of rules) {
      if (rule.at && !rule.at.includes(operation.kind)) continue;
      const edit = rule.rewrite(operation, wired);
      if (edit) return edit;
    }
  }
  return undefined;
}
