import type { Pointer, Statement, Variable } from "../../ir/loop.js";

const known = new WeakMap<readonly Statement[], ReadonlySet<Variable | Pointer>>();

/** Variables and pointers that the statements, or those inside of them, assign. */
export function assignedIn(body: readonly Statement[]): ReadonlySet<Variable | Pointer> {
  let names = known.get(body);
  if (!names) {
    names = new Set(body.flatMap((one) => [...assignedBy(one)]));
    known.set(body, names);
  }
  return names;
}

function assignedBy(one: Statement): Iterable<Variable | Pointer> {
  switch (one.kind) {
    case "assign":
      return [one.variable];
    case "advance":
    case "repoint":
      return [one.pointer];
    case "for":
    case "scope":
    case "scheduled":
      return assignedIn(one.body);
    case "if":
      return [...assignedIn(one.then), ...assignedIn(one.otherwise)];
    default:
      return [];
  }
}
