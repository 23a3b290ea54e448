/**
 * HTML and SVG by construction well-formed (as XML, too) and escaped: text becomes markup here and nowhere else, since names
 * of layers come from files that may be hostile.
 */

/** Finished markup. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Child = Markup | string | number | undefined | readonly Child[];

/** undefined: left out. Numbers keep two decimals. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export function element(name: string, attributes: Attributes = {}, ...children: Child[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(textOf(value!))}"`)
    .join("");
  const content = render(children);
  const close = content === "" && isVoid(name) ? "/>" : `>${content}</${name}>`;
  return new Markup(`<${name}${written}${close}`);
}

export function render(child: Child): string {
  if (child === undefined) return "";
  if (child instanceof Markup) return child.text;
  if (typeof child === "object") return child.map(render).join("");
  return escaped(textOf(child));
}

const textOf = (value: string | number): string =>
  typeof value === "string" ? value : String(rounded(value));

/** Two decimals: what a picture needs of its pixels. */
export const rounded = (value: number): number => Number(value.toFixed(2)) + 0;

/** HTML's elements without content, and shapes of SVG; all others are closed by a tag, as HTML wants it. */
const isVoid = (name: string): boolean => /^(meta|link|br|col|rect|path|line|circle|polygon)$/.test(name);

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Also without what XML cannot hold, and without marks that turn the direction of the text around them. */
function escaped(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => entities[character]);
}
