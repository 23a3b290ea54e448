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

type Find = (node: any) => Fault | undefined;

/** All places of a file that are outside of the language. */
export function findUnsupported(source: TS.SourceFile): readonly Diagnostic[] {
  const table = faultTable();
  const found: Diagnostic[] = [];
  const visit = (node: TS.Node): void => {
    // Types are the type checker's business; `f<number>` is a type node that holds an expression.
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || isAmbient(node)) return;
    const fault = table[node.kind]?.(node);
    if (!fault) return ts.forEachChild(node, visit);
    found.push(diagnostic("MCU1001", placeOf(fault.node ?? node, source), { what: fault.what, help: fault.help }));
  };
  ts.forEachChild(source, visit);
  return found;
}

function faultTable(): Find[] {
  const K = ts.SyntaxKind;
  const table: Find[] = [];
  const never = (kinds: readonly TS.SyntaxKind[], what: string, help: string, part?: (node: any) => TS.Node): void => {
    for (const kind of kinds) table[kind] = (node) => ({ what, help, node: part?.(node) });
  };
  const keyword = (node: TS.Node): TS.Node => node.getFirstToken(node.getSourceFile()) ?? node;
  never([K.ClassDeclaration, K.ClassExpression], "classes are", "write a function that returns tensors", (node) => {
    return node.name ?? keyword(node);
  });
  never([K.TryStatement], "try/catch is", "test with if; what a model throws ends its reading", keyword);
  never([K.ThisKeyword], "this is", "give the function what it needs as a parameter");
  never([K.AwaitExpression], "await is", "a model is read at once: leave await out, or keep the data in a .json file");
  never([K.YieldExpression], "yield is", "return an array");
  never([K.RegularExpressionLiteral], "regular expressions are", "use startsWith, includes, split or replaceAll with a text");
  never([K.BigIntLiteral], "bigints are", "use a number");
  never([K.DeleteExpression], "delete is", "take the object apart: const { name, ...rest } = object");
  never([K.TaggedTemplateExpression], "tagged templates are", "call the function with a plain template: f(`…`)");
  never([K.MetaProperty], "this property is", "paths in a model are relative to the model file: write them as text");
  never([K.GetAccessor, K.SetAccessor], "get and set are", "write a function, or a property with its value", keyword);
  never([K.DebuggerStatement], "debugger is", "see the network with --show=1-read");
  never([K.ModuleDeclaration], "namespaces are", "write a file of its own and import it", keyword);
  never([K.ImportEqualsDeclaration], "import … = is", `write import … from "./file.ts"`);
  never([K.OmittedExpression], "holes in arrays are", "write undefined");

  table[K.VariableDeclarationList] = (node: TS.VariableDeclarationList) => {
    const using = ts.NodeFlags.Using & node.flags && !(ts.NodeFlags.Const & node.flags);
    if (node.flags & ts.NodeFlags.BlockScoped && !using) return undefined;
    return { what: using ? "using is" : "var is", help: "use const or let", node: keyword(node) };
  };
  table[K.ExportAssignment] = (node: TS.ExportAssignment) =>
    node.isExportEquals ? { what: "export = is", help: "write export default" } : undefined;
  table[K.NewExpression] = (node: TS.NewExpression) => {
    const name = ts.isIdentifier(node.expression) ? node.expression.text : undefined;
    if (name !== undefined && Object.hasOwn(constructors, name)) return undefined;
    return { what: `new ${name ?? "…"} is`, help: "only Map, Set, Array and Error can be made with new" };
  };
  table[K.CallExpression] = (node: TS.CallExpression) =>
    node.expression.kind === K.ImportKeyword
      ? { what: "import(…) is", help: `import at the top of the file: import { name } from "./file.ts"` }
      : undefined;
  table[K.BinaryExpression] = (node: TS.BinaryExpression) =>
    node.operatorToken.kind === K.InstanceOfKeyword
      ? { what: "instanceof is", help: "use Array.isArray or typeof", node: node.operatorToken }
      : undefined;
  table[K.ForOfStatement] = (node: TS.ForOfStatement) =>
    node.awaitModifier && { what: "for await is", help: "loop over an array", node: node.awaitModifier };
  for (const kind of [K.FunctionDeclaration, K.FunctionExpression, K.ArrowFunction, K.MethodDeclaration]) {
    table[kind] = functionFault;
  }
  // A hole is fine in a pattern: `const [, second] = pair`.
  table[K.ArrayBindingPattern] = () => undefined;
  const hole = table[K.OmittedExpression];
  table[K.OmittedExpression] = (node: TS.Node) => (isInPattern(node) ? undefined : hole(node));
  return table;
}

function functionFault(node: TS.FunctionLikeDeclaration): Fault | undefined {
  if (node.asteriskToken) return { what: "generators are", help: "return an array", node: node.asteriskToken };
  const async = ts.canHaveModifiers(node)
    ? ts.getModifiers(node)?.find((one) => one.kind === ts.SyntaxKind.AsyncKeyword)
    : undefined;
  return async && { what: "async functions are", help: "a model is read at once: leave async out", node: async };
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
  return ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

function placeOf(node: TS.Node, source: TS.SourceFile): Span {
  return { file: source.fileName, start: node.getStart(source), end: node.end };
}
