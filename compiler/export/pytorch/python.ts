/** Values and names of this program as Python writes them. */

/** What a layer's Python depends on. Lists become tuples. */
export type Plain = number | string | boolean | readonly Plain[];

export function literal(value: Plain): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") {
    if (Number.isFinite(value)) return String(value);
    return Number.isNaN(value) ? 'float("nan")' : `float("${value > 0 ? "" : "-"}inf")`;
  }
  // JSON's escapes are Python's.
  if (typeof value === "string") return JSON.stringify(value);
  return `(${value.map(literal).join(", ")}${value.length === 1 ? "," : ""})`;
}

export const isEqual = (a: Plain | undefined, b: Plain | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** A pair as one number where both are the same, as PyTorch takes it. */
export const paired = ([a, b]: readonly [number, number]): Plain => (a === b ? a : [a, b]);

const keywords = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from " +
    "global if import in is lambda nonlocal not or pass raise return try while with yield match case"
  ).split(" "),
);

/** true: it can be written behind a dot, or name a variable. */
export const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !keywords.has(text);

/** A variable's name that resembles a text. */
export function nameLike(text: string): string {
  const name = text.replace(/\W+/g, "_").replace(/^(?=\d)/, "_");
  return isName(name) ? name : `${name}_`;
}

/** Names of other things in exported files, and in Python. */
const classes = /^(F|True|False|None|Group|Elastic\w*|CHOICES|LARGEST|SMALLEST|STORED)$/;

/** A class' name that resembles a text: `keyword-spotter` is `KeywordSpotter`. */
export function classNameLike(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(name) && !classes.test(name) ? name : `Net${name}`;
}

/** true: dots, brackets or a call may follow the text without brackets around it. */
export function isPostfix(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    else if (depth === 0 && !/[\w.]/.test(character)) return false;
  }
  return true;
}

/** Prose in lines that a comment or docstring has room for. */
export function paragraph(text: string): string {
  const lines: string[] = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last !== "" && last.length + word.length >= 100) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n");
}
