/** Random networks three ways: the operators' reference semantics, the loop IR on the host, and the C. */

import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { Rejected, type CompileOptions, type Lowered } from "../../compiler/index.js";
import { elements, type Graph, type Value } from "../../compiler/ir/graph.js";
import { operatorOf } from "../../compiler/ops/index.js";
import { evaluate, initialState } from "../../compiler/ops/evaluate.js";
import type { TensorArray, Tensors } from "../../compiler/run/callable.js";
import { prepare } from "../../compiler/run/javascript.js";
import { faultsOf } from "../../compiler/run/shadow/index.js";
import { runBatched, type Job } from "../batch.js";
import { difference } from "../conformance/corpus.js";
import type { Random } from "../random.js";
import { randomNetwork, type RandomNetwork } from "./network.js";

export interface Options {
  readonly seed: number;
  readonly first?: number;
  readonly count: number;
  /** Natively, too. */
  readonly native: boolean;
  /** Here once more, in a memory that knows who wrote every byte. */
  readonly shadow?: boolean;
  readonly streaming?: CompileOptions["streaming"];
  /** The share of networks made of layers that can run row by row; default `defaultStreams`. */
  readonly streams?: number;
  progress?(text: string): void;
}

export interface Fault {
  readonly index: number;
  readonly what: string;
}

export interface Result {
  readonly compared: number;
  /** Networks that the tool does not take, with its reasons: a sign that the generator draws nonsense. */
  readonly rejected: readonly Fault[];
  readonly faults: readonly Fault[];
  /** In how many networks each operator occurs. */
  readonly operators: Readonly<Record<string, number>>;
}

interface Compared {
  readonly index: number;
  readonly job: Job;
  readonly expected: readonly Tensors[];
}

export const defaultStreams = 0.25;

const casesEach = 3;

/** Compiled natively in parts, so that memory stays bounded. */
const part = 200;

export async function compareNetworks(options: Options): Promise<Result> {
  const { seed, first = 0, count, streams = defaultStreams } = options;
  const result = {
    compared: 0,
    rejected: [] as Fault[],
    faults: [] as Fault[],
    operators: {} as Record<string, number>,
  };
  let waiting: Compared[] = [];
  const flush = async (): Promise<void> => {
    if (options.native) result.faults.push(...(await compareNative(waiting)));
    result.compared += waiting.length;
    waiting = [];
    options.progress?.(`${result.compared} of ${count}, ${result.faults.length} at fault`);
  };
  for (let index = first; index < first + count; index++) {
    try {
      const drawn = randomNetwork(seed, index, { streams });
      const compared = compareHere(drawn, index, options);
      if ("what" in compared) result.faults.push(compared);
      else waiting.push(compared);
      for (const name of drawn.operators) result.operators[name] = (result.operators[name] ?? 0) + 1;
    } catch (error) {
      if (error instanceof Rejected) result.rejected.push({ index, what: error.message });
      else result.faults.push({ index, what: String((error as Error).stack) });
    }
    if (waiting.length === part) await flush();
  }
  await flush();
  return result;
}

function compareHere(
  { net, tensors, random }: RandomNetwork,
  index: number,
  { streaming, shadow }: Options,
): Compared | Fault {
  const checked = check(net, { file: "net.ts", tensors, board: "mps2-an500", loadCalibration: false });
  const lowered: Lowered = lower(plan(simplify(checked, { calibrate: true }), { streaming }));
  const cases = Array.from({ length: casesEach }, (_, i) =>
    lowered.inputs.map((id) => inputData(lowered.values[id], random, i)),
  );
  const names = lowered.outputs.map(({ name }) => name);
  const expected = reference(lowered, cases);
  const simplified = isSettled(checked) && difference(expected, reference(checked, cases), names);
  if (simplified) return { index, what: `simplified: ${simplified}` };
  const { run, reset } = prepare(lowered);
  reset();
  const here = difference(cases.map(run), expected, names);
  if (here !== undefined) return { index, what: `host: ${here}` };
  const faults = shadow ? faultsOf(lowered, cases, false, expected) : [];
  if (faults.length > 0) return { index, what: `shadow: ${faults.join("; ")}` };
  return { index, job: { net: lowered, cases, resetsBeforeEach: false }, expected };
}

/** Whether operands that must have one quantisation do: else only the simplified network can be evaluated. */
function isSettled(graph: Graph): boolean {
  const same = (a: Value, b: Value): boolean =>
    a.quantization?.scale === b.quantization?.scale &&
    a.quantization?.zeroPoint === b.quantization?.zeroPoint;
  return graph.operations.every((operation) => {
    const { inputs, output } = operation;
    if (operatorOf(operation).quantization(operation) !== "shared") return true;
    return inputs.every((input) => same(graph.values[input], graph.values[output]));
  });
}

/** The cases are consecutive calls, for networks with state. */
function reference(graph: Graph, cases: readonly Tensors[]): Tensors[] {
  const state = initialState(graph);
  return cases.map((inputs) => {
    const data = evaluate(graph, new Map(graph.inputs.map((id, i) => [id, inputs[i]])), state);
    return graph.outputs.map(({ value }) => data.get(value) as TensorArray);
  });
}

async function compareNative(networks: readonly Compared[]): Promise<Fault[]> {
  const outcomes = await runBatched(
    "native",
    networks.map(({ job }) => job),
  );
  return networks.flatMap(({ index, job, expected }, i): Fault[] => {
    const outcome = outcomes[i];
    if (outcome instanceof Rejected) return [{ index, what: `native: ${outcome.message}` }];
    const names = job.net.outputs.map(({ name }) => name);
    const found = difference(outcome, expected, names);
    return found === undefined ? [] : [{ index, what: `native: ${found}` }];
  });
}

/** Anything, then extremes, then small values; reals with what has no number. */
function inputData({ shape, dtype }: Value, random: Random, kind: number): TensorArray {
  const length = elements(shape);
  const least = dtype === "uint8" ? 0 : -128;
  const whole = [
    () => random.int(least, least + 255),
    () => random.pick([least, least + 255]),
    () => random.int(-2, 2) + least + 128,
  ][kind];
  if (dtype === "uint8") return Uint8Array.from({ length }, whole);
  if (dtype === "int8") return Int8Array.from({ length }, whole);
  const real = [
    () => (random.next() - 0.5) * 8,
    () => random.pick([-1e9, 1e9, 0, -0, 0.5]),
    () => random.next(),
  ][kind];
  return Float32Array.from({ length }, real);
}
