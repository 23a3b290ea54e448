/** Loops. Each counts its rounds, so that the one that does not end can be named. */

import type { Loop } from "./evaluation.js";
import { evaluate } from "./expressions.js";
import { ownProperties } from "./members.js";
import { assign, bind } from "./patterns.js";
import type { Scope } from "./scope.js";
import { declareVariables, execute, hoistVariables, isConstant, type Completion } from "./statements.js";
import { ts, type TS } from "./typescript.js";
import { toIterable } from "./values.js";

type Labels = readonly string[];
type Round = () => Completion | undefined;

/** Runs `rounds`, which calls what it is given for every round until that returns true. */
function run(
  node: TS.IterationStatement,
  scope: Scope,
  labels: Labels,
  rounds: (round: (body: Round) => boolean) => void,
): Completion | undefined {
  const { evaluation } = scope.unit;
  const loop: Loop = { node, scope, rounds: 0 };
  evaluation.loops.push(loop);
  let result: Completion | undefined;
  rounds((body) => {
    loop.rounds++;
    evaluation.charge(1);
    const completion = body();
    if (!completion) return false;
    const mine =
      completion.kind !== "return" && (completion.label === undefined || labels.includes(completion.label));
    if (mine && completion.kind === "continue") return false;
    if (!mine) result = completion;
    return true;
  });
  evaluation.loops.pop();
  return result;
}

export function whileLoop(node: TS.WhileStatement, scope: Scope, labels: Labels): Completion | undefined {
  return run(node, scope, labels, (round) => {
    while (evaluate(node.expression, scope)) if (round(() => execute(node.statement, scope))) return;
  });
}

export function doLoop(node: TS.DoStatement, scope: Scope, labels: Labels): Completion | undefined {
  return run(node, scope, labels, (round) => {
    do {
      if (round(() => execute(node.statement, scope))) return;
    } while (evaluate(node.expression, scope));
  });
}

/** Every round has variables of its own, as closures made in it expect. */
export function forLoop(node: TS.ForStatement, scope: Scope, labels: Labels): Completion | undefined {
  const { initializer, condition, incrementor } = node;
  let variables = scope.inner();
  if (initializer && ts.isVariableDeclarationList(initializer)) {
    hoistVariables(initializer, variables);
    declareVariables(initializer, variables);
  } else if (initializer) {
    evaluate(initializer, variables);
  }
  return run(node, scope, labels, (round) => {
    while (!condition || evaluate(condition, variables)) {
      if (round(() => execute(node.statement, variables))) return;
      variables = variables.copy();
      if (incrementor) evaluate(incrementor, variables);
    }
  });
}

export function forOfLoop(node: TS.ForOfStatement, scope: Scope, labels: Labels): Completion | undefined {
  const values = toIterable(evaluate(node.expression, scope), node.expression, scope);
  return overEach(node, values, scope, labels);
}

export function forInLoop(node: TS.ForInStatement, scope: Scope, labels: Labels): Completion | undefined {
  const object = evaluate(node.expression, scope);
  const keys = object === null || object === undefined ? [] : ownProperties(object, node.expression, scope);
  return overEach(node, keys, scope, labels);
}

function overEach(
  node: TS.ForOfStatement | TS.ForInStatement,
  values: Iterable<unknown>,
  scope: Scope,
  labels: Labels,
): Completion | undefined {
  return run(node, scope, labels, (round) => {
    for (const value of values) {
      const inner = scope.inner();
      const ended = round(() => {
        if (ts.isVariableDeclarationList(node.initializer)) {
          bind(node.initializer.declarations[0].name, value, inner, isConstant(node.initializer));
        } else {
          assign(node.initializer, value, node.expression, inner);
        }
        return execute(node.statement, inner);
      });
      if (ended) return;
    }
  });
}
