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
import { plan } from "./4-plan/index.js";
import { lower } from "./5-lower/index.js";
import { emit } from "./6-emit/index.js";
import type { OutputFile } from "./files/output-file.js";
import { emitTogether, findClash, sharedArenas } from "./6-emit/together.js";
import { reportJson } from "./7-report/index.js";
import { SourceLines } from "./7-report/source-line.js";
import { placedIn, reject, Rejected, type Diagnostic } from "./diagnostics/diagnostic.js";
import type { Imported } from "./import/index.js";
import type { Lowered } from "./ir/lowered.js";
import { checkLimits } from "./limits/index.js";

export { Rejected, type Diagnostic } from "./diagnostics/diagnostic.js";
export { renderDiagnostic } from "./diagnostics/render.js";
export type { Lowered } from "./ir/lowered.js";
export type { OutputFile } from "./files/output-file.js";
export { reportJson, reportText } from "./7-report/index.js";

export type StageName = "1-read" | "2-check" | "3-simplify" | "4-plan" | "5-lower";

export interface CompileOptions {
  /** Overrides the network's name, the prefix of all C symbols. */
  readonly name?: string;
  /** Overrides the model's board: a name, or a `.mcu` file. */
  readonly board?: string;
  /** GNU linker script whose MEMORY replaces the board's regions. */
  readonly linkerScript?: string;
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

async function pipeline(file: string, options: CompileOptions, numbers: boolean): Promise<Lowered> {
  const observe = <T>(stage: StageName, result: T): T => {
    options.observe?.(stage, result);
    return result;
  };
  const model = await readModel(file);
  const net = options.name === undefined ? model.net : { ...model.net, name: options.name };
  const { tensors, origins } = model;
  observe("1-read", net);
  const { board, linkerScript, warn } = options;
  const checked = observe(
    "2-check",
    check(net, { file, tensors, origins, board, linkerScript, loadCalibration: numbers, warn }),
  );
  return placedIn(file, () => {
    const simplified = observe("3-simplify", simplify(checked, { calibrate: numbers }));
    const planned = observe("4-plan", plan(simplified));
    const lowered = observe("5-lower", lower(planned));
    const violations = options.ignoreLimits ? [] : checkLimits(lowered);
    if (violations.length > 0) throw new Rejected(violations);
    return lowered;
  });
}

/** A model file in TypeScript, read statically, or a `.tflite`, imported. Each reader is loaded when it is needed. */
async function readModel(file: string): Promise<Pick<Imported, "net"> & Partial<Imported>> {
  if (file.toLowerCase().endsWith(".tflite")) {
    const { importTflite } = await import("./import/index.js");
    return importTflite(file);
  }
  const { read } = await import("./1-read/index.js");
  return { net: read(file) };
}

export interface OutputOptions {
  /** Hot loops as scheduled asm beside their C; default true. */
  readonly asm?: boolean;
}

/** All files of a build: the C with the model's lines in its comments, its build files and report.json. */
export function outputFiles(net: Lowered, options: OutputOptions = {}): OutputFile[] {
  return [...emittedFiles(net, options), jsonFile(reportJson(net))];
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
  return [...emitTogether(nets, emitted), jsonFile(reportTogether(nets))];
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
