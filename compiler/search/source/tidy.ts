/** Takes away what only the choices and the branches not taken had a use for. */

import type { Node, Project, SourceFile, ts as MorphTS } from "ts-morph";
import { afterLine, detachedComments } from "./printer.js";

type Morph = typeof import("ts-morph");

/** Model files by their paths. */
export type Texts = ReadonlyMap<string, string>;

/** A part of a file that goes. `instead` takes its place. */
interface Cut {
  readonly start: number;
  readonly end: number;
  readonly instead: string;
}

/** More rounds than a chain of constants, each used by the next alone, has in practice. */
const maxRounds = 20;

/**
 * @param before the same files as their author wrote them: what had no use there stays
 * @param tidiesProperties whether properties of object literals go that nothing reads any more
 */
export async function tidied(texts: Texts, before: Texts, tidiesProperties: boolean): Promise<Texts> {
  const morph = await import("ts-morph");
  const original = projectOf(morph, before);
  const already = new Set(unusedIn(original, morph).map(({ key }) => key));
  const { read } = namesRead(original, morph);
  let current = texts;
  for (let round = 0; round < maxRounds; round++) {
    const project = projectOf(morph, current);
    const unused = unusedIn(project, morph).filter(({ key }) => !already.has(key));
    const still = namesRead(project, morph);
    const gone = new Set([...read].filter((name) => !still.read.has(name) && !still.quoted.has(name)));
    const properties = tidiesProperties ? unusedProperties(project, morph, gone) : [];
    const cuts = [...unused, ...properties];
    if (cuts.length === 0) return current;
    current = new Map(
      project.getSourceFiles().map((file) => {
        const path = file.getFilePath().slice(1);
        return [
          path,
          withoutCuts(
            file.getFullText(),
            cuts.filter((one) => one.file === file).map(({ cut }) => cut),
          ),
        ];
      }),
    );
  }
  return current;
}

function projectOf({ Project }: Morph, texts: Texts): Project {
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  for (const [path, text] of texts) project.createSourceFile(`/${path}`, text);
  return project;
}

interface Unused {
  readonly file: SourceFile;
  /** The same for the same name in the same file of another project. */
  readonly key: string;
  readonly cut: Cut;
}

/** Imports, constants, functions and types that nothing names. */
function unusedIn(project: Project, morph: Morph): readonly Unused[] {
  const { Node: Is } = morph;
  const found: Unused[] = [];
  for (const file of project.getSourceFiles()) {
    const add = (name: string, cut: Cut): void =>
      void found.push({ file, key: `${file.getFilePath()} ${name}`, cut });
    for (const declaration of file.getImportDeclarations()) {
      const specifiers = declaration.getNamedImports();
      const lonely = specifiers.filter(
        (one) => !isUsed(one.getAliasNode() ?? one.getNameNode(), declaration),
      );
      const others = declaration.getDefaultImport() ?? declaration.getNamespaceImport();
      if (lonely.length === specifiers.length && lonely.length > 0 && !others) {
        add(lonely.map((one) => one.getName()).join(), statementCut(declaration));
      } else {
        for (const one of lonely) add(one.getName(), elementCut(one));
      }
      if (others && specifiers.length === 0 && !isUsed(others, declaration))
        add(others.getText(), statementCut(declaration));
    }
    file.forEachDescendant((node) => {
      if (Is.isVariableStatement(node)) {
        const declarations = node.getDeclarations();
        const lonely = declarations.filter((one) => {
          const initializer = one.getInitializer();
          const name = one.getNameNode();
          return (
            Is.isIdentifier(name) &&
            !node.isExported() &&
            (!initializer || isPure(initializer, morph)) &&
            !isNamed(name, one)
          );
        });
        if (lonely.length === declarations.length) add(lonely[0].getName(), statementCut(node));
        else for (const one of lonely) add(one.getName(), elementCut(one));
      } else if (
        Is.isFunctionDeclaration(node) ||
        Is.isTypeAliasDeclaration(node) ||
        Is.isInterfaceDeclaration(node)
      ) {
        const name = node.getNameNode();
        const isOfMain = file.getFilePath() === "/net.ts" && node.isExported();
        if (name && !node.isDefaultExport() && !isOfMain && !isNamed(name, node))
          add(name.getText(), statementCut(node));
      } else if (Is.isBindingElement(node)) {
        const name = node.getNameNode();
        const pattern = node.getParent();
        const isInConstant =
          Is.isVariableDeclaration(pattern.getParent()) && Is.isObjectBindingPattern(pattern);
        const hasRest = isInConstant && pattern.getElements().some((one) => one.getDotDotDotToken());
        if (
          isInConstant &&
          !hasRest &&
          pattern.getElements().length > 1 &&
          Is.isIdentifier(name) &&
          !isNamed(name, node)
        )
          add(name.getText(), elementCut(node));
      }
    });
  }
  return found;
}

/** Whether something but the declaration itself refers to the name. */
function isNamed(name: Node, declaration: Node): boolean {
  const references = (name as Node & { findReferencesAsNodes(): Node[] }).findReferencesAsNodes();
  return references.some(
    (one) =>
      one.getSourceFile() !== declaration.getSourceFile() ||
      one.getPos() < declaration.getPos() ||
      one.getEnd() > declaration.getEnd(),
  );
}

/** Whether a file uses a name that it imports. */
function isUsed(name: Node, declaration: Node): boolean {
  const references = (name as Node & { findReferencesAsNodes(): Node[] }).findReferencesAsNodes();
  return references.some(
    (one) =>
      one.getSourceFile() === declaration.getSourceFile() &&
      (one.getPos() < declaration.getPos() || one.getEnd() > declaration.getEnd()),
  );
}

/** Names that are read as properties: `stage.depths`, `({ depths }) =>`; and those that stand in texts, which may be keys. */
function namesRead(
  project: Project,
  morph: Morph,
): { readonly read: Set<string>; readonly quoted: Set<string> } {
  const { Node: Is } = morph;
  const read = new Set<string>();
  const quoted = new Set<string>();
  for (const file of project.getSourceFiles()) {
    file.forEachDescendant((node) => {
      if (Is.isPropertyAccessExpression(node)) read.add(node.getName());
      else if (Is.isStringLiteral(node)) quoted.add(node.getLiteralText());
      else if (Is.isBindingElement(node) && Is.isObjectBindingPattern(node.getParent()))
        read.add((node.getPropertyNameNode() ?? node.getNameNode()).getText());
    });
  }
  return { read, quoted };
}

function unusedProperties(project: Project, morph: Morph, gone: ReadonlySet<string>): readonly Unused[] {
  const { Node: Is } = morph;
  const found: Unused[] = [];
  for (const file of project.getSourceFiles()) {
    file.forEachDescendant((node) => {
      const isProperty =
        (Is.isPropertyAssignment(node) && isPure(node.getInitializerOrThrow(), morph)) ||
        Is.isPropertySignature(node);
      if (isProperty && gone.has(node.getName())) found.push({ file, key: "", cut: elementCut(node) });
    });
  }
  return found;
}

/** Whether nothing happens when it is evaluated, but for functions that only make numbers. */
function isPure(node: Node, morph: Morph): boolean {
  const { Node: Is } = morph;
  const isImpure = (one: Node): boolean => {
    if (Is.isArrowFunction(one) || Is.isFunctionExpression(one)) return false;
    if (Is.isNewExpression(one) || Is.isPostfixUnaryExpression(one)) return true;
    if (
      Is.isBinaryExpression(one) &&
      /^([*/%+-]|\*\*|&&|\|\||\?\?|[&|^]|<<|>>>?)?=$/.test(one.getOperatorToken().getText())
    )
      return true;
    if (Is.isPrefixUnaryExpression(one) && /^(\+\+|--)/.test(one.getText())) return true;
    if (Is.isCallExpression(one) && !/^(range|makeDivisible|Math\.\w+)$/.test(one.getExpression().getText()))
      return true;
    return one.forEachChild((child) => isImpure(child) || undefined) ?? false;
  };
  return !isImpure(node);
}

/** A whole statement, with the comment that belongs to it; a file's first comment stays. */
function statementCut(node: Node): Cut {
  const text = node.getSourceFile().getFullText();
  const trivia = text.slice(node.getPos(), node.getStart());
  const isFirst = node.getPos() === 0;
  return {
    start: node.getPos(),
    end: endOfLine(text, node.getEnd()),
    instead: isFirst ? trivia : detachedComments(trivia).replace(/\n$/, ""),
  };
}

/** An element of a list that is separated by commas. */
function elementCut(node: Node<MorphTS.Node>): Cut {
  const text = node.getSourceFile().getFullText();
  const separator = /^\s*[,;]/.exec(text.slice(node.getEnd()));
  if (separator) return { start: node.getPos(), end: node.getEnd() + separator[0].length, instead: "" };
  const before = /,\s*$/.exec(text.slice(0, node.getPos() + 0));
  return {
    start: before ? node.getPos() - before[0].length : node.getPos(),
    end: node.getEnd(),
    instead: "",
  };
}

/** With the comment behind it. */
function endOfLine(text: string, from: number): number {
  const rest = text.slice(from);
  return text.length - afterLine(rest).length;
}

function withoutCuts(text: string, cuts: readonly Cut[]): string {
  let result = text;
  let last = text.length;
  // From the end; what lies in a part that goes already has gone.
  for (const { start, end, instead } of [...cuts].sort((a, b) => b.start - a.start || b.end - a.end)) {
    if (end > last) continue;
    result = result.slice(0, start) + instead + result.slice(end);
    last = start;
  }
  return result;
}
