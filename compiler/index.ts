/**
 * The compiler: one call a stage.
 *
 *     net.ts ─1-read→ Net ─2-check→ Checked ─3-simplify→ Simplified ─4-plan→ Planned ─5-lower→ Lowered ─6-emit→ files
 *     model.tflite ─import→ Net + tensors                                                       └─7-report→ report
 *
 * Faults of the input end a stage with `Rejected`, which carries its diagnostics; any other exception is a bug of ours.
 */

import { check } from "./2-check/index.js";
import { simplify } from "./3-simplify/index.js";
import { paretoFront, plan, type PlanOptions } from "./4-plan/index.js";
import { lower } from "./5-lower/index.js";
import { emit } from "./6-emit/index.js";
import { checkEdges, withEdges, type EdgeOptions } from "./edges.js";
import type { OutputFile } from "./files/output-file.js";
import { emitTogether, findClash, sharedArenas } from "./6-emit/together.js";
import { reportHtml, reportJson } from "./7-report/index.js";
import { SourceLines } from "./7-report/source-line.js";
import { placedIn, reject, Rejected, type Diagnostic } from "./diagnostics/diagnostic.js";
import type { Imported } from "./import/index.js";
import type { Simplified } from "./ir/graph.js";
import type { Lowered } from "./ir/lowered.js";
import { checkLimits } from "./limits/index.js";

export { Rejected, type Diagnostic } from "./diagnostics/diagnostic.js";
export { renderDiagnostic } from "./diagnostics/render.js";
export type { Lowered } from "./ir/lowered.js";
export type { OutputFile } from "./files/output-file.js";
export { reportHtml, reportJson, reportText } from "./7-report/index.js";

export type StageName = "1-read" | "2-check" | "3-simplify" | "4-plan" | "5-lower";

export interface CompileOptions extends EdgeOptions {
  /** Overrides the network's name, the prefix of all C symbols. */
  readonly name?: string;
  /** Overrides the model's board: a name, or a `.mcu` file. */
  readonly board?: string;
  /** GNU linker script whose MEMORY replaces the board's regions. */
  readonly linkerScript?: string;
  /** In place of the network's own limits: `sram <= 64 KiB`. */
  readonly limits?: string;
  /** Whether layers run row by row: wherever they can, never, or where it pays; default "chosen". */
  readonly streaming?: PlanOptions["streaming"];
  /** Which plan within the limits: the fastest, the smallest, or a compromise; default "balance". */
  readonly prefer?: PlanOptions["prefer"];
  /** Build a network although it is over its limits: to run it here. */
  readonly ignoreLimits?: boolean;
  /** Is told what is odd about the model and does not stop it. */
  warn?(diagnostics: readonly Diagnostic[]): void;
  /** Is shown the result of every stage. */
  observe?(stage: StageName, result: unknown): void;
}

/** Everything needed to emit the network: quantised, planned, lowered, within its limits. */
export async function compile(file: string, options: CompileOptions = {}): Promise<Lowered> {
  return pipeline(file, options, true);
}

/** The same without calibration and without a need for weights: sizes, plan and cost are right, numbers are not computed. */
export async function checkModel(file: string, options: CompileOptions = {}): Promise<Lowered> {
  return pipeline(file, options, false);
}

/**
 * The trade of memory against time: fastest first, plans of which each needs less memory and more cycles than the one before, all
 * within the limits or not. Without calibration, as `checkModel`.
 */
export async function paretoOf(file: string, options: CompileOptions = {}): Promise<Lowered[]> {
  const simplified = await front(file, options, false);
  const nets = placedIn(file, () => paretoFront(simplified).map((planned) => lower(planned)));
  // What is fastest for the core alone may wait longer for its memory.
  return nets.filter((net, index) =>
    nets.slice(index + 1).every((leaner) => leaner.totals.cycles > net.totals.cycles),
  );
}

async function pipeline(file: string, options: CompileOptions, numbers: boolean): Promise<Lowered> {
  const simplified = await front(file, options, numbers);
  return placedIn(file, () => {
    const planned = observed(options, "4-plan", plan(simplified, options));
    const lowered = observed(options, "5-lower", lower(planned));
    const violations = options.ignoreLimits ? [] : checkLimits(lowered);
    if (violations.length > 0) throw new Rejected(violations);
    return lowered;
  });
}

function observed<T>({ observe }: CompileOptions, stage: StageName, result: T): T {
  observe?.(stage, result);
  return result;
}

/** The stages before planning. */
async function front(file: string, options: CompileOptions, numbers: boolean): Promise<Simplified> {
  const model = await readModel(file);
  const named = options.name === undefined ? model.net : { ...model.net, name: options.name };
  const net = withEdges(named, options);
  const { tensors, origins } = model;
  observed(options, "1-read", net);
  const { board, linkerScript, limits, warn } = options;
  const wishes = { file, board, linkerScript, limits };
  const checked = observed(
    options,
    "2-check",
    check(net, { ...wishes, tensors, origins, loadCalibration: numbers, warn }),
  );
  checkEdges(checked, file, options);
  return placedIn(file, () => observed(options, "3-simplify", simplify(checked, { calibrate: numbers })));
}

/** A model file in TypeScript, read statically, or a `.tflite`, imported. Each reader is loaded when it is needed. */
async function readModel(file: string): Promise<Pick<Imported, "net"> & Partial<Imported>> {
  if (file.toLowerCase().endsWith(".tflite")) {
    const { importTflite } = await import("./import/index.js");
    return importTflite(file);
  }
  const { Model } = await import("./1-read/index.js");
  const { net, choices } = new Model(file).read();
  const [first] = choices;
  if (first) reject("MCU6002", first.site?.at ?? { file }, { choices: choices.length, first: first.name });
  return { net };
}

export interface OutputOptions {
  /** Hot loops as scheduled asm beside their C; default true. */
  readonly asm?: boolean;
}

/** All files of a build: the C with the model's lines in its comments, its build files, report.json and report.html. */
export function outputFiles(net: Lowered, options: OutputOptions = {}): OutputFile[] {
  return [...emittedFiles(net, options), jsonFile(reportJson(net)), htmlFile(reportHtml([net]))];
}

/**
 * The same for several networks in one firmware, with types for the arenas that they can share.
 * @param files the models' files, for diagnostics: MCU5030 and MCU5031 where names clash
 */
export function outputFilesTogether(
  nets: readonly Lowered[],
  files: readonly string[],
  options: OutputOptions = {},
): OutputFile[] {
  nets.forEach(({ name }, index) => {
    const other = nets.findIndex((net) => net.name.toLowerCase() === name.toLowerCase());
    if (other < index) reject("MCU5030", { file: files[index] }, { name, other: files[other] });
  });
  const emitted = nets.map((net) => emittedFiles(net, options));
  const clash = findClash(nets, emitted);
  if (clash) {
    const [first, second] = clash.networks;
    const names = [nets[first].name, nets[second].name] as const;
    reject("MCU5031", { file: files[second] }, { name: clash.name, networks: names });
  }
  const page = reportHtml(nets, sharedArenas(nets));
  return [...emitTogether(nets, emitted), jsonFile(reportTogether(nets)), htmlFile(page)];
}

/** What report.json says of several networks. */
export function reportTogether(nets: readonly Lowered[]): object {
  return { networks: nets.map(reportJson), sharedArenas: sharedArenas(nets) };
}

function emittedFiles(net: Lowered, { asm }: OutputOptions): OutputFile[] {
  const spans = net.operations.flatMap(({ site }) => site?.at ?? []);
  const lines = new SourceLines(spans.map(({ file }) => file));
  return emit(net, { asm, lineOf: (span) => lines.at(span).replace(/:\d+$/, "") });
}

const jsonFile = (report: object): OutputFile => ({
  path: "report.json",
  content: `${JSON.stringify(report, null, 2)}\n`,
});

const htmlFile = (content: string): OutputFile => ({ path: "report.html", content });
