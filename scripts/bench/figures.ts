/** What the bench measures of one network. */

import type { Checked, Constant } from "../../compiler/ir/graph.js";
import { elements } from "../../compiler/ir/graph.js";
import { emitCalls } from "../../compiler/6-emit/index.js";
import {
  compile,
  outputFiles,
  reportJson,
  type CompileOptions as Planning,
  type Lowered,
  type OutputFile,
} from "../../compiler/index.js";
import type { Callable, CompileOptions, Tensors } from "../../compiler/run/callable.js";
import { measureInference } from "../../compiler/run/inference.js";
import { prepare } from "../../compiler/run/javascript.js";
import { cyclesIn, type Region } from "../../compiler/run/measurement.js";
import { memories as known, type MemoryName } from "../../compiler/run/memories.js";
import { patternOf } from "../../compiler/run/pattern.js";
import { profile } from "../../compiler/run/profile.js";
import { difference, readRecording, type Recording } from "../conformance/corpus.js";
import type { Benched } from "./networks.js";

export interface LayerFigures {
  readonly name: string;
  readonly kernel: string;
  readonly macs: number;
  readonly predicted: number;
  readonly instructions: number;
  readonly cycles?: Cycles;
}

/** By memory; `h743-dtcm` only where arena and stack fit there. */
export type Cycles = Readonly<Partial<Record<MemoryName, number>>>;

export interface NetworkFigures {
  readonly name: string;
  readonly macs: number;
  readonly instructions: number;
  /** Absent where the plugin is. */
  readonly cycles?: Cycles;
  /** The compiler's, of the core. */
  readonly predicted: number;
  /** Bytes; `fast`: in tightly coupled memory beside the arena, 0 where there is none. */
  readonly arena: number;
  readonly fast: number;
  readonly stack: number;
  readonly stackPredicted: number;
  readonly text: number;
  readonly rodata: number;
  /** Of the model as it is given, one byte a weight. */
  readonly weights: number;
  /** Cases that were compared, on the host and on the emulator. */
  readonly cases: readonly [host: number, emulator: number];
  /** The first byte that is not as recorded (without a recording: not as on the host). */
  readonly wrong?: string;
  readonly layers?: readonly LayerFigures[];
  /** Why there are no cycles. */
  readonly missing?: string;
}

export interface BenchOptions extends Pick<Planning, "limits" | "prefer" | "feed"> {
  readonly board: string;
  /** Float inputs and outputs as int8. */
  readonly int8: boolean;
  /** Compiler options: optimisation, defines. */
  readonly flags: readonly string[];
  /** Hot loops as scheduled asm. */
  readonly asm: boolean;
  readonly layers: boolean;
}

const measured: readonly MemoryName[] = ["h743", "h743-dtcm", "f746"];

/** @throws Rejected where the network does not build, or a tool is missing */
export async function benchNetwork(benched: Benched, options: BenchOptions): Promise<NetworkFigures> {
  let weights = 0;
  const net = await compile(benched.model, {
    board: options.board,
    limits: options.limits,
    prefer: options.prefer,
    feed: options.feed,
    ...(options.int8 ? { inferenceInputType: "int8", inferenceOutputType: "int8" } : {}),
    ignoreLimits: true,
    observe: (stage, result) => {
      if (stage === "2-check") weights = weightCount(result as Checked);
    },
  });
  const callable = reportJson(net) as Callable;
  const recording = benched.recording
    ? readRecording({ name: benched.name, folder: benched.recording }, net)
    : undefined;
  const inputs = recording?.inputs ?? [patternOf(callable)];
  const found = runHere(net, inputs, recording);
  const files = outputFiles(net, options);
  const compileOptions: CompileOptions = { flags: options.flags };
  const inference = await measureInference(files, callable, inputs[0], measured, compileOptions);
  const { stackBytes: stack, run, size } = inference;
  return {
    name: benched.name,
    macs: net.totals.macs,
    instructions: run.instructions,
    cycles: cyclesOf(run, stack, net),
    predicted: net.totals.coreCycles,
    arena: net.arena.bytes,
    fast: net.fast?.bytes ?? 0,
    stack,
    stackPredicted: net.totals.stackBytes,
    ...size,
    weights,
    cases: [recording?.inputs.length ?? 0, 1],
    wrong: firstWrong(net, found, inference.outputs, recording),
    layers: options.layers ? await layersOf(net, files, callable, inputs[0], compileOptions) : undefined,
    missing: inference.missing,
  };
}

function runHere(net: Lowered, inputs: readonly Tensors[], recording?: Recording): Tensors[] {
  const { run, reset } = prepare(net);
  return inputs.map((tensors) => {
    if (recording?.resetsBeforeEach) reset();
    return run(tensors);
  });
}

function firstWrong(
  net: Lowered,
  host: readonly Tensors[],
  emulator: Tensors,
  recording?: Recording,
): string | undefined {
  const names = net.outputs.map(({ name }) => name);
  const here = recording ? difference(host, recording.outputs, names) : undefined;
  if (here !== undefined) return `host: ${here}`;
  const there = difference([emulator], (recording?.outputs ?? host).slice(0, 1), names);
  return there === undefined ? undefined : `emulator: ${there}`;
}

async function layersOf(
  net: Lowered,
  files: readonly OutputFile[],
  callable: Callable,
  tensors: Tensors,
  options: CompileOptions,
): Promise<LayerFigures[]> {
  const { layers, stackBytes } = await profile(files, callable, emitCalls(net), tensors, {
    ...options,
    memories: measured,
  });
  return net.lowered.map((step, i) => ({
    name: step.name,
    kernel: step.step.kernel.name,
    macs: step.macs,
    predicted: step.coreCycles,
    instructions: layers[i].instructions,
    cycles: cyclesOf(layers[i], stackBytes, net),
  }));
}

function cyclesOf({ timing }: Region, stack: number, { arena, fast, board }: Lowered): Cycles | undefined {
  if (!timing) return undefined;
  const coupled = board.regions.filter((region) => region.tightlyCoupled && region.kind === "sram");
  const fits = coupled.some((region) => arena.bytes + (fast?.bytes ?? 0) + stack <= region.bytes);
  const names = (["ideal", ...measured] as const).filter((name) => fits || !known[name].dataIsTightlyCoupled);
  return Object.fromEntries(names.map((name) => [name, cyclesIn(timing, name)]));
}

/** Numbers among the weights; biases are not weights. */
function weightCount({ operations, values }: Checked): number {
  const inOperations = operations.flatMap(({ attributes }) => constantsIn(attributes));
  const operands = values.flatMap(({ constant }) => constant ?? []);
  return [...inOperations, ...operands]
    .filter(({ dtype }) => dtype === "int8" || dtype === "float32")
    .reduce((total, { shape }) => total + elements(shape), 0);
}

function constantsIn(attributes: object): Constant[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    if (value === null || typeof value !== "object" || /bias/i.test(name)) return [];
    if ("shape" in value && "dtype" in value) return [value as Constant];
    return Array.isArray(value) ? [] : constantsIn(value);
  });
}
