/**
 * The MEMORY block of GNU linker scripts:
 *
 *     script   = { "MEMORY" "{" { region } "}" }            all else is dropped before the parser sees it
 *     region   = word [ "(" { word | "!" } ")" ] ":" word "=" sum [ "," ] word "=" sum
 *     sum      = arithmetic over numbers, `ORIGIN(REGION)` and `LENGTH(REGION)`
 */

import type { IParserConfig } from "chevrotain";
import {
  ArithmeticParser,
  arithmeticTokens,
  LParen,
  RParen,
  rangeOf,
  type Expression,
} from "./arithmetic.js";
import type { Name } from "./budget-grammar.js";
import { chevrotain, type IToken } from "./chevrotain.js";
import { cover, type Range, type Source } from "./source.js";
import { checkNesting, expectations, parse, tokenize } from "./syntax.js";

const { createToken, Lexer } = chevrotain;

/** A number as written, `ORIGIN(REGION)`, or (an error) a symbol. */
export type AddressLeaf =
  | { readonly kind: "number"; readonly number: Name }
  | { readonly kind: "word"; readonly word: Name; readonly argument?: Name; readonly at: Range };

export type AddressExpression = Expression<AddressLeaf>;

export interface RegionSyntax {
  readonly name: Name;
  /** `rx`, `!w`; undefined: no parentheses. */
  readonly attributes?: string;
  readonly originKey: Name;
  readonly origin: AddressExpression;
  readonly lengthKey: Name;
  readonly length: AddressExpression;
}

const label = (name: string, pattern: string) => createToken({ name, pattern, label: `\`${pattern}\`` });
const Word = createToken({ name: "Word", pattern: /[A-Za-z_.$][\w.$]*/, label: "a name" });
const Digits = createToken({ name: "Digits", pattern: /\d\w*/, label: "a number" });
const Colon = label("Colon", ":");
const Comma = label("Comma", ",");
const Equals = label("Equals", "=");
const Not = label("Not", "!");
const LBrace = label("LBrace", "{");
const RBrace = label("RBrace", "}");
const Quoted = createToken({ name: "Quoted", pattern: /"[^"\n]*"/ });
// An unterminated comment reaches to the end, as it does for ld.
const Comment = createToken({
  name: "Comment",
  pattern: /\/\*[^]*?(?:\*\/|(?![^]))|\/\/[^\n]*/,
  group: Lexer.SKIPPED,
});
const Space = createToken({ name: "Space", pattern: /\s+/, group: Lexer.SKIPPED });
const Other = createToken({ name: "Other", pattern: /[^\s\w.$:,=!{}()"/*+-]+|[^]/, label: "something else" });

const tokens = [
  ...[Comment, Space, Word, Digits, Colon, Comma, Equals, Not, LBrace, RBrace, Quoted],
  ...arithmeticTokens,
  Other,
];

const nameOf = (token: IToken): Name => ({ text: token.image, at: rangeOf(token) });

export class LinkerScriptParser extends ArithmeticParser<AddressLeaf> {
  constructor(config: IParserConfig) {
    super(tokens, { ...config, errorMessageProvider: expectations as any });
    this.performSelfAnalysis();
  }

  protected override leaf = this.RULE("address", (): AddressExpression =>
    this.OR([
      {
        ALT: () => {
          const number = nameOf(this.CONSUME(Digits));
          return { kind: "leaf" as const, at: number.at, leaf: { kind: "number" as const, number } };
        },
      },
      { ALT: () => this.SUBRULE(this.reference) },
    ]),
  );

  private readonly reference = this.RULE("reference", (): AddressExpression => {
    const word = nameOf(this.CONSUME(Word));
    let close: IToken | undefined;
    const argument = this.OPTION(() => {
      this.CONSUME(LParen);
      const name = this.CONSUME2(Word);
      close = this.CONSUME(RParen);
      return name;
    });
    return this.ACTION(() => {
      const at = close === undefined ? word.at : cover(word.at, rangeOf(close));
      return { kind: "leaf", at, leaf: { kind: "word", word, argument: argument && nameOf(argument), at } };
    });
  });

  readonly script = this.RULE("script", (): RegionSyntax[] => {
    const regions: RegionSyntax[] = [];
    this.MANY(() => {
      this.CONSUME(Word);
      this.CONSUME(LBrace);
      this.MANY2(() => regions.push(this.SUBRULE(this.region)));
      this.CONSUME(RBrace);
    });
    return regions;
  });

  private readonly region = this.RULE("region", (): RegionSyntax => {
    const name = this.CONSUME(Word);
    const attributes = this.OPTION(() => this.SUBRULE(this.attributes));
    this.CONSUME(Colon);
    const originKey = this.CONSUME2(Word);
    this.CONSUME(Equals);
    const origin = this.SUBRULE(this.sum);
    this.OPTION2(() => this.CONSUME(Comma));
    const lengthKey = this.CONSUME3(Word);
    this.CONSUME2(Equals);
    const length = this.SUBRULE2(this.sum);
    return {
      name: nameOf(name),
      attributes,
      originKey: nameOf(originKey),
      origin,
      lengthKey: nameOf(lengthKey),
      length,
    };
  });

  private readonly attributes = this.RULE("attributes", (): string => {
    let text = "";
    this.CONSUME(LParen);
    this.MANY(() => {
      text += this.OR([{ ALT: () => this.CONSUME(Word).image }, { ALT: () => this.CONSUME(Not).image }]);
    });
    this.CONSUME(RParen);
    return text;
  });
}

let lexer: InstanceType<typeof Lexer> | undefined;
let parser: LinkerScriptParser | undefined;

/** The regions of all MEMORY blocks, and whether there was any block. */
export function parseLinkerScript(source: Source): {
  readonly blocks: number;
  readonly regions: readonly RegionSyntax[];
} {
  lexer ??= new Lexer(tokens, { positionTracking: "onlyOffset", skipValidations: true });
  parser ??= new LinkerScriptParser({ skipValidations: true });
  const { kept, blocks } = memoryBlocks(tokenize(lexer, source, "linker script"));
  const input = checkNesting(kept, source, "linker script");
  return { blocks, regions: parse(parser, (one) => one.script(), input, source, "linker script") };
}

/** The tokens from each `MEMORY {` to its `}` (or the end of the script). */
function memoryBlocks(all: readonly IToken[]): { kept: IToken[]; blocks: number } {
  const kept: IToken[] = [];
  let inside = false;
  let blocks = 0;
  all.forEach((token, i) => {
    if (!inside && token.image === "MEMORY" && all[i + 1]?.tokenType === LBrace) {
      inside = true;
      blocks++;
    }
    if (inside) kept.push(token);
    if (token.tokenType === RBrace) inside = false;
  });
  return { kept, blocks };
}

export const linkerScriptTokens = tokens;
