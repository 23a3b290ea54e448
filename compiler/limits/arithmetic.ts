/** Arithmetic expressions, as the budget language and linker scripts share them: `+ - * /`, signs and parentheses. */

import { chevrotain, type IToken, type TokenType } from "./chevrotain.js";
import { cover, type Range } from "./source.js";

const { createToken, EmbeddedActionsParser } = chevrotain;

export type ArithmeticOperator = "+" | "-" | "*" | "/";

/** An expression over leaves (numbers with units, references to regions). Chains are flat, so only parentheses nest. */
export type Expression<Leaf> =
  | { readonly kind: "leaf"; readonly leaf: Leaf; readonly at: Range }
  | { readonly kind: "negative"; readonly value: Expression<Leaf>; readonly at: Range }
  | {
      readonly kind: "chain";
      readonly first: Expression<Leaf>;
      readonly rest: readonly Link<Leaf>[];
      readonly at: Range;
    };

export interface Link<Leaf> {
  readonly operator: ArithmeticOperator;
  readonly value: Expression<Leaf>;
}

/** What an expression means in one language. */
export interface Meaning<Leaf, Value> {
  leaf(leaf: Leaf): Value;
  negate(value: Value): Value;
  /** `at` covers both operands. */
  apply(operator: ArithmeticOperator, left: Value, right: Value, at: Range): Value;
}

/** Evaluates from left to right, `*` and `/` first. */
export function evaluate<Leaf, Value>(expression: Expression<Leaf>, meaning: Meaning<Leaf, Value>): Value {
  if (expression.kind === "leaf") return meaning.leaf(expression.leaf);
  if (expression.kind === "negative") return meaning.negate(evaluate(expression.value, meaning));
  return expression.rest.reduce(
    (left, { operator, value }) =>
      meaning.apply(operator, left, evaluate(value, meaning), cover(expression.first.at, value.at)),
    evaluate(expression.first, meaning),
  );
}

/** Anything that may stand in a board's name: `stm32f746g-disco`. */
export const NamePart = createToken({ name: "NamePart", pattern: chevrotain.Lexer.NA, label: "a name" });
const Additive = createToken({ name: "Additive", pattern: chevrotain.Lexer.NA, label: "`+` or `-`" });
const Multiplicative = createToken({
  name: "Multiplicative",
  pattern: chevrotain.Lexer.NA,
  label: "`*` or `/`",
});
const Plus = createToken({ name: "Plus", pattern: "+", label: "`+`", categories: [Additive] });
const Minus = createToken({ name: "Minus", pattern: "-", label: "`-`", categories: [Additive, NamePart] });
const Times = createToken({ name: "Times", pattern: "*", label: "`*`", categories: [Multiplicative] });
const Divide = createToken({ name: "Divide", pattern: "/", label: "`/`", categories: [Multiplicative] });
export const LParen = createToken({ name: "LParen", pattern: "(", label: "`(`" });
export const RParen = createToken({ name: "RParen", pattern: ")", label: "`)`" });

export const arithmeticTokens: readonly TokenType[] = [
  Additive,
  Multiplicative,
  NamePart,
  Plus,
  Minus,
  Times,
  Divide,
  LParen,
  RParen,
];

export const rangeOf = (token: IToken): Range => ({
  start: token.startOffset,
  end: token.startOffset + token.image.length,
});

/** The rules `sum > product > signed > atom`; a language adds its own `leaf`, and calls `performSelfAnalysis`. */
export abstract class ArithmeticParser<Leaf> extends EmbeddedActionsParser {
  protected abstract leaf: () => Expression<Leaf>;

  readonly sum = this.RULE("sum", (): Expression<Leaf> => {
    const first = this.SUBRULE(this.product);
    const rest: Link<Leaf>[] = [];
    this.MANY(() => {
      const operator = this.CONSUME(Additive).image as ArithmeticOperator;
      rest.push({ operator, value: this.SUBRULE2(this.product) });
    });
    return this.ACTION(() => chain(first, rest));
  });

  private readonly product = this.RULE("product", (): Expression<Leaf> => {
    const first = this.SUBRULE(this.signed);
    const rest: Link<Leaf>[] = [];
    this.MANY(() => {
      const operator = this.CONSUME(Multiplicative).image as ArithmeticOperator;
      rest.push({ operator, value: this.SUBRULE2(this.signed) });
    });
    return this.ACTION(() => chain(first, rest));
  });

  private readonly signed = this.RULE("signed", (): Expression<Leaf> => {
    const signs: IToken[] = [];
    this.MANY(() => signs.push(this.CONSUME(Additive)));
    const value = this.SUBRULE(this.atom);
    return this.ACTION(() => {
      if (signs.length === 0) return value;
      const at = cover(rangeOf(signs[0]), value.at);
      const odd = signs.filter((sign) => sign.image === "-").length % 2 === 1;
      return odd ? { kind: "negative", value, at } : { ...value, at };
    });
  });

  private readonly atom = this.RULE("atom", (): Expression<Leaf> => {
    return this.OR([
      {
        ALT: () => {
          const open = this.CONSUME(LParen);
          const inner = this.SUBRULE(this.sum);
          const close = this.CONSUME(RParen);
          return this.ACTION(() => ({ ...inner, at: cover(rangeOf(open), rangeOf(close)) }));
        },
      },
      { ALT: () => this.SUBRULE(this.leaf as any) as Expression<Leaf> },
    ]);
  });
}

function chain<Leaf>(first: Expression<Leaf>, rest: readonly Link<Leaf>[]): Expression<Leaf> {
  if (rest.length === 0) return first;
  return { kind: "chain", first, rest, at: cover(first.at, rest[rest.length - 1].value.at) };
}
