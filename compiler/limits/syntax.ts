/** From text to tokens to a tree: what both languages do alike, and their syntax errors. */

import type { EmbeddedActionsParser, ILexingResult, IRecognitionException, Lexer } from "chevrotain";
import { reject } from "../diagnostics/diagnostic.js";
import { LParen, RParen } from "./arithmetic.js";
import type { IToken, TokenType } from "./chevrotain.js";
import type { Source } from "./source.js";

/** Parentheses within parentheses. The parser recurses once a level; no one needs a tenth of it. */
export const maxNesting = 100;

/** Characters of a text. Real ones are far shorter; more is a mistake or an attack. */
export const maxCharacters = { limits: 1 << 14, board: 1 << 16, linkerScript: 1 << 19 };

export type Language = "limits" | "board file" | "linker script";

export function tokenize(lexer: Lexer, source: Source, language: Language): IToken[] {
  const { tokens, errors }: ILexingResult = lexer.tokenize(source.text);
  if (errors.length === 0) return tokens;
  const { offset, length } = errors[0];
  const found = source.text.slice(offset, offset + Math.min(length, 20));
  const place = source.place({ start: offset, end: offset + length });
  return reject("MCU2110", place, { language, expected: undefined, found: JSON.stringify(found) });
}

/** Rejects what nests too deep, and drops tokens of type `unless` inside of parentheses. */
export function checkNesting(
  tokens: readonly IToken[],
  source: Source,
  language: Language,
  drop?: TokenType,
): IToken[] {
  let depth = 0;
  return tokens.filter((token) => {
    if (token.tokenType === LParen) depth++;
    if (token.tokenType === RParen) depth = Math.max(0, depth - 1);
    if (depth > maxNesting) reject("MCU2111", place(token, source), { language, maxNesting });
    return depth === 0 || token.tokenType !== drop;
  });
}

/** May know better what was expected at an error, or reject in its own words. `before`: the token in front. */
export type Explain = (error: IRecognitionException, before: IToken | undefined) => string | undefined;

/** Runs one rule of a parser over all tokens. Rejects at the first syntax error. */
export function parse<T, P extends EmbeddedActionsParser>(
  parser: P,
  rule: (parser: P) => T,
  tokens: IToken[],
  source: Source,
  language: Language,
  explain?: Explain,
): T {
  parser.input = tokens;
  const tree = rule(parser);
  const error = parser.errors[0];
  if (error === undefined) return tree;
  const { token } = error;
  const expected = explain?.(error, tokens[tokens.indexOf(token) - 1]) ?? error.message;
  if (Number.isNaN(token.startOffset) || token.image === "") {
    const end = source.text.trimEnd().length;
    return reject("MCU2110", source.place({ start: end, end }), { language, expected, found: "the end" });
  }
  const found = token.image.trim() === "" ? "the end of the line" : `\`${token.image.slice(0, 40)}\``;
  return reject("MCU2110", place(token, source), { language, expected, found });
}

const place = (token: IToken, source: Source) =>
  source.place({ start: token.startOffset, end: token.startOffset + token.image.length });

const labelOf = (type: TokenType): string => type.LABEL ?? type.name;

/** Messages are what was expected; MCU2110 says the rest. */
export const expectations = {
  buildMismatchTokenMessage: ({ expected }: { expected: TokenType }) => labelOf(expected),
  buildNotAllInputParsedMessage: () => "an operator, `;` or a new line",
  buildNoViableAltMessage: ({ expectedPathsPerAlt }: { expectedPathsPerAlt: TokenType[][][] }) =>
    alternatives(expectedPathsPerAlt),
  buildEarlyExitMessage: ({ expectedIterationPaths }: { expectedIterationPaths: TokenType[][] }) =>
    alternatives([expectedIterationPaths]),
};

/** `a, b or c`: the tokens that alternatives begin with. */
function alternatives(paths: TokenType[][][]): string {
  const labels = [...new Set(paths.flat().map((path) => labelOf(path[0])))];
  return labels.length < 2
    ? labels.join("")
    : `${labels.slice(0, -1).join(", ")} or ${labels[labels.length - 1]}`;
}
