/**
 * The budget language: limits in a network (`sram <= 32 KiB; latency <= 10 ms`) and board files (`.mcu`).
 *
 *     limits   = [limit] { separator [limit] }              separator = ";" or a new line
 *     limit    = word [ "(" word ")" ] "<=" sum
 *     boards   = { separator } "board" name "{" [setting] { separator [setting] } "}" { separator }
 *     setting  = "core" name | ("clock" | "icache" | "dcache") sum | "power" sum string
 *              | ("sram" | "flash") word sum [ "at" sum ] [ "tightly" "coupled" | "miss" sum ]
 *     sum      = arithmetic over quantities                 quantity = number [ unit ]
 *
 * `//` and `#` begin comments; new lines inside of parentheses do not count.
 */

import type { IParserConfig } from "chevrotain";
import { ArithmeticParser, LParen, RParen, NamePart, rangeOf, type Expression } from "./arithmetic.js";
import {
  At,
  Board,
  Comparison,
  Core,
  Coupled,
  Digits,
  Figure,
  LBrace,
  Memory,
  Miss,
  NewLine,
  Power,
  RBrace,
  Semicolon,
  Separator,
  Text,
  Tightly,
  Word,
  budgetTokens,
} from "./budget-tokens.js";
import { chevrotain, type IToken } from "./chevrotain.js";
import { cover, type Range, type Source } from "./source.js";
import { checkNesting, expectations, parse, tokenize, type Explain, type Language } from "./syntax.js";

export interface Name {
  readonly text: string;
  readonly at: Range;
}

/** `32 KiB`; the number as written. */
export interface QuantityLeaf {
  readonly number: string;
  readonly unit?: Name;
  readonly at: Range;
}

export type QuantityExpression = Expression<QuantityLeaf>;

export interface LimitSyntax {
  readonly quantity: Name;
  readonly region?: Name;
  readonly comparison: Name;
  readonly value: QuantityExpression;
  readonly at: Range;
}

export type SettingSyntax =
  | { readonly kind: "core"; readonly keyword: Name; readonly name: Name }
  | { readonly kind: "figure"; readonly keyword: Name; readonly value: QuantityExpression }
  | {
      readonly kind: "power";
      readonly keyword: Name;
      readonly value: QuantityExpression;
      readonly source: Name;
    }
  | {
      readonly kind: "region";
      readonly keyword: Name;
      readonly name: Name;
      readonly size: QuantityExpression;
      readonly origin?: QuantityExpression;
      readonly tightlyCoupled: boolean;
      readonly miss?: QuantityExpression;
    };

export interface BoardSyntax {
  readonly name: Name;
  readonly settings: readonly SettingSyntax[];
}

const nameOf = (token: IToken): Name => ({ text: token.image, at: rangeOf(token) });

export class BudgetParser extends ArithmeticParser<QuantityLeaf> {
  constructor(config: IParserConfig) {
    super(budgetTokens, { ...config, errorMessageProvider: expectations as any });
    this.performSelfAnalysis();
  }

  protected override leaf = this.RULE("quantity", (): QuantityExpression => {
    const digits = this.CONSUME(Digits);
    const unit = this.OPTION(() => this.CONSUME(Word));
    return this.ACTION(() => {
      const at = cover(rangeOf(digits), rangeOf(unit ?? digits));
      return { kind: "leaf", at, leaf: { number: digits.image, unit: unit && nameOf(unit), at } };
    });
  });

  readonly limits = this.RULE("limits", (): LimitSyntax[] => {
    const limits: LimitSyntax[] = [];
    this.OPTION(() => limits.push(this.SUBRULE(this.limit)));
    this.MANY(() => {
      this.CONSUME(Separator);
      this.OPTION2(() => limits.push(this.SUBRULE2(this.limit)));
    });
    return limits;
  });

  private readonly limit = this.RULE("limit", (): LimitSyntax => {
    const quantity = this.CONSUME(Word);
    const region = this.OPTION(() => {
      this.CONSUME(LParen);
      const name = this.CONSUME2(Word);
      this.CONSUME(RParen);
      return name;
    });
    const comparison = this.CONSUME(Comparison);
    const value = this.SUBRULE(this.sum);
    return this.ACTION(() => ({
      quantity: nameOf(quantity),
      region: region && nameOf(region),
      comparison: nameOf(comparison),
      value,
      at: cover(rangeOf(quantity), value.at),
    }));
  });

  readonly board = this.RULE("board", (): BoardSyntax => {
    const settings: SettingSyntax[] = [];
    this.MANY(() => this.CONSUME(Separator));
    this.CONSUME(Board);
    const name = this.SUBRULE(this.boardName);
    this.CONSUME(LBrace);
    this.OPTION(() => settings.push(this.SUBRULE(this.setting)));
    this.MANY2(() => {
      this.CONSUME2(Separator);
      this.OPTION2(() => settings.push(this.SUBRULE2(this.setting)));
    });
    this.CONSUME(RBrace);
    this.MANY3(() => this.CONSUME3(Separator));
    return { name, settings };
  });

  /** Words, digits and `-` without spaces between them. */
  private readonly boardName = this.RULE("name", (): Name => {
    const parts = [this.CONSUME(Word)];
    this.MANY({
      GATE: () => this.LA(1).startOffset === rangeOf(parts[parts.length - 1]).end,
      DEF: () => parts.push(this.CONSUME(NamePart)),
    });
    return this.ACTION(() => ({
      text: parts.map((part) => part.image).join(""),
      at: cover(rangeOf(parts[0]), rangeOf(parts[parts.length - 1])),
    }));
  });

  private readonly setting = this.RULE("setting", (): SettingSyntax =>
    this.OR([
      {
        ALT: () => ({
          kind: "core",
          keyword: nameOf(this.CONSUME(Core)),
          name: this.SUBRULE(this.boardName),
        }),
      },
      {
        ALT: () => ({
          kind: "figure",
          keyword: nameOf(this.CONSUME(Figure)),
          value: this.SUBRULE(this.sum),
        }),
      },
      {
        ALT: () => {
          const keyword = nameOf(this.CONSUME(Power));
          return {
            kind: "power",
            keyword,
            value: this.SUBRULE2(this.sum),
            source: nameOf(this.CONSUME(Text)),
          };
        },
      },
      { ALT: () => this.SUBRULE(this.region) },
    ]),
  );

  private readonly region = this.RULE("region", (): SettingSyntax => {
    const keyword = nameOf(this.CONSUME(Memory));
    const name = nameOf(this.CONSUME(Word));
    const size = this.SUBRULE(this.sum);
    const origin = this.OPTION(() => {
      this.CONSUME(At);
      return this.SUBRULE2(this.sum);
    });
    const coupled = this.OPTION2(() => {
      this.CONSUME(Tightly);
      return this.CONSUME(Coupled);
    });
    const miss = this.OPTION3(() => {
      this.CONSUME(Miss);
      return this.SUBRULE3(this.sum);
    });
    return { kind: "region", keyword, name, size, origin, tightlyCoupled: coupled !== undefined, miss };
  });
}

let lexer: InstanceType<typeof chevrotain.Lexer> | undefined;
let parser: BudgetParser | undefined;

/** Tokens and parser are made on first use; validating the grammar is the tests' work, not every run's. */
export function parseBudget<T>(
  source: Source,
  language: Language,
  rule: (parser: BudgetParser) => T,
  explain?: Explain,
): T {
  lexer ??= new chevrotain.Lexer(budgetTokens, { positionTracking: "onlyOffset", skipValidations: true });
  parser ??= new BudgetParser({ skipValidations: true });
  const input = checkNesting(tokenize(lexer, source, language), source, language, NewLine);
  return parse(parser, rule, input, source, language, explain);
}

/** true: a new limit or setting may begin after this token. */
export const beginsAfter = (before: IToken | undefined): boolean =>
  before === undefined ||
  before.tokenType === NewLine ||
  before.tokenType === Semicolon ||
  before.tokenType === LBrace;
