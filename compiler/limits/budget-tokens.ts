/** The tokens of the budget language. Keywords are words too, so that a layer or region may be called like one. */

import { arithmeticTokens, NamePart } from "./arithmetic.js";
import { chevrotain } from "./chevrotain.js";

const { createToken, Lexer } = chevrotain;

export const Word = createToken({
  name: "Word",
  pattern: /[A-Za-z_µμ][A-Za-z0-9_µμ]*/,
  label: "a name",
  categories: [NamePart],
});
export const Figure = createToken({
  name: "Figure",
  pattern: Lexer.NA,
  label: "`clock`, `icache`, `dcache`",
  categories: [Word],
});
export const Memory = createToken({
  name: "Memory",
  pattern: Lexer.NA,
  label: "`sram`, `flash`",
  categories: [Word],
});
const keyword = (text: string, categories = [Word]) =>
  createToken({
    name: `${text}Keyword`,
    pattern: new RegExp(text),
    longer_alt: Word,
    label: `\`${text}\``,
    categories,
  });

export const Board = keyword("board");
export const Core = keyword("core");
export const Power = keyword("power");
const keywords = [keyword("clock", [Figure]), keyword("icache", [Figure]), keyword("dcache", [Figure])];
const memories = [keyword("sram", [Memory]), keyword("flash", [Memory])];
// These follow an expression: as words they would be taken for its unit.
export const At = keyword("at", []);
export const Tightly = keyword("tightly", []);
export const Coupled = keyword("coupled", []);
export const Miss = keyword("miss", []);

export const Digits = createToken({
  name: "Digits",
  pattern: /0[xX][0-9a-fA-F]+|(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/,
  label: "a number",
  categories: [NamePart],
});
export const Text = createToken({ name: "Text", pattern: /"[^"\r\n]*"/, label: "a source in double quotes" });
export const Comparison = createToken({ name: "Comparison", pattern: /<=|>=|==|=|<|>|≤|≥/, label: "`<=`" });
export const LBrace = createToken({ name: "LBrace", pattern: "{", label: "`{`" });
export const RBrace = createToken({ name: "RBrace", pattern: "}", label: "`}`" });
export const Separator = createToken({ name: "Separator", pattern: Lexer.NA, label: "`;` or a new line" });
export const NewLine = createToken({
  name: "NewLine",
  pattern: /[\r\n]+/,
  label: "a new line",
  categories: [Separator],
});
export const Semicolon = createToken({
  name: "Semicolon",
  pattern: ";",
  label: "`;`",
  categories: [Separator],
});
export const Space = createToken({ name: "Space", pattern: /[^\S\r\n]+/, group: Lexer.SKIPPED });
export const Comment = createToken({ name: "Comment", pattern: /(?:\/\/|#)[^\r\n]*/, group: Lexer.SKIPPED });

/** All tokens, in the order the lexer tries them. */
export const budgetTokens = [
  ...[Space, Comment, NewLine, Semicolon, Separator, Text, Comparison, LBrace, RBrace, Digits],
  ...[Board, Core, Power, At, Tightly, Coupled, Miss, ...keywords, ...memories, Figure, Memory, Word],
  ...arithmeticTokens,
];
