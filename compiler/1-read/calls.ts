/** Calls: of the model's functions, of JavaScript's built-in ones, and of the DSL. */

import { DslError, isNodeOutput, withSite, type Site } from "../../dsl/graph.js";
import { reject } from "../diagnostics/diagnostic.js";
import { MAX_ARGUMENTS } from "./bounds.js";
import { spanOf } from "./evaluation.js";
import { CUT, evaluate, linkOrValue } from "./expressions.js";
import { checkWritable, getMember } from "./members.js";
import { callNative, constructors, isStackOverflow, methodOf, mutators } from "./natives/index.js";
import { memberKey, withoutTypes } from "./references.js";
import type { Scope } from "./scope.js";
import { siteOf } from "./site.js";
import { ts, type TS } from "./typescript.js";
import { describe, toList, type Plain } from "./values.js";

export function callExpression(node: TS.CallExpression, scope: Scope): unknown {
  const callee = withoutTypes(node.expression);
  if (!ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee)) {
    return callValue(linkOrValue(node.expression, scope), node, scope);
  }
  const base = linkOrValue(callee.expression, scope);
  if (base === CUT || (callee.questionDotToken && (base === undefined || base === null))) return CUT;
  const key = memberKey(callee, scope);
  const method = methodOf(base, key);
  if (!method) return callValue(getMember(base, key, callee, scope), node, scope);

  const { evaluation } = scope.unit;
  const given = evaluateArguments(node.arguments, scope);
  evaluation.enter(node, scope);
  if (Array.isArray(base) && mutators.has(key)) checkWritable(base, callee, scope);
  const call = () => callNative(evaluation, key, () => method(evaluation, base, given));
  // A built-in method may call DSL functions: `xs.map(relu)`. Their nodes are then at this call.
  const result = given.some((value) => typeof value === "function")
    ? withSite({ at: spanOf(node, scope), attributes: {} }, call)
    : call();
  if (Array.isArray(base) && key === "push") placePushed(base, node, given.length, scope);
  evaluation.leave();
  return result;
}

function callValue(callee: unknown, node: TS.CallExpression, scope: Scope): unknown {
  if (callee === CUT || (node.questionDotToken && (callee === undefined || callee === null))) return CUT;
  const { evaluation } = scope.unit;
  const given = evaluateArguments(node.arguments, scope);
  if (typeof callee !== "function") {
    const found = describe(callee, evaluation);
    return reject("MCU1031", spanOf(node.expression, scope), { name: nameOf(node, scope), found });
  }
  const run = evaluation.closures.get(callee);
  evaluation.enter(node, scope, run !== undefined);
  const result = run
    ? run(given)
    : evaluation.natives.has(callee)
      ? callNative(evaluation, nameOf(node, scope), () => callee(...given))
      : callDsl(callee, given, node, scope);
  evaluation.leave();
  return result;
}

export function newExpression(node: TS.NewExpression, scope: Scope): unknown {
  const { evaluation } = scope.unit;
  const name = (node.expression as TS.Identifier).text;
  if (scope.find(name)) {
    const help = "call it without new";
    reject("MCU1001", spanOf(node, scope), { what: "new with a name of the model is", help });
  }
  const given = evaluateArguments(node.arguments ?? [], scope);
  evaluation.enter(node, scope);
  const result = callNative(evaluation, `new ${name}`, () => constructors[name](evaluation, given));
  evaluation.leave();
  return result;
}

function evaluateArguments(nodes: readonly TS.Expression[], scope: Scope): unknown[] {
  const given: unknown[] = [];
  for (const node of nodes) {
    if (ts.isSpreadElement(node)) {
      const values = toList(evaluate(node.expression, scope), node, scope);
      if (given.length + values.length > MAX_ARGUMENTS) {
        reject("MCU1013", spanOf(node, scope), { what: "a list of arguments", limit: MAX_ARGUMENTS });
      }
      given.push(...values);
    } else {
      given.push(evaluate(node, scope));
    }
  }
  return given;
}

/** Runs a function of `dsl/` with the places of the call attached; its complaints become diagnostics there. */
function callDsl(callee: Function, given: unknown[], node: TS.CallExpression, scope: Scope): unknown {
  const { evaluation } = scope.unit;
  const site: Site = siteOf(node, given, scope);
  const frame = evaluation.calls.at(-1);
  try {
    const result = withSite(site, () => callee(...given));
    takeIn(result, scope);
    return result;
  } catch (error) {
    if (evaluation.calls.at(-1) !== frame || isStackOverflow(error)) throw error;
    if (error instanceof DslError) {
      const place = error.attribute === undefined ? undefined : site.attributes[error.attribute];
      return reject("MCU1021", place ?? site.at, { text: error.message });
    }
    // Only values that the type checker was kept from seeing (`as any`) get here.
    if (!(error instanceof TypeError)) throw error;
    return reject("MCU1022", site.at, {
      name: nameOf(node, scope),
      why: "they do not have the types it declares",
    });
  }
}

/** Notes what the DSL returned: tensors and networks are opaque, other objects cannot be changed. */
export function takeIn(value: unknown, scope: Scope): void {
  const { opaque, foreign } = scope.unit.evaluation;
  if (typeof value !== "object" || value === null || foreign.has(value)) return;
  foreign.add(value);
  if (isNodeOutput(value) || (value as Plain).kind === "network") opaque.add(value);
  else for (const part of Object.values(value)) takeIn(part, scope);
}

/** Elements that were pushed one by one keep their places. */
function placePushed(array: unknown[], node: TS.CallExpression, count: number, scope: Scope): void {
  if (count !== node.arguments.length || node.arguments.some(ts.isSpreadElement)) return;
  node.arguments.forEach((argument, index) => {
    scope.unit.evaluation.spans.set(array, String(array.length - count + index), spanOf(argument, scope));
  });
}

function nameOf(node: TS.CallExpression, scope: Scope): string {
  const text = node.expression.getText(scope.unit.source);
  return text.length <= 40 && !text.includes("\n") ? text : "this";
}
