/** Functions of the model. They become JavaScript functions that evaluate their body, so that `array.map(f)` works. */

import { bind, withDefault } from "./patterns.js";
import { evaluate } from "./expressions.js";
import type { Scope } from "./scope.js";
import { executeBody } from "./statements.js";
import { ts, type TS } from "./typescript.js";

export function makeClosure(
  node: TS.FunctionLikeDeclaration,
  scope: Scope,
): (...given: unknown[]) => unknown {
  const { evaluation } = scope.unit;
  const run = (given: readonly unknown[]): unknown => {
    const inner = scope.inner();
    if (ts.isFunctionExpression(node) && node.name) inner.set(node.name.text, closure, true);
    bindParameters(node.parameters, given, inner);
    const body = node.body!;
    return ts.isBlock(body) ? executeBody(body, inner.inner()) : evaluate(body, inner);
  };
  /** For callers that are not part of the model: array methods, and `network`, which calls its body. */
  const closure = (...given: unknown[]): unknown => {
    evaluation.enter(nameOf(node), scope);
    const result = run(given);
    evaluation.leave();
    return result;
  };
  evaluation.closures.set(closure, run);
  return closure;
}

function bindParameters(
  parameters: readonly TS.ParameterDeclaration[],
  given: readonly unknown[],
  scope: Scope,
): void {
  parameters.forEach((parameter, index) => {
    const value = parameter.dotDotDotToken ? given.slice(index) : given[index];
    bind(parameter.name, withDefault(value, parameter.initializer, scope), scope, false);
  });
}

/** What stands for a function in a list of calls. */
function nameOf(node: TS.FunctionLikeDeclaration): TS.Node {
  return node.name ?? node;
}
