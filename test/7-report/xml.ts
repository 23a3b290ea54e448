/** A small strict reader of XML: what it takes is well-formed as far as a page of ours goes. */

export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Node | string)[];
}

const token =
  /<!DOCTYPE html>|<\/([a-z][\w-]*)>|<([a-z][\w-]*)((?:\s[a-zA-Z][\w-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;

/** @throws on what is not well-formed */
export function parseXml(text: string): Node {
  const root: Node = { name: "", attributes: {}, children: [] };
  const open = [root];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw new Error(`not well-formed: ${text.slice(at, at + 80)}`);
    const [, closed, name, attributes, isEmpty, characters] = found;
    const parent = open[open.length - 1];
    if (closed !== undefined && open.pop()!.name !== closed) throw new Error(`</${closed}> closes nothing`);
    if (characters !== undefined) parent.children.push(decoded(characters));
    if (name === undefined) continue;
    const node: Node = { name, attributes: attributesOf(attributes), children: [] };
    parent.children.push(node);
    if (isEmpty === "") open.push(node);
  }
  if (open.length !== 1) throw new Error(`<${open[open.length - 1].name}> is not closed`);
  return root;
}

function attributesOf(text: string): Record<string, string> {
  const all = [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(
    ([, name, value]) => [name, decoded(value)] as const,
  );
  if (new Set(all.map(([name]) => name)).size < all.length)
    throw new Error(`twice the same attribute: ${text}`);
  return Object.fromEntries(all);
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function decoded(text: string): string {
  return text.replace(/&([^;&]*);?/g, (whole, name) => {
    if (!whole.endsWith(";") || entities[name] === undefined) throw new Error(`not well-formed: ${whole}`);
    return entities[name];
  });
}

/** All elements below, in order. */
export function elementsOf(node: Node): Node[] {
  return node.children.flatMap((child) => (typeof child === "string" ? [] : [child, ...elementsOf(child)]));
}

export function textOf(node: Node): string {
  return node.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
}

/** Elements of a class. */
export function ofClass(node: Node, name: string): Node[] {
  return elementsOf(node).filter(({ attributes }) => attributes.class?.split(" ").includes(name));
}
