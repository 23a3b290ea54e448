/** The header of a `.npy` file: the one form of Python dict literal that NumPy writes, with its keys in any order. */

import { reject, type Place } from "../diagnostics/diagnostic.js";

export interface NpyHeader {
  /** `"<f4"`: byte order, kind, bytes. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** A string, a number, a name or a punctuation mark. Python's escapes do not occur in NumPy's headers. */
const token = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|(\d{1,16})L?|([A-Za-z]+)|([{}()\[\],:]))/y;

type Token =
  | { readonly kind: "string" | "name" | "mark"; readonly text: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "end" };

export function parseNpyHeader(text: string, at: Place): NpyHeader {
  const tokens = tokenize(text, at);
  let position = 0;
  const fail = (what: string): never =>
    reject("MCU3020", at, { what, expected: "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }" });
  const next = (): Token => tokens[position++] ?? { kind: "end" };
  const isNext = (mark: string): boolean => {
    const one = tokens[position];
    if (one?.kind !== "mark" || one.text !== mark) return false;
    position++;
    return true;
  };
  const expect = (mark: string): void => {
    if (!isNext(mark)) fail(`its header lacks a "${mark}"`);
  };
  const sizes = (): number[] => {
    const list: number[] = [];
    expect("(");
    while (!isNext(")")) {
      const size = next();
      list.push(size.kind === "number" ? size.value : fail("its shape is not a tuple of sizes"));
      if (!isNext(",")) {
        expect(")");
        break;
      }
    }
    return list;
  };

  let descr: string | undefined;
  let fortranOrder: boolean | undefined;
  let shape: number[] | undefined;
  expect("{");
  while (!isNext("}")) {
    const key = next();
    const name = key.kind === "string" ? key.text : fail("its header has a key that is not a string");
    expect(":");
    if (name === "shape") shape = sizes();
    else if (name === "descr" || name === "fortran_order") {
      const value = next();
      if (name === "descr")
        descr = value.kind === "string" ? value.text : fail("its dtype is not a simple one");
      else
        fortranOrder =
          value.kind === "name" && /^(True|False)$/.test(value.text) ? value.text === "True" : undefined;
    } else fail(`its header has an unknown key '${name.slice(0, 40)}'`);
    if (!isNext(",")) {
      expect("}");
      break;
    }
  }
  if (position < tokens.length) fail("its header goes on after the dict");
  if (descr === undefined || fortranOrder === undefined || shape === undefined) {
    return fail("its header lacks descr, fortran_order or shape");
  }
  return { descr, fortranOrder, shape };
}

function tokenize(text: string, at: Place): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const start = token.lastIndex;
    const match = token.exec(text);
    if (!match) {
      const what = `its header has ${JSON.stringify(text.slice(start, start + 20).trim())}`;
      reject("MCU3020", at, { what, expected: "a Python dict literal of strings, sizes and booleans" });
    }
    const [, single, double, digits, name, mark] = match;
    if (digits !== undefined) tokens.push({ kind: "number", value: Number(digits) });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
    else tokens.push({ kind: "string", text: (single ?? double)! });
  }
  return tokens;
}
