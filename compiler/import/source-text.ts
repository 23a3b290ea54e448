/** Attributes in the functions of a printed model file: expressions and composed names in the place of values. */

/** An expression of the printed file in the place of a value. */
export class Source {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** Stands for the block's name, a variable `name`, at the start of a text. Names from files are identifiers: it is in none of them. */
const prefix = "\0";

/**
 * Attributes with the names in them, which begin with the block's, made names of any block.
 * @param key of the value; only those called `name` are names
 */
export function withoutBlock(value: unknown, block: string, key = ""): unknown {
  if (typeof value === "string") {
    const isOwn = key === "name" && (value === block || value.startsWith(`${block}.`));
    return isOwn ? prefix + value.slice(block.length) : value;
  }
  if (Array.isArray(value)) return value.map((one) => withoutBlock(one, block));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, one]) => name !== "at" && one !== undefined)
      .map(([name, one]) => [name, withoutBlock(one, block, name)]),
  );
}

export const isPrefixed = (text: string): boolean => text.startsWith(prefix);

export function prefixedText(text: string): string {
  const rest = text.slice(prefix.length);
  return rest === "" ? "name" : `\`\${name}${rest}\``;
}
