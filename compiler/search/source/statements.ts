/** Lists of statements without the branches that a member never takes. */

import { ts, type TS } from "../../1-read/typescript.js";
import type { Folding } from "./folding.js";
import { afterLine, detachedComments, type Print } from "./printer.js";

/** Statements that take the place of one, with where their text starts and ends. */
interface Piece {
  readonly statements: readonly TS.Statement[];
  readonly from: number;
  readonly to: number;
}

export class Statements {
  constructor(
    private readonly source: TS.SourceFile,
    /** undefined: all statements stay. */
    private readonly folding?: Folding,
  ) {}

  /**
   * The statements with everything from `from` to `to` around them.
   * @param behind what to print behind a statement
   */
  print({ statements, from, to }: Piece, print: Print, behind?: (statement: TS.Statement) => string): string {
    const { text } = this.source;
    let result = "";
    let at = from;
    let isEnded = false;
    let isRemoved = false;
    const trivia = (end: number): string => {
      const between = text.slice(at, end);
      return isRemoved ? afterLine(between) : between;
    };
    for (const statement of statements) {
      const before = trivia(statement.getStart(this.source));
      at = statement.end;
      const pieces = this.pieces(statement);
      isRemoved = isEnded ? !isHoisted(statement) : pieces?.length === 0;
      result += isRemoved ? detachedComments(before) : before + this.printOne(statement, pieces, print);
      result += behind?.(statement) ?? "";
      // What follows a branch that returns was for the others.
      isEnded ||=
        pieces !== undefined && pieces.some((piece) => piece.statements.some((one) => this.ends(one)));
    }
    return result + trivia(to);
  }

  /** A statement that is not part of a list: a loop's body, a branch. */
  printBranch(statement: TS.Statement, print: Print): string {
    const pieces = this.pieces(statement);
    if (pieces === undefined) return print(statement);
    return `{${pieces.map((piece) => this.print(piece, print)).join("\n")}}`;
  }

  printIf(node: TS.IfStatement, print: Print): string {
    const head = this.source.text.slice(node.thenStatement.pos, node.thenStatement.getStart(this.source));
    const text = `if (${print(node.expression)})${head}${this.printBranch(node.thenStatement, print)}`;
    const other = node.elseStatement;
    if (!other || this.pieces(other)?.length === 0) return text;
    const comments = this.source.text.slice(node.thenStatement.end, other.getStart(this.source));
    return `${text}${comments}${this.printBranch(other, print)}`;
  }

  private printOne(statement: TS.Statement, pieces: readonly Piece[] | undefined, print: Print): string {
    if (pieces === undefined) return print(statement);
    const text = pieces.map((piece) => this.print(piece, print)).join("\n");
    const declared = new Set(pieces.flatMap((piece) => piece.statements.flatMap(namesDeclared)));
    if (declared.size > 0 && isNamedOutside(statement, declared)) return `{${text}}`;
    const lines = text.replace(/^[ \t]*\n/, "").trimEnd();
    // What comes next may stand on the same line.
    const endsInComment = lines.slice(lines.lastIndexOf("\n") + 1).includes("//");
    const isAlone = /^[ \t\r]*(\n|$)/.test(this.source.text.slice(statement.end));
    return endsInComment && !isAlone ? `${lines}\n` : lines;
  }

  /** What is left of a statement that choices decide about: undefined where they do not; nothing where it goes. */
  private pieces(statement: TS.Statement): readonly Piece[] | undefined {
    if (!this.folding) return undefined;
    if (ts.isIfStatement(statement)) {
      const outcome = this.folding.outcome(statement.expression);
      if (outcome === undefined) return undefined;
      const branch = outcome ? statement.thenStatement : statement.elseStatement;
      if (!branch) return [];
      const inner = this.pieces(branch);
      return inner ?? [ts.isBlock(branch) ? insideOf(branch) : only(branch)];
    }
    if (ts.isIterationStatement(statement, false) && this.folding.idle(statement) === "nothing") return [];
    return ts.isSwitchStatement(statement) ? this.clausePieces(statement, this.folding) : undefined;
  }

  private clausePieces(node: TS.SwitchStatement, folding: Folding): readonly Piece[] | undefined {
    const first = folding.clause(node);
    if (first === undefined) return undefined;
    const pieces: Piece[] = [];
    for (const clause of first < 0 ? [] : node.caseBlock.clauses.slice(first)) {
      const [block] = clause.statements;
      const list = clause.statements.length === 1 && ts.isBlock(block) ? block.statements : clause.statements;
      const end = list.findIndex(isJump);
      const jump = list[end];
      const stays =
        end < 0 ? list : list.slice(0, jump.kind === ts.SyntaxKind.BreakStatement ? end : end + 1);
      if (jump && ts.isBreakStatement(jump) && jump.label) return undefined;
      if (stays.some(breaksSwitch)) return undefined;
      if (stays.length > 0) pieces.push({ statements: stays, from: stays[0].pos, to: stays.at(-1)!.end });
      if (end >= 0) break;
    }
    return pieces;
  }

  /** Whether nothing behind the statement runs. */
  private ends(statement: TS.Statement): boolean {
    if (isJump(statement)) return true;
    if (ts.isBlock(statement)) return statement.statements.some((one) => this.ends(one));
    const pieces = this.pieces(statement);
    return pieces?.some((piece) => piece.statements.some((one) => this.ends(one))) ?? false;
  }
}

export const insideOf = (block: TS.Block): Piece => ({
  statements: block.statements,
  from: block.statements.pos,
  to: block.end - 1,
});

const only = (statement: TS.Statement): Piece => ({
  statements: [statement],
  from: statement.pos,
  to: statement.end,
});

const isJump = (node: TS.Statement): boolean =>
  ts.isReturnStatement(node) || ts.isThrowStatement(node) || ts.isBreakOrContinueStatement(node);

/** Functions and types are there wherever they are written. */
const isHoisted = (node: TS.Statement): boolean =>
  ts.isFunctionDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node);

/** Whether there is a `break` in it that belongs to the `switch` around it. */
function breaksSwitch(node: TS.Node): boolean {
  if (ts.isBreakStatement(node)) return node.label === undefined;
  if (ts.isIterationStatement(node, false) || ts.isSwitchStatement(node) || ts.isFunctionLike(node))
    return false;
  return ts.forEachChild(node, (child) => breaksSwitch(child) || undefined) ?? false;
}

function namesDeclared(statement: TS.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => namesOf(name));
  const { name } = statement as TS.DeclarationStatement;
  return name && ts.isIdentifier(name) ? [name.text] : [];
}

function namesOf(name: TS.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesOf(element.name)));
}

/** Whether the names also occur around the statement: its own could then not move there. */
function isNamedOutside(statement: TS.Statement, names: ReadonlySet<string>): boolean {
  const list = statement.parent;
  const around = ts.isFunctionLike(list.parent) ? list.parent : list;
  const visit = (node: TS.Node): boolean => {
    if (node === statement) return false;
    if (ts.isIdentifier(node) && names.has(node.text)) return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return visit(around);
}
