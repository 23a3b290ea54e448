/** Names for new constants of a file. */

import { ts, type TS } from "../../1-read/typescript.js";

export class Names {
  readonly #taken = new Set<string>();

  /** No name that the file has for something else, and no word of the language. */
  constructor(source: TS.SourceFile) {
    const visit = (node: TS.Node): void => {
      if (ts.isIdentifier(node) && !isPropertyName(node)) this.#taken.add(node.text);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }

  take(wanted: string): string {
    let name = wanted;
    const isWordOfTheLanguage = ts.identifierToKeywordKind(ts.factory.createIdentifier(wanted)) !== undefined;
    for (let count = 2; this.#taken.has(name) || (name === wanted && isWordOfTheLanguage); count++)
      name = `${wanted}${count}`;
    this.#taken.add(name);
    return name;
  }
}

function isPropertyName(node: TS.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === node;
}

/** `depth` -> `depths`. */
export const pluralOf = (word: string): string => (/(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`);
