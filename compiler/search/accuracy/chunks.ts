/** Samples in chunks, as they pass through a network. */

import { elements, type Graph } from "../../ir/graph.js";
import { channelsFirst } from "./onnx/builder.js";
import type { Samples } from "./data.js";

export interface Chunk {
  readonly data: Float32Array;
  /** Samples, then one sample's dimensions, channels first. */
  readonly shape: readonly number[];
}

/** Elements of the largest tensor of a chunk: with what goes on around it, this stays in a core's cache. */
const mostElements = 1 << 18;

const mostSamples = 256;

/** A power of two, so that networks of a search space often have the same chunks. */
export function samplesInChunk({ values }: Graph): number {
  const most = Math.max(...values.map(({ shape, constant }) => (constant ? 1 : elements(shape))));
  const fitting = Math.max(1, Math.min(mostSamples, mostElements / most));
  return 2 ** Math.floor(Math.log2(fitting));
}

export function chunksOf({ count, shape, data }: Samples, samples: number): Chunk[] {
  const size = elements(shape);
  return Array.from({ length: Math.ceil(count / samples) }, (_, i) => {
    const [first, end] = [i * samples, Math.min(count, (i + 1) * samples)];
    return { data: data.subarray(first * size, end * size), shape: [end - first, ...channelsFirst(shape)] };
  });
}
