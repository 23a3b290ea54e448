/** Statistics of batch normalisation against the definition, layer by layer. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { elements, type Checked } from "../../../compiler/ir/graph.js";
import { evaluateFloat } from "../../../compiler/ops/evaluate.js";
import { samplesOf } from "../../../compiler/search/accuracy/data.js";
import { isBatchNorm, roundsOf } from "../../../compiler/search/accuracy/depths.js";
import { Engine } from "../../../compiler/search/accuracy/engine.js";
import { Memory } from "../../../compiler/search/accuracy/memory.js";
import { Prefixes } from "../../../compiler/search/accuracy/prefixes.js";
import { recalibrate } from "../../../compiler/search/accuracy/recalibration.js";
import * as dsl from "../../../dsl/index.js";
import { hasEngine } from "./engine.js";
import { build, reals, trained } from "./networks.js";

const test = suite("recalibration");
const withEngine = hasEngine ? test : test.skip;
const count = 70;

const norm = (x: any): any => dsl.batchNorm(x, {} as any);
const conv = (x: any, filters: number, kernel = 1): any =>
  dsl.conv2d(x, { filters, kernel, padding: "same", bias: false });

/** Branches of unequal length, a residual, a plain shortcut, one tensor normalised twice, and vectors. */
const network = () =>
  trained(
    build([[6, 5, 3]], (x) => {
      const stem = dsl.relu6(norm(conv(x, 8, 3)));
      const long = norm(conv(dsl.relu(norm(conv(stem, 32))), 8));
      const residual = dsl.add(stem, long);
      const shared = conv(residual, 8);
      const both: any = dsl.concatenate([norm(shared), dsl.relu(norm(shared)), conv(stem, 4)], { axis: 2 });
      return dsl.dense(norm(dsl.globalAveragePool(both)), { units: 5 });
    }),
  );

/** Replaces the statistics of every normalisation: those before it are as they were in the same batch. */
function byDefinition(graph: Checked, samples: readonly Float32Array[]): Checked {
  let biased = graph;
  let result = graph;
  graph.operations.forEach((operation, index) => {
    if (!isBatchNorm(operation)) return;
    const [id] = operation.inputs;
    const all = samples.map((data) => evaluateFloat(biased, new Map([[graph.inputs[0], data]])).get(id)!);
    const channels = graph.values[id].shape.at(-1)!;
    const columns = Array.from({ length: channels }, (_, channel) =>
      all.flatMap((data) => [...data.filter((_, i) => i % channels === channel)]),
    );
    const mean = columns.map((column) => column.reduce((a, b) => a + b) / column.length);
    const squares = columns.map((column, i) => column.reduce((sum, one) => sum + (one - mean[i]) ** 2, 0));
    const size = columns[0].length;
    biased = withStatistics(
      biased,
      index,
      mean,
      squares.map((sum) => sum / size),
    );
    result = withStatistics(
      result,
      index,
      mean,
      squares.map((sum) => sum / (size - 1)),
    );
  });
  return result;
}

function withStatistics(graph: Checked, index: number, mean: number[], variance: number[]): Checked {
  const { attributes, ...operation } = graph.operations[index] as any;
  const data = (name: string, values: number[]) => ({ ...attributes[name], data: Float32Array.from(values) });
  const changed = { ...attributes, mean: data("mean", mean), variance: data("variance", variance) };
  return { ...graph, operations: graph.operations.with(index, { ...operation, attributes: changed }) };
}

const statisticsOf = ({ operations }: Checked) =>
  operations.filter(isBatchNorm).map(({ attributes: { mean, variance } }) => [mean.data!, variance.data!]);

test("normalisations that do not depend on each other are measured together", () => {
  const rounds = roundsOf(network());
  assert.equal(
    rounds.map((round) => round.length),
    [1, 1, 1, 2, 1],
  );
});

withEngine("mean and unbiased variance of one batch", async () => {
  const graph = network();
  const data = reals(count * elements([6, 5, 3]));
  const samples = Array.from({ length: count }, (_, i) => data.slice(i * 90, (i + 1) * 90));
  const wanted = statisticsOf(byDefinition(graph, samples));
  const engine = await Engine.load({ file: "net.ts" });
  const setting = { engine, file: "net.ts", prefixes: new Prefixes(1 << 20), memory: new Memory() };
  const first = await recalibrate(setting, graph, samplesOf(data, count, [6, 5, 3]));
  statisticsOf(first).forEach((pair, layer) =>
    pair.forEach((found, which) =>
      found.forEach((one, channel) => {
        const expected = wanted[layer][which][channel];
        assert.ok(Math.abs(one - expected) < 1e-4 * Math.max(1, Math.abs(expected)), `${layer} ${channel}`);
      }),
    ),
  );
  const again = await recalibrate(setting, graph, samplesOf(data, count, [6, 5, 3]));
  assert.equal(statisticsOf(again), statisticsOf(first));
  const cold = { ...setting, prefixes: new Prefixes(0) };
  const forgetful = await recalibrate(cold, graph, samplesOf(data, count, [6, 5, 3]));
  assert.equal(statisticsOf(forgetful), statisticsOf(first));
});

test.run();
