/**
 * Removes declarations that nothing reads. A kernel writes down what it needs in general; for a layer with a single channel or a
 * window of one element some of it folds away, and C compilers warn about the rest.
 */

import {
  Address,
  Binary,
  Call,
  Convert,
  Load,
  Pointer,
  Select,
  Variable,
  type Expr,
  type Statement,
} from "../ir/loop.js";

/** Expressions have no side effects, so that what is not read need not be computed. */
export function withoutUnused(body: readonly Statement[]): readonly Statement[] {
  let current = body;
  for (;;) {
    const used = new Set<Variable | Pointer>();
    collect(current, used);
    const left = remove(current, used);
    if (count(left) === count(current)) return left;
    current = left;
  }
}

const count = (body: readonly Statement[]): number =>
  body.reduce((sum, one) => sum + 1 + parts(one).reduce((inner, part) => inner + count(part), 0), 0);

function parts(statement: Statement): readonly (readonly Statement[])[] {
  if (statement.kind === "for" || statement.kind === "scope" || statement.kind === "scheduled")
    return [statement.body];
  return statement.kind === "if" ? [statement.then, statement.otherwise] : [];
}

/** A variable that is only assigned to, and a pointer that is only advanced, are not used. */
function collect(body: readonly Statement[], used: Set<Variable | Pointer>): void {
  const read = (one: Expr | Address): void => collectExpression(one, used);
  for (const statement of body) {
    switch (statement.kind) {
      case "for":
        read(statement.from);
        read(statement.to);
        break;
      case "declare":
      case "assign":
        read(statement.value);
        break;
      case "point":
      case "repoint":
        read(statement.to);
        break;
      case "advance":
        read(statement.by);
        break;
      case "store":
        used.add(statement.pointer);
        read(statement.index);
        read(statement.value);
        break;
      case "call":
        statement.args.forEach(read);
        break;
      case "if":
        read(statement.condition);
    }
    for (const part of parts(statement)) collect(part, used);
  }
}

function collectExpression(one: Expr | Address, used: Set<Variable | Pointer>): void {
  const read = (part: Expr | Address): void => collectExpression(part, used);
  if (one instanceof Variable) used.add(one);
  else if (one instanceof Binary) [one.left, one.right].forEach(read);
  else if (one instanceof Select) [one.condition, one.yes, one.no].forEach(read);
  else if (one instanceof Convert) read(one.value);
  else if (one instanceof Call) one.args.forEach(read);
  else if (one instanceof Load || one instanceof Address) {
    used.add(one.pointer);
    read(one.index);
  }
}

function remove(body: readonly Statement[], used: ReadonlySet<Variable | Pointer>): readonly Statement[] {
  return body.flatMap((one): readonly Statement[] => {
    switch (one.kind) {
      case "declare":
      case "assign":
        return used.has(one.variable) ? [one] : [];
      case "point":
      case "repoint":
      case "advance":
        return used.has(one.pointer) ? [one] : [];
      case "for":
      case "scheduled":
      case "scope":
        return [{ ...one, body: remove(one.body, used) }];
      case "if":
        return [{ ...one, then: remove(one.then, used), otherwise: remove(one.otherwise, used) }];
      default:
        return [one];
    }
  });
}
