/** Channels that are left out change no number, and values stay in their intervals, whatever the inputs. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { check } from "../../compiler/2-check/index.js";
import { dropChannels } from "../../compiler/3-simplify/channels/index.js";
import { channelIntervals } from "../../compiler/3-simplify/channels/intervals.js";
import { rewriteToFixpoint } from "../../compiler/3-simplify/fixpoint.js";
import { quantize } from "../../compiler/3-simplify/quantize.js";
import { rules } from "../../compiler/3-simplify/rules.js";
import { verifySimplified } from "../../compiler/3-simplify/verify.js";
import { readNpy } from "../../compiler/files/npy.js";
import { importTflite } from "../../compiler/import/index.js";
import { elements, type Checked, type Graph, type ValueId } from "../../compiler/ir/graph.js";
import { compact } from "../../compiler/ir/rewrite.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import type { TensorData } from "../../compiler/ops/operator.js";
import { randomInt8, randomNumbers } from "../ops/random.js";
import { plantedNetwork } from "./planted-network.js";

const seeds = Array.from({ length: 250 }, (_, i) => i);

/** The graph as 3-simplify has it before channels are left out. */
function integers(checked: Checked): Graph {
  const { graph, nominal } = quantize(rewriteToFixpoint(checked, rules), { calibrate: true });
  assert.is(nominal, false);
  return compact(rewriteToFixpoint(graph, rules));
}

/** Element i of an input: at the ends of int8 throughout, alternating between them by element and by channel, random. */
function fillings(seed: number): ((i: number) => number)[] {
  const random = randomNumbers(seed);
  return [
    () => -128,
    () => 127,
    (i) => (i % 2 === 0 ? -128 : 127),
    (i) => (i % 3 === 0 ? 127 : -128),
    () => Math.floor(random() * 256) - 128,
    () => Math.floor(random() * 256) - 128,
  ];
}

function inputsOf(graph: Graph, fill: (i: number) => number): Map<ValueId, TensorData> {
  return new Map(
    graph.inputs.map((id): [ValueId, TensorData] => {
      const { shape, dtype } = graph.values[id];
      const length = elements(shape);
      if (dtype === "float32") return [id, Float32Array.from({ length }, (_, i) => fill(i) / 50)];
      if (dtype === "uint8") return [id, Uint8Array.from({ length }, (_, i) => fill(i) + 128)];
      return [id, Int8Array.from({ length }, (_, i) => fill(i))];
    }),
  );
}

/** Compares the outputs, and looks whether values are in their intervals. */
function compareRun(graph: Graph, narrow: Graph, inputs: Map<ValueId, TensorData>, what: string): void {
  const [all, fewer] = [evaluate(graph, inputs), evaluate(narrow, inputs)];
  for (const { name, value } of graph.outputs)
    assert.equal(fewer.get(value), all.get(value), `${what}: ${name}`);
  const intervals = channelIntervals(graph);
  for (const [id, data] of all) {
    const known = intervals[id];
    if (!known) continue;
    const { low, high } = known;
    const outside = data.findIndex((one, i) => one < low[i % low.length] || one > high[i % low.length]);
    assert.is(outside, -1, `${what}: ${graph.values[id].name}, element ${outside}: ${data[outside]}`);
  }
}

test("random networks with constant and dead channels: every bit", () => {
  const sums = { channels: 0, constant: 0, removed: 0 };
  for (const seed of seeds) {
    const graph = integers(plantedNetwork(seed));
    const { graph: narrow, facts } = dropChannels(graph);
    verifySimplified(narrow);
    for (const fill of fillings(seed)) compareRun(graph, narrow, inputsOf(graph, fill), `seed ${seed}`);
    for (const tensor of facts.tensors)
      for (const key of ["channels", "constant", "removed"] as const) sums[key] += tensor[key];
  }
  assert.ok(sums.constant > sums.channels / 10 && sums.removed > sums.channels / 10, JSON.stringify(sums));
});

/** A layer of 3x3 taps on an image of 3x3 pixels, padded. @param depth channels that a filter reads */
function paddedLayer(kind: "conv2d" | "depthwiseConv2d", random: () => number, zeroPoint: number): Graph {
  const [filters, depth] = [4, kind === "conv2d" ? 4 : 1];
  const shape = kind === "conv2d" ? [filters, 3, 3, depth] : [3, 3, filters];
  const data = randomInt8(random, elements(shape));
  const scales = Array.from({ length: filters }, () => 2 ** -10 * (1 + random()));
  const bias = Int32Array.from({ length: filters }, () => Math.floor(random() * 8000) - 4000);
  const window = {
    kernel: [3, 3],
    stride: [1, 1],
    dilation: [1, 1],
    padding: { top: 1, bottom: 1, left: 1, right: 1 },
  } as const;
  const weighted = {
    activation: "linear",
    weights: { shape, dtype: "int8", data, scales },
    bias: { shape: [filters], dtype: "int32", data: bias },
  } as const;
  const value = (name: string) =>
    ({ name, shape: [3, 3, 4], dtype: "int8", quantization: { scale: 1, zeroPoint } }) as const;
  const attributes = { ...window, ...weighted, depthMultiplier: 1 };
  return {
    name: "layer",
    values: [value("x"), { ...value("y"), quantization: { scale: 4, zeroPoint: 3 } }],
    operations: [{ kind, name: "layer", inputs: [0], output: 1, attributes }],
    inputs: [0],
    outputs: [{ name: "y", value: 1 }],
  };
}

test("intervals are tight: both ends occur", () => {
  const random = randomNumbers(7);
  for (const kind of ["conv2d", "depthwiseConv2d"] as const) {
    const graph = paddedLayer(kind, random, Math.floor(random() * 256) - 128);
    const { low, high } = channelIntervals(graph)[1]!;
    const { data, shape } = (
      graph.operations[0].attributes as { weights: { data: Int8Array; shape: number[] } }
    ).weights;
    for (let filter = 0; filter < 4; filter++) {
      /** The weight between a pixel and channel of the input and a pixel of the result. */
      const weight = (from: number, channel: number, to: number) => {
        const [row, column] = [Math.floor(from / 3) - Math.floor(to / 3) + 1, (from % 3) - (to % 3) + 1];
        if (Math.min(row, column) < 0 || Math.max(row, column) > 2) return 0;
        const tap = row * 3 + column;
        if (kind === "conv2d") return data[(filter * 9 + tap) * shape[3] + channel];
        return channel === filter ? data[tap * shape[2] + filter] : 0;
      };
      const results = Array.from({ length: 9 }, (_, to) =>
        [1, -1].map((sign) => {
          const x = Int8Array.from({ length: 36 }, (_, i) =>
            sign * weight(Math.floor(i / 4), i % 4, to) > 0 ? 127 : -128,
          );
          return evaluate(graph, new Map([[0, x]])).get(1)![to * 4 + filter];
        }),
      );
      assert.is(Math.max(...results.map(([most]) => most)), high[filter]);
      assert.is(Math.min(...results.map(([, least]) => least)), low[filter]);
      assert.ok(low[filter] > -128 || high[filter] < 127, "the test saturates nothing");
    }
  }
});

test("what is left has nothing to leave out", () => {
  for (const seed of seeds.slice(0, 100)) {
    const { graph } = dropChannels(integers(plantedNetwork(seed)));
    const again = dropChannels(graph);
    assert.is(
      again.facts.tensors.reduce((sum, { removed }) => sum + removed, 0),
      0,
      `seed ${seed}`,
    );
  }
});

/** [channels, constant, removed, MACs left]. */
const models: Record<string, readonly [number, number, number, number]> = {
  vww_96_int8: [2738, 1715, 1696, 3766476],
  mcunet_vww: [6114, 344, 328, 11132068],
  mcunet_in4: [11704, 219, 272, 122106300],
  person_detect: [2738, 2, 0, 7157888],
  kws_ref_model: [588, 0, 0, 2656768],
  pretrainedResnet_quant: [346, 0, 0, 12501632],
  ad01_int8: [1672, 0, 0, 264192],
};

const folder = new URL("../../../shared/models/", import.meta.url);

for (const [name, expected] of Object.entries(models)) {
  (existsSync(folder) ? test : test.skip)(
    `${name}: every bit, on recorded inputs and the ends of int8`,
    () => {
      const path = (file: string) => fileURLToPath(new URL(`${name}/${file}`, folder));
      const { net, tensors, origins } = importTflite(path("model.tflite"));
      const checked = check(net, { file: path("model.tflite"), tensors, origins, loadCalibration: false });
      const graph = integers(checked);
      const { graph: narrow, facts } = dropChannels(graph);
      const sum = (what: "channels" | "constant" | "removed") =>
        facts.tensors.reduce((total, tensor) => total + tensor[what], 0);
      const left = dropChannels(narrow).facts.macsBefore;
      assert.equal([sum("channels"), sum("constant"), sum("removed"), left], expected);
      if (sum("removed") === 0) return assert.equal(narrow, graph);
      const recorded = inputsOf(graph, () => 0);
      const edges = name === "mcunet_vww" ? "_float" : "";
      const [inputs, outputs] = ["inputs", "outputs"].map(
        (what) => readNpy(path(`${what}${edges}.npy`)).data as TensorData,
      );
      for (const data of recorded.values()) data.set(inputs.subarray(0, data.length));
      const [{ value }] = graph.outputs;
      const found = evaluate(narrow, recorded).get(value)!;
      assert.equal([...found], [...outputs.subarray(0, found.length)]);
      // The largest network takes seconds a run.
      const some = name === "mcunet_in4" ? fillings(1).slice(2, 3) : fillings(1).slice(0, 4);
      for (const fill of some) compareRun(graph, narrow, inputsOf(graph, fill), name);
    },
  );
}

test.run();
