/** What a member's source says of files, its board and its limits: the options of `weights(…)` and `network(…)`. */

import { withoutTypes } from "../../1-read/references.js";
import { ts, type TS } from "../../1-read/typescript.js";
import type { Print } from "./printer.js";

export interface Settings {
  /** New names of weights files, by the names that the space has for them. */
  readonly weights: ReadonlyMap<string, string>;
  /** Of these files, those that hold the weights of the member alone, and not a super-network's. */
  readonly sliced: ReadonlySet<string>;
  /** Options of `network(…)` with their new values, as source. */
  readonly network: ReadonlyMap<string, string>;
}

/** `weights(file, { layout, elastic: true })` -> `weights(newFile, { layout })`. */
export function printWeights(
  node: TS.CallExpression,
  file: unknown,
  settings: Settings,
  print: Print,
): string {
  const renamed = typeof file === "string" ? settings.weights.get(file) : undefined;
  const isSliced = typeof file === "string" && settings.sliced.has(file);
  const [name, options, ...rest] = node.arguments;
  const changed = [
    renamed === undefined ? print(name) : JSON.stringify(renamed),
    ...(options ? [isSliced ? withoutElastic(options, print) : print(options)] : []),
    ...rest.map(print),
  ];
  return `${print(node.expression)}(${changed.join(", ")})`;
}

function withoutElastic(options: TS.Expression, print: Print): string {
  const node = withoutTypes(options);
  if (!ts.isObjectLiteralExpression(node) || node.properties.some(ts.isSpreadAssignment))
    return `{ ...${print(options)}, elastic: false }`;
  const kept = node.properties.filter((property) => nameOf(property) !== "elastic");
  return `{ ${kept.map(print).join(", ")} }`;
}

/** The options of `network(…)` with new values. */
export function printNetwork(node: TS.CallExpression, settings: Settings, print: Print): string {
  const [name, options, ...rest] = node.arguments;
  const changed = [print(name), printOptions(options, settings, print), ...rest.map(print)];
  return `${print(node.expression)}(${changed.join(", ")})`;
}

function printOptions(options: TS.Expression, { network }: Settings, print: Print): string {
  const node = withoutTypes(options);
  const open = new Map(network);
  if (!ts.isObjectLiteralExpression(node) || node.properties.some(ts.isSpreadAssignment)) {
    const given = [...open].map(([key, value]) => `${key}: ${value}`);
    return `{ ...${print(options)}, ${given.join(", ")} }`;
  }
  const source = node.getSourceFile();
  let at = node.properties.pos;
  let text = "{";
  for (const property of node.properties) {
    const key = nameOf(property);
    const value = key === undefined ? undefined : open.get(key);
    if (value !== undefined) open.delete(key!);
    text +=
      source.text.slice(at, property.getStart(source)) +
      (value === undefined ? print(property) : `${key}: ${value}`);
    at = property.end;
  }
  const last = source.text.slice(at, node.end - 1);
  const comma = node.properties.length > 0 && !node.properties.hasTrailingComma ? "," : "";
  return `${text}${comma}${last}${[...open].map(([key, value]) => `\n${key}: ${value},`).join("")}}`;
}

function nameOf({ name }: TS.ObjectLiteralElementLike): string | undefined {
  return name && (ts.isIdentifier(name) || ts.isStringLiteral(name)) ? name.text : undefined;
}
