/** Tables of values by the answers to choices. Long ones are constants of the file, each written once. */

import { literal, type Plain } from "./python.js";

interface Entry {
  readonly answers: Plain;
  readonly value: Plain;
}

/** More entries are hard to read within a call. */
const mostInside = 4;

export class Tables {
  readonly #named = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** @param asked the choices, as Python asks for them */
  lookup(setting: string, entries: readonly Entry[], asked: string): string {
    const pairs = entries.map(({ answers, value }) => `${literal(answers)}: ${literal(value)}`);
    if (entries.length <= mostInside) return `{${pairs.join(", ")}}[${asked}]`;
    return `${this.#nameOf(setting, rows(pairs))}[${asked}]`;
  }

  /** Their definitions. */
  get texts(): readonly string[] {
    return [...this.#named].map(([text, name]) => `${name} = {\n${text}\n}`);
  }

  #nameOf(setting: string, text: string): string {
    const known = this.#named.get(text);
    if (known !== undefined) return known;
    const count = (this.#counts.get(setting) ?? 0) + 1;
    this.#counts.set(setting, count);
    const name = `${setting.toUpperCase()}_${count}`;
    this.#named.set(text, name);
    return name;
  }
}

/** Entries in lines of at most 100 characters. */
function rows(pairs: readonly string[]): string {
  const lines: string[] = [];
  for (const pair of pairs) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + pair.length < 98) lines[lines.length - 1] = `${last} ${pair},`;
    else lines.push(`    ${pair},`);
  }
  return lines.join("\n");
}
