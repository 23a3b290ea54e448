/**
 * What TypeScript has and the model language does not. Found before anything is evaluated, so that everything is
 * reported at once, also in functions that are never called.
 */

import { diagnostic, type Diagnostic, type Span } from "../diagnostics/diagnostic.js";
import { constructors } from "./natives/index.js";
import { ts, type TS } from "./typescript.js";

/** Something that is not part of the language: its name with a verb, what to write instead, and what to underline. */
interface Fault {
  readonly what: string;
  readonly help: string;
  readonly node?: TS.Node;
}

/** All places of a file that are outside of the language. */
export function findUnsupported(source: TS.SourceFile): readonly Diagnostic[] {
  const finders = (table ??= faultTable());
  const found: Diagnostic[] = [];
  const visit = (node: TS.Node): void => {
    // Types are the type checker's business; `f<number>` is a type node that holds an expression.
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || isAmbient(node)) return;
    const fault = finders[node.kind]?.(node);
    if (!fault) return ts.forEachChild(node, visit);
    const { what, help } = fault;
    found.push(diagnostic("MCU1001", placeOf(fault.node ?? node, source), { what, help }));
  };
  ts.forEachChild(source, visit);
  return found;
}

/** What to underline of a kind of syntax that is not part of the language: its first word, its name, or all of it. */
type Part = "word" | "name" | "all";

/** Kinds of syntax of which nothing is part of the language. */
const faults: Partial<Record<keyof typeof TS.SyntaxKind, readonly [what: string, help: string, part: Part]>> =
  {
    ClassDeclaration: ["classes are", "write a function that returns tensors", "name"],
    ClassExpression: ["classes are", "write a function that returns tensors", "name"],
    TryStatement: ["try/catch is", "test with if; what a model throws ends its reading", "word"],
    ThisKeyword: ["this is", "give the function what it needs as a parameter", "all"],
    AwaitExpression: ["await is", "a model is read at once: keep data in a .json file", "all"],
    YieldExpression: ["yield is", "return an array", "all"],
    RegularExpressionLiteral: [
      "regular expressions are",
      "use startsWith, includes, split or replaceAll with a text",
      "all",
    ],
    BigIntLiteral: ["bigints are", "use a number", "all"],
    DeleteExpression: ["delete is", "take the object apart: const { name, ...rest } = object", "all"],
    TaggedTemplateExpression: [
      "tagged templates are",
      "call the function with a plain template: f(`…`)",
      "all",
    ],
    MetaProperty: [
      "import.meta is",
      "paths in a model are relative to the model file: write them as text",
      "all",
    ],
    GetAccessor: ["get and set are", "write a function, or a property with its value", "word"],
    SetAccessor: ["get and set are", "write a function, or a property with its value", "word"],
    DebuggerStatement: ["debugger is", "see the network with --show=1-read", "all"],
    ModuleDeclaration: ["namespaces are", "write a file of its own and import it", "word"],
    ImportEqualsDeclaration: ["import … = is", `write import … from "./file.ts"`, "all"],
  };

type Find = (node: any) => Fault | undefined;

/** Kinds of syntax of which something is not part of the language. */
const tests: Partial<Record<keyof typeof TS.SyntaxKind, Find>> = {
  VariableDeclarationList: variableFault,
  ExportAssignment: (node: TS.ExportAssignment) =>
    node.isExportEquals ? { what: "export = is", help: "write export default" } : undefined,
  NewExpression(node: TS.NewExpression) {
    const name = ts.isIdentifier(node.expression) ? node.expression.text : undefined;
    if (name !== undefined && Object.hasOwn(constructors, name)) return undefined;
    return { what: `new ${name ?? "…"} is`, help: "only Map, Set, Array and Error can be made with new" };
  },
  CallExpression: (node: TS.CallExpression) =>
    node.expression.kind === ts.SyntaxKind.ImportKeyword
      ? { what: "import(…) is", help: `import at the top of the file: import { name } from "./file.ts"` }
      : undefined,
  BinaryExpression: (node: TS.BinaryExpression) =>
    node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
      ? { what: "instanceof is", help: "use Array.isArray or typeof", node: node.operatorToken }
      : undefined,
  ForOfStatement: (node: TS.ForOfStatement) =>
    node.awaitModifier && { what: "for await is", help: "loop over an array", node: node.awaitModifier },
  OmittedExpression: (node: TS.Node) =>
    isInPattern(node) ? undefined : { what: "holes in arrays are", help: "write undefined" },
  FunctionDeclaration: functionFault,
  FunctionExpression: functionFault,
  ArrowFunction: functionFault,
  MethodDeclaration: functionFault,
};

let table: Find[] | undefined;

/** Both of the above, by the kinds' numbers, which are known once TypeScript is loaded. */
function faultTable(): Find[] {
  const result: Find[] = [];
  for (const [kind, find] of Object.entries(tests)) result[ts.SyntaxKind[kind as keyof typeof tests]] = find;
  for (const [kind, [what, help, part]] of Object.entries(faults)) {
    result[ts.SyntaxKind[kind as keyof typeof faults]] = (node) => ({
      what,
      help,
      node: part === "all" ? node : (part === "name" && node.name) || firstWord(node),
    });
  }
  return result;
}

const firstWord = (node: TS.Node): TS.Node => node.getFirstToken(node.getSourceFile()) ?? node;

function variableFault(node: TS.VariableDeclarationList): Fault | undefined {
  const using = node.flags & ts.NodeFlags.Using;
  if (node.flags & ts.NodeFlags.BlockScoped && !using) return undefined;
  return { what: using ? "using is" : "var is", help: "use const or let", node: firstWord(node) };
}

function functionFault(node: TS.FunctionLikeDeclaration): Fault | undefined {
  if (node.asteriskToken)
    return { what: "generators are", help: "return an array", node: node.asteriskToken };
  const async = ts.canHaveModifiers(node)
    ? ts.getModifiers(node)?.find((one) => one.kind === ts.SyntaxKind.AsyncKeyword)
    : undefined;
  return (
    async && { what: "async functions are", help: "a model is read at once: leave async out", node: async }
  );
}

/** `declare …`: for the type checker alone. */
function isAmbient(node: TS.Node): boolean {
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some((one) => one.kind === ts.SyntaxKind.DeclareKeyword) ?? false;
}

/** Whether a hole is on the left of an assignment or in a declaration. */
function isInPattern(hole: TS.Node): boolean {
  let node = hole.parent;
  if (ts.isArrayBindingPattern(node)) return true;
  while (ts.isArrayLiteralExpression(node.parent)) node = node.parent;
  const { parent } = node;
  if (ts.isForOfStatement(parent)) return parent.initializer === node;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

function placeOf(node: TS.Node, source: TS.SourceFile): Span {
  return { file: source.fileName, start: node.getStart(source), end: node.end };
}
