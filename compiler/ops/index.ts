/** The table of operators. */

import type { Operation } from "../ir/graph.js";
import type { OperatorAttributes, OperatorKind } from "./attributes.js";
import type { Operator } from "./operator.js";

export type { OperatorAttributes, OperatorKind } from "./attributes.js";

export const operators = {} as { readonly [K in OperatorKind]: Operator<K> };

/** The operator of an operation, with its type. */
export function operatorOf<K extends OperatorKind>(operation: Operation<K>): Operator<K> {
  return operators[operation.kind] as unknown as Operator<K>;
}
