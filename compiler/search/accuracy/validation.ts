/**
 * The outputs of a recalibrated network for all samples. It is run piece by piece, cut always at the same places, so that pieces
 * which it begins with as others did need not be run again.
 */

import type { Checked, ValueId } from "../../ir/graph.js";
import { depthsOf, partBetween } from "./depths.js";
import { runPart, sizeOf, type Known, type Setting } from "./passes.js";
import { digest, type Prefixes } from "./prefixes.js";
import { macsOf, type Round } from "./recalibration.js";
import type { Samples } from "./data.js";

/** A value that all later ones are computed from. */
interface Cut {
  readonly id: ValueId;
  /** The same for all networks in which it comes out the same. */
  readonly key: string;
}

/** A value is written and read again, and a session made, in the time of about so many multiply-accumulates an element. */
const macsPerElement = 20;

/** Keys of the network's values and how its statistics were measured: a value is known by both. */
export interface Origin {
  readonly keys: ReadonlyMap<ValueId, string>;
  readonly rounds: readonly Round[];
  readonly prefixes: Prefixes;
}

/** @param origin without: nothing is remembered */
export async function outputsOf(
  setting: Setting,
  graph: Checked,
  { data, count }: Samples,
  { prefixes, ...origin }: Origin,
): Promise<Float32Array> {
  const output = graph.outputs[0].value;
  const cuts = cutsOf(graph, origin);
  const start = cuts.findLastIndex(({ key }) => prefixes.values.has(key));
  let at = start < 0 ? graph.inputs[0] : cuts[start].id;
  let known: Known = new Map([[at, start < 0 ? data : prefixes.values.get(cuts[start].key)![0]]]);
  for (const { id, key } of cuts.slice(start + 1)) {
    known = await piece(setting, graph, known, id, count);
    const value = known.get(id)!;
    prefixes.values.add(key, [value], value.byteLength);
  }
  // A copy: the memory is used again.
  return (await piece(setting, graph, known, output, count)).get(output)!.slice();
}

function piece(
  setting: Setting,
  graph: Checked,
  known: Known,
  wanted: ValueId,
  count: number,
): Promise<Known> {
  const part = { ...partBetween(graph, known.keys(), [wanted]), outputs: [wanted], measured: [] };
  return runPart(setting, graph, part, known, count);
}

/**
 * Where one value is all that is needed of what comes before, and what is computed from it is larger: bottlenecks of inverted
 * residuals. The last one is left out: hardly two networks differ after it only.
 */
function cutsOf(graph: Checked, { keys, rounds }: Omit<Origin, "prefixes">): Cut[] {
  const { operations, values, outputs } = graph;
  const depths = depthsOf(graph);
  const lastRead = new Map<ValueId, number>(outputs.map(({ value }) => [value, operations.length]));
  operations.forEach(({ inputs }, at) => inputs.forEach((id) => lastRead.set(id, at)));
  // A result as well is needed to the end.
  for (const { value } of outputs) lastRead.set(value, operations.length);
  const live = new Set<ValueId>(graph.inputs);
  const cuts: Cut[] = [];
  let [macs, key] = [0, "validation"];
  operations.forEach((operation, at) => {
    macs += macsOf(graph, operation);
    live.add(operation.output);
    for (const id of live) if ((lastRead.get(id) ?? -1) <= at) live.delete(id);
    const [id] = live;
    const next = operations[at + 1];
    if (live.size !== 1 || values[id].constant || !next) return;
    if (sizeOf(graph, next.output) <= sizeOf(graph, id) || macs < macsPerElement * sizeOf(graph, id)) return;
    key = digest([key, keys.get(id), rounds[depths[id] - 1]?.key].join());
    cuts.push({ id, key });
    macs = 0;
  });
  return cuts.slice(0, -1);
}
