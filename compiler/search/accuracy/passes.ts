/** All samples through a part of a network. */

import { elements, type Checked, type ValueId } from "../../ir/graph.js";
import type { Engine } from "./engine.js";
import type { Memory } from "./memory.js";
import { channelsFirst } from "./onnx/builder.js";
import { translate, type Part } from "./onnx/index.js";

/** Values of all samples, one sample after the other, each with its channels first. */
export type Known = ReadonlyMap<ValueId, Float32Array>;

/** Of each sample's channels, chunk after chunk. */
export type Measured = (id: ValueId, means: Float32Array, squares: Float32Array) => void;

export interface Setting {
  readonly engine: Engine;
  /** The network's own file. */
  readonly file: string;
  readonly memory: Memory;
}

/** Elements of the largest tensor of a chunk: with what goes on around it, this stays in a core's cache. */
const mostElements = 1 << 18;

const mostSamples = 256;

/**
 * @param known of `count` samples, the part's inputs among them
 * @returns the part's outputs
 * @throws Rejected where the engine cannot compute it
 */
export async function runPart(
  { engine, file, memory }: Setting,
  graph: Checked,
  part: Part,
  known: Known,
  count: number,
  onMeasured: Measured = () => {},
): Promise<Known> {
  const model = translate(graph, part, file);
  const results = new Map(part.outputs.map((id) => [id, memory.take(count * sizeOf(graph, id))]));
  const means = Object.fromEntries(
    [...model.measured.values()].flatMap(({ mean, square }) => [
      [mean, null] as const,
      [square, null] as const,
    ]),
  );
  const step = samplesInChunk(graph, part);
  await engine.run(model.bytes, async ({ run }) => {
    for (let first = 0; first < count; first += step) {
      const chunks = (all: Known, names: ReadonlyMap<ValueId, string>) =>
        Object.fromEntries(
          [...names].map(([id, name]) => [name, chunkOf(graph, id, all.get(id)!, first, step)]),
        );
      const found = await run(chunks(known, model.inputs), { ...chunks(results, model.outputs), ...means });
      for (const [id, { mean, square }] of model.measured)
        onMeasured(id, found[mean].data, found[square].data);
    }
  });
  return results;
}

export const sizeOf = ({ values }: Checked, id: ValueId): number => elements(values[id].shape);

/** Depends on the part alone: so does, to the last bit, what comes out. */
function samplesInChunk(graph: Checked, { inputs, operations }: Part): number {
  const ids = [...inputs, ...operations.map(({ output }) => output)];
  const most = ids.reduce((most, id) => Math.max(most, sizeOf(graph, id)), 1);
  return Math.max(1, Math.floor(Math.min(mostSamples, mostElements / most)));
}

function chunkOf(graph: Checked, id: ValueId, all: Float32Array, first: number, step: number) {
  const size = sizeOf(graph, id);
  const data = all.subarray(first * size, (first + step) * size);
  return { data, shape: [data.length / size, ...channelsFirst(graph.values[id].shape)] };
}
