/**
 * 1-read: a model file becomes its `Net`, without being executed. TypeScript's checker has the first word; then the
 * file is searched for what is outside of the model language; then it is evaluated (see README.md here).
 */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { withChooser, type Choice, type Chooser } from "../../dsl/choices.js";
import type { Net } from "../../dsl/graph.js";
import { Rejected, reject, type Diagnostic, type Span } from "../diagnostics/diagnostic.js";
import { Asked } from "./asked.js";
import { MAX_CHECK_SECONDS, MAX_FAULTS, MAX_NESTING } from "./bounds.js";
import { Evaluation, type Observe } from "./evaluation.js";
import { Modules, type Exports } from "./modules.js";
import { isStackOverflow } from "./natives/index.js";
import { loadProgram, type Program } from "./program.js";
import { isFile } from "./resolution.js";
import { findUnsupported } from "./subset.js";
import { fromTypescript } from "./type-errors.js";
import { ts, type TS } from "./typescript.js";
import { describe, type Plain } from "./values.js";

/**
 * Reads a model; of a search space, its largest member.
 * @param file path of a `.ts` file whose default export is `network(…)`
 * @throws Rejected with what is wrong with the model
 */
export function read(file: string): Net {
  return new Model(file).read().net;
}

/** A network, and the choices on the way to it. */
export interface Reading {
  readonly net: Net;
  /** Each once, in the order in which they were first asked. */
  readonly choices: readonly Choice[];
}

/** A model file whose types have been checked. It may be read many times: a search space gives another network for other choices. */
export class Model {
  readonly #program: Program;
  readonly #path: string;

  /** @throws Rejected with everything that can be said before evaluation */
  constructor(file: string) {
    this.#path = resolve(file);
    demandFile(this.#path);
    this.#program = checkedProgram(this.#path);
  }

  /**
   * @param chooser answers choices; default: the last value of each
   * @param observe is told of everything that is evaluated
   * @throws Rejected with what is wrong with the model
   */
  read(chooser: Chooser = ({ domain }) => domain[domain.length - 1], observe?: Observe): Reading {
    const asked = new Asked(chooser);
    const { exports, evaluation } = withChooser(asked.answer, () =>
      evaluateProgram(this.#path, this.#program, observe),
    );
    const found = exports.get("default")?.value;
    if (typeof found === "object" && found !== null && evaluation.opaque.has(found)) {
      if ((found as Plain).kind === "network") return { net: found as Net, choices: asked.choices };
    }
    return reject("MCU1007", exportPlace(this.#program.main), {
      found: exports.has("default") ? describe(found, evaluation) : "none",
    });
  }

  /** The model file and its imports, by absolute path. */
  get sources(): Program["sources"] {
    return this.#program.sources;
  }

  get program(): Program {
    return this.#program;
  }
}

/** Evaluates a file of the model language and returns what it exports. */
export function evaluateModel(path: string): { exports: Exports; evaluation: Evaluation; program: Program } {
  const program = checkedProgram(path);
  return { ...evaluateProgram(path, program), program };
}

function checkedProgram(path: string): Program {
  const program = orTooDeep(path, () => loadProgram(path));
  for (const source of program.sources.values()) demandShallow(source);
  const faults = orTooDeep(path, () => findFaults(program));
  if (faults.length > 0) throw new Rejected(faults.slice(0, MAX_FAULTS));
  return program;
}

function evaluateProgram(
  path: string,
  program: Program,
  observe?: Observe,
): { exports: Exports; evaluation: Evaluation } {
  const evaluation = new Evaluation(program.checker, observe);
  try {
    return { exports: new Modules(program, evaluation).evaluate(path), evaluation };
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    // Each of the calls nests deeply in itself; or there are few, and one expression does.
    if (evaluation.calls.length > 20) return evaluation.reject("MCU1011", { depth: evaluation.calls.length });
    return evaluation.calls.length > 0
      ? evaluation.reject("MCU1014", {})
      : reject("MCU1014", { file: path }, {});
  }
}

/** Everything that can be said before evaluation, in the order of the source. */
function findFaults(program: Program): readonly Diagnostic[] {
  const { syntax, types } = program.errors();
  const convert = (error: TS.Diagnostic): Diagnostic => fromTypescript(error, program.sources);
  if (syntax.length > 0) return syntax.map(convert);
  const modules = [...program.sources.values()].filter(
    (one) => !one.isDeclarationFile && !one.fileName.endsWith(".json"),
  );
  const unsupported = modules.flatMap(findUnsupported);
  // What is not part of the language need not be right as well.
  const others = types
    .map(convert)
    .filter((one) => !unsupported.some(({ place }) => isSame(one.place, place)));
  return inSourceOrder([...others, ...unsupported], [...program.sources.keys()]);
}

const isSame = (a: Diagnostic["place"], b: Diagnostic["place"]): boolean =>
  isSpan(a) && isSpan(b) && a.file === b.file && a.start < b.end && b.start < a.end;

const isSpan = (place: Diagnostic["place"]): place is Span => place !== undefined && "start" in place;

function inSourceOrder(found: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  const start = ({ place }: Diagnostic): number => (isSpan(place) ? place.start : 0);
  const file = ({ place }: Diagnostic): number => (place ? files.indexOf(place.file) : -1);
  return [...found].sort((a, b) => file(a) - file(b) || start(a) - start(b));
}

function demandFile(path: string): void {
  const why = !existsSync(path)
    ? "there is no such file"
    : !isFile(path)
      ? "it is not a regular file, or too large"
      : !path.endsWith(".ts")
        ? "a model is a .ts file"
        : undefined;
  if (why !== undefined) reject("MCU1005", { file: path }, { why });
}

/** Goes through the syntax without recursion. */
function demandShallow(source: TS.SourceFile): void {
  const open: (readonly [TS.Node, number])[] = [[source, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    if (depth > MAX_NESTING) {
      reject("MCU1014", { file: source.fileName, start: node.getStart(source), end: node.end }, {});
    }
    ts.forEachChild(node, (child) => void open.push([child, depth + 1]));
  }
}

/** TypeScript and the search for faults go down the syntax tree as deep as it is. */
function orTooDeep<T>(path: string, part: () => T): T {
  try {
    return part();
  } catch (error) {
    if (isStackOverflow(error)) return reject("MCU1014", { file: path }, {});
    if (!(error instanceof ts.OperationCanceledException)) throw error;
    return reject("MCU1015", { file: path }, { seconds: MAX_CHECK_SECONDS });
  }
}

/** The default export, else the end of the file. */
function exportPlace(source: TS.SourceFile): Span {
  const node = source.statements.find(ts.isExportAssignment);
  const end = source.text.trimEnd().length;
  if (!node) return { file: source.fileName, start: end, end };
  return { file: source.fileName, start: node.expression.getStart(source), end: node.expression.end };
}
