/** Networks in real numbers, evaluated by onnxruntime-node where it is installed. */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Engine } from "../../../compiler/search/accuracy/engine.js";
import { samplesOf } from "../../../compiler/search/accuracy/data.js";
import { translate, wholeOf } from "../../../compiler/search/accuracy/onnx/index.js";
import { channelsFirst } from "../../../compiler/search/accuracy/onnx/builder.js";
import { elements, type Graph } from "../../../compiler/ir/graph.js";
import { evaluateFloat } from "../../../compiler/ops/evaluate.js";

export const hasEngine = (() => {
  try {
    return createRequire(import.meta.url).resolve("onnxruntime-node") !== "";
  } catch {
    return false;
  }
})();

/** `../shared/data/keywords-supernet`, without which some tests are skipped. */
export const supernetFolder = fileURLToPath(
  new URL("../../../../shared/data/keywords-supernet/", import.meta.url),
);
export const hasSupernet = existsSync(supernetFolder);

/**
 * The largest distance between the engine's results and those of the operators' own float semantics, in units of the largest result
 * (of 1, where that is smaller).
 * @param batch for each sample, the data of every input
 */
export async function distance(graph: Graph, batch: readonly (readonly Float32Array[])[]): Promise<number> {
  const model = translate(graph, wholeOf(graph), "net.ts");
  const feeds = graph.inputs.map((id, i) => {
    const { shape } = graph.values[id];
    const joined = Float32Array.from(batch.flatMap((sample) => [...sample[i]]));
    const { data } = samplesOf(joined, batch.length, shape);
    return [model.inputs.get(id)!, { data, shape: [batch.length, ...channelsFirst(shape)] }] as const;
  });
  const engine = await Engine.load({ file: "net.ts" });
  const wanted = Object.fromEntries([...model.outputs.values()].map((name) => [name, null]));
  const found = await engine.run(model.bytes, ({ run }) => run(Object.fromEntries(feeds), wanted));
  const distances = batch.flatMap((sample, index) => {
    const wanted = evaluateFloat(graph, new Map(graph.inputs.map((id, i) => [id, sample[i]])));
    return graph.outputs.map(({ value }) => {
      const { shape } = graph.values[value];
      const size = elements(shape);
      const own = found[model.outputs.get(value)!].data.subarray(index * size, (index + 1) * size);
      return farthest(own, samplesOf(wanted.get(value)!, 1, shape).data);
    });
  });
  return Math.max(...distances);
}

function farthest(found: Float32Array, wanted: Float32Array): number {
  if (found.length !== wanted.length) return Infinity;
  const unit = wanted.reduce((most, one) => Math.max(most, Math.abs(one)), 1);
  return found.reduce((most, one, i) => Math.max(most, Math.abs(one - wanted[i]) / unit), 0);
}
