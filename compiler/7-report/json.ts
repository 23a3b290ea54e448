/** report.json: what programs need to drive a network without reading its C, and what it costs. */

import type { DType, Value } from "../ir/graph.js";
import type { Lowered, LoweredStep } from "../ir/lowered.js";
import { arenaNames } from "../6-emit/names.js";
import { arenasOf } from "../ir/plan.js";
import { limitName } from "../limits/parse-limits.js";
import { layerName, layerPlace, usageOf } from "../limits/usage.js";
import type { Quantity } from "../limits/limits.js";
import { reportChannels, type ReportedChannels } from "./channels.js";
import { SourceLines } from "./source-line.js";

export interface Report {
  readonly name: string;
  readonly board: string;
  readonly header: string;
  readonly sources: readonly string[];
  /** Symbol of the function that runs the network. */
  readonly run: string;
  /** Symbol of the function that brings its state to the start, rows that were fed included; absent where nothing lasts from run to run. */
  readonly reset?: string;
  /** In the order in which the function takes them; inputs and outputs are in the first. */
  readonly arenas: readonly {
    readonly type: string;
    readonly bytes: number;
    readonly align: number;
    readonly memory: string;
  }[];
  readonly inputs: readonly ReportedTensor[];
  readonly outputs: readonly ReportedTensor[];
  /** Bytes: of the first arena, with its lower bound; of all of them; of the stack. */
  readonly sram: {
    readonly arena: number;
    readonly lowerBound: number;
    readonly arenas: number;
    readonly stack: number;
  };
  readonly flash: { readonly weights: number; readonly code: number };
  readonly macs: number;
  /** Absent where no channel is constant and none was left out. */
  readonly channels?: ReportedChannels;
  /** `predicted` on the board, `core` with memory as fast as the core. */
  readonly cycles: { readonly predicted: number; readonly core: number; readonly milliseconds: number };
  /** Where the board states its power. */
  readonly energy?: { readonly millijoules: number };
  /** In base units: bytes, seconds, joules, counts. `used` is absent where it is not known. */
  readonly limits: readonly ReportedLimit[];
  readonly layers: readonly ReportedLayer[];
}

export interface ReportedTensor {
  readonly name: string;
  /** Symbol of the function that returns its address; of an input that is fed: that takes a row of it. */
  readonly symbol: string;
  /** With the leading 1 of the batch. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** int8 and uint8 only. */
  readonly scale?: number;
  readonly zeroPoint?: number;
  /** Inputs only: it is given row by row, so many of them before each run. */
  readonly feed?: "rows";
  readonly rows?: number;
}

export interface ReportedLimit {
  readonly limit: string;
  readonly quantity: Quantity;
  readonly atMost: number;
  readonly used?: number;
  readonly holds: boolean;
}

export interface ReportedLayer {
  readonly name: string;
  readonly operator: string;
  readonly kernel: string;
  /** `net.ts:14:13`; absent where the network was not read from a text. */
  readonly at?: string;
  readonly macs: number;
  readonly cycles: number;
  readonly coreCycles: number;
  readonly sramLive: number;
  readonly weights: number;
  readonly scratch: number;
}

export function reportJson(net: Lowered): Report {
  const { name, board, arena, totals, values } = net;
  const tensor = (kind: "input" | "output", called: string, value: Value): ReportedTensor => ({
    name: called,
    symbol: `${name}_${value.feed && kind === "input" ? "feed" : kind}_${called}`,
    shape: [1, ...value.shape],
    dtype: value.dtype,
    ...(value.quantization !== undefined
      ? { scale: value.quantization.scale, zeroPoint: value.quantization.zeroPoint }
      : {}),
    ...(value.feed && kind === "input" ? { feed: value.feed, rows: value.shape[0] } : {}),
  });
  const joules = usageOf(net, { quantity: "energy" });
  const channels = reportChannels(net);
  return {
    name,
    board: board.name,
    header: `${name}.h`,
    sources: [`${name}.c`, `${name}_weights.c`],
    run: `${name}_run`,
    ...(net.state.length === 0 ? {} : { reset: `${name}_reset` }),
    arenas: arenasOf(net).map((one) => ({
      type: arenaNames(net, one).type,
      bytes: one.bytes,
      align: one.align,
      memory: one.memory,
    })),
    inputs: net.inputs.map((id) => tensor("input", values[id].name, values[id])),
    outputs: net.outputs.map((output) => tensor("output", output.name, values[output.value])),
    sram: {
      arena: arena.bytes,
      lowerBound: arena.lowerBound,
      arenas: usageOf(net, { quantity: "sram" })!,
      stack: totals.stackBytes,
    },
    flash: { weights: totals.constantBytes, code: totals.codeBytes },
    macs: totals.macs,
    ...(channels === undefined ? {} : { channels }),
    cycles: {
      predicted: Math.round(totals.cycles),
      core: Math.round(totals.coreCycles),
      milliseconds: sixDigits(totals.seconds * 1e3),
    },
    ...(joules === undefined ? {} : { energy: { millijoules: sixDigits(joules * 1e3) } }),
    limits: reportLimits(net),
    layers: reportLayers(net),
  };
}

function reportLimits(net: Lowered): ReportedLimit[] {
  return net.limits.map((limit) => {
    const { quantity, atMost, text } = limit;
    const used = usageOf(net, limit);
    const holds = used !== undefined && used <= atMost;
    return {
      limit: `${limitName(limit)} <= ${text}`,
      quantity,
      atMost,
      ...(used === undefined ? {} : { used }),
      holds,
    };
  });
}

function reportLayers(net: Lowered): ReportedLayer[] {
  const places = net.lowered.map(layerPlace);
  const lines = new SourceLines(places.flatMap((place) => place?.file ?? []));
  return net.lowered.map((step, i) => ({
    name: layerName(step),
    operator: operatorsOf(step),
    kernel: step.step.kernel.name,
    ...(places[i] === undefined ? {} : { at: lines.at(places[i]) }),
    macs: step.macs,
    cycles: Math.round(step.cycles),
    coreCycles: Math.round(step.coreCycles),
    sramLive: step.liveBytes,
    weights: step.constantBytes,
    scratch: step.scratchBytes,
  }));
}

/** The operator; `first + second` of a step that covers several. */
export function operatorsOf({ step }: LoweredStep): string {
  return step.operations.map((operation) => operation.kind).join(" + ");
}

/** Against noise in the last digits: the report is compared byte by byte. */
const sixDigits = (value: number): number => Number(value.toPrecision(6));
