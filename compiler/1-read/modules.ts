/** The files of a model: each is evaluated once, when it is first imported. */

import * as boards from "../../dsl/boards.js";
import * as dsl from "../../dsl/index.js";
import { reject } from "../diagnostics/diagnostic.js";
import { takeIn } from "./calls.js";
import { spanOf, type Evaluation } from "./evaluation.js";
import { evaluate } from "./expressions.js";
import type { Program } from "./program.js";
import { isRelative } from "./resolution.js";
import { Scope, type Cell } from "./scope.js";
import { execute, hoist } from "./statements.js";
import { ts, type TS } from "./typescript.js";
import type { Plain } from "./values.js";

/** What a module exports. Cells are shared, so that importers see later changes. */
export type Exports = ReadonlyMap<string, Cell>;

const dslModules: Readonly<Record<string, Plain>> = { "tsc-mcu": dsl, "tsc-mcu/boards": boards };

export class Modules {
  private readonly finished = new Map<string, Exports>();
  private readonly unfinished: string[] = [];

  constructor(
    private readonly program: Program,
    private readonly evaluation: Evaluation,
  ) {}

  /** Evaluates a file of the program, unless that was done before. */
  evaluate(file: string): Exports {
    const known = this.finished.get(file);
    if (known) return known;
    const source = this.program.sources.get(file)!;
    const scope = new Scope({ file, source, evaluation: this.evaluation });
    this.unfinished.push(file);
    const exports = file.endsWith(".json") ? jsonExports(source, scope) : this.run(source, scope);
    this.unfinished.pop();
    this.finished.set(file, exports);
    return exports;
  }

  private run(source: TS.SourceFile, scope: Scope): Exports {
    for (const statement of source.statements) {
      if (ts.isImportDeclaration(statement)) this.importNames(statement, scope);
    }
    hoist(source.statements, scope);
    const exports = new Map<string, Cell>();
    for (const statement of source.statements) {
      if (ts.isExportAssignment(statement)) {
        exports.set("default", constantCell(evaluate(statement.expression, scope)));
      } else if (ts.isExportDeclaration(statement)) {
        this.exportNames(statement, scope, exports);
      } else {
        execute(statement, scope);
        for (const [outside, inside] of exportedNames(statement)) {
          const cell = scope.find(inside);
          if (cell) exports.set(outside, cell);
        }
      }
    }
    return exports;
  }

  private importNames(node: TS.ImportDeclaration, scope: Scope): void {
    const clause = node.importClause;
    if (clause?.isTypeOnly) return;
    const exports = this.load(node, scope);
    if (clause?.name) share(scope, clause.name.text, exports.get("default"));
    const bindings = clause?.namedBindings;
    if (bindings && ts.isNamespaceImport(bindings)) {
      scope.set(bindings.name.text, this.namespace(exports), true);
    } else if (bindings) {
      for (const { name, propertyName, isTypeOnly } of bindings.elements) {
        // What is not among the values is a type: the type checker has found it.
        if (!isTypeOnly) share(scope, name.text, exports.get((propertyName ?? name).text));
      }
    }
  }

  private exportNames(node: TS.ExportDeclaration, scope: Scope, exports: Map<string, Cell>): void {
    if (node.isTypeOnly) return;
    const from = node.moduleSpecifier ? this.load(node, scope) : undefined;
    const clause = node.exportClause;
    if (!clause) {
      for (const [name, cell] of from!) if (name !== "default" && !exports.has(name)) exports.set(name, cell);
    } else if (ts.isNamespaceExport(clause)) {
      exports.set(clause.name.text, constantCell(this.namespace(from!)));
    } else {
      for (const { name, propertyName, isTypeOnly } of clause.elements) {
        const inside = (propertyName ?? name).text;
        const cell = isTypeOnly ? undefined : from ? from.get(inside) : scope.find(inside);
        if (cell) exports.set(name.text, cell);
      }
    }
  }

  /** The module that an import or export names. */
  private load(node: TS.ImportDeclaration | TS.ExportDeclaration, scope: Scope): Exports {
    const specifier = (node.moduleSpecifier as TS.StringLiteral).text;
    const place = spanOf(node.moduleSpecifier!, scope);
    if (Object.hasOwn(dslModules, specifier)) return this.dslExports(dslModules[specifier], scope);
    const file = this.program.resolve(specifier, scope.unit.file);
    if (!isRelative(specifier) || file === undefined) return reject("MCU1004", place, { specifier });
    if (file.endsWith(".d.ts")) return new Map();
    if (this.unfinished.includes(file)) {
      return reject("MCU1006", place, { specifier });
    }
    return this.evaluate(file);
  }

  private dslExports(module: Plain, scope: Scope): Exports {
    for (const value of Object.values(module)) takeIn(value, scope);
    return new Map(Object.entries(module).map(([name, value]) => [name, constantCell(value)]));
  }

  /** `import * as name`: an object whose properties, in alphabetical order, are the present values. */
  private namespace(exports: Exports): Plain {
    const namespace: Plain = Object.create(null);
    for (const [name, cell] of [...exports].sort(([a], [b]) => (a < b ? -1 : 1))) {
      Object.defineProperty(namespace, name, { get: () => cell.value, enumerable: true });
    }
    this.evaluation.foreign.add(namespace);
    return namespace;
  }
}

function jsonExports(source: TS.SourceFile, scope: Scope): Exports {
  const [statement] = source.statements as unknown as readonly TS.ExpressionStatement[];
  // TypeScript takes an empty file for JSON; JSON.parse does not.
  if (statement === undefined) reject("MCU1008", { file: source.fileName, start: 0, end: source.end }, {});
  const value = evaluate(statement.expression, scope);
  const exports = new Map([["default", constantCell(value)]]);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return exports;
  for (const [name, part] of Object.entries(value))
    if (name !== "default") exports.set(name, constantCell(part));
  return exports;
}

/** The names that a statement with the modifier `export` exports: outside and inside. */
function exportedNames(node: TS.Statement): readonly (readonly [string, string])[] {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const has = (kind: TS.SyntaxKind): boolean => modifiers.some((one) => one.kind === kind);
  if (!has(ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations.flatMap(({ name }) => namesOf(name)).map((name) => [name, name]);
  }
  const name = (node as TS.DeclarationStatement).name?.text ?? "default";
  return [[has(ts.SyntaxKind.DefaultKeyword) ? "default" : name, name]];
}

function namesOf(name: TS.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : namesOf(element.name)));
}

const constantCell = (value: unknown): Cell => ({ value, ready: true, constant: true });

/** An imported name is a constant to its importer, whatever the exporter does with it. */
function share(scope: Scope, name: string, cell: Cell | undefined): void {
  if (!cell) return;
  if (cell.constant) scope.share(name, cell);
  else scope.share(name, importedCell(cell));
}

const importedCell = (cell: Cell): Cell => ({
  get value() {
    return cell.value;
  },
  set value(_: unknown) {
    throw new Error("an import is a constant");
  },
  get ready() {
    return cell.ready;
  },
  constant: true,
});
