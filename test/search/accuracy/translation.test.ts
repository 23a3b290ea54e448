/** Every operator's translation to ONNX against its own semantics in real numbers. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { check } from "../../../compiler/2-check/index.js";
import { Rejected } from "../../../compiler/diagnostics/diagnostic.js";
import { elements, type Checked } from "../../../compiler/ir/graph.js";
import { operators } from "../../../compiler/ops/index.js";
import { Engine } from "../../../compiler/search/accuracy/engine.js";
import { translate, wholeOf } from "../../../compiler/search/accuracy/onnx/index.js";
import { translators } from "../../../compiler/search/accuracy/onnx/translators.js";
import * as dsl from "../../../dsl/index.js";
import { conformanceCases, openGolden } from "../../ops/golden.js";
import { distance, hasEngine } from "./engine.js";
import { build, reals, trained } from "./networks.js";

/** What exists quantised only, gives indices, or takes images in the place of batches. */
const untranslated = ["argMax", "argMin", "spaceToBatch", "batchToSpace", "lstm", "svdf"];

const withEngine = hasEngine ? test : test.skip;
const shared = new URL("../../../../shared/conformance/index.json", import.meta.url);
const withCorpus = hasEngine && existsSync(shared) ? test : test.skip;
async function agrees(shapes: readonly (readonly number[])[], body: (...inputs: any[]) => any) {
  const graph = trained(build(shapes, body));
  const batch = [0, 1, 2].map(() => shapes.map((shape) => reals(elements(shape)).map((one) => 4 * one)));
  const found = await distance(graph, batch);
  assert.ok(found < 2e-5, `${graph.operations.map(({ kind }) => kind)}: ${found}`);
}

test("every operator is translated, or known not to be", () => {
  const missing = Object.keys(operators).filter((kind) => !Object.hasOwn(translators, kind));
  assert.equal(missing.sort(), [...untranslated].sort());
});

withEngine("convolutions and dense layers", async () => {
  const image = [9, 8, 6];
  for (const options of [
    { padding: "same", stride: 2, kernel: [4, 3] },
    { padding: { top: 0, bottom: 1, left: 2, right: 3 }, dilation: [2, 1], activation: "relu6" },
    { groups: 3, bias: false, activation: "reluN1To1" },
    { kernel: 1, padding: 1 },
  ] as const) {
    await agrees([image], (x) => dsl.conv2d(x, { filters: 12, kernel: 3, ...options }));
  }
  for (const options of [
    { padding: "same", stride: 2 },
    { padding: 3, kernel: 7, bias: false, activation: "relu" },
    { depthMultiplier: 2, dilation: [1, 2] },
  ] as const) {
    await agrees([image], (x) => dsl.depthwiseConv2d(x, { kernel: 3, ...options }));
  }
  for (const options of [
    { stride: 2, padding: "same" },
    { stride: 2, padding: "valid" },
    { stride: [1, 3], padding: 1, outputPadding: [0, 1], kernel: 4 },
    { stride: 3, kernel: 2, padding: "same" },
  ] as const) {
    await agrees([image], (x) => dsl.conv2dTranspose(x, { filters: 5, kernel: 3, ...options }));
  }
  await agrees([[7]], (x) => dsl.dense(x, { units: 5, activation: "relu" }));
  await agrees([[4, 3, 7]], (x) => dsl.dense(x, { units: 5 }));
  await agrees([[4, 7]], (x) => dsl.dense(x, { units: 5, bias: false }));
});

withEngine("normalisation, pooling, reductions", async () => {
  await agrees([[5, 4, 6]], (x) => dsl.batchNorm(x, { epsilon: 1e-3, activation: "relu6" } as any));
  await agrees([[6]], (x) => dsl.batchNorm(x, {} as any));
  for (const options of [{ size: 2 }, { size: 3, stride: 2, padding: "same" }, { size: [1, 4], stride: 1 }]) {
    await agrees([[9, 8, 3]], (x) => dsl.averagePool2d(x, options as any));
    await agrees([[9, 8, 3]], (x) => dsl.maxPool2d(x, options as any));
  }
  await agrees([[9, 8, 3]], (x) => dsl.globalAveragePool(x));
  for (const axes of [[0], [1], [2], [0, 1], [0, 2], [0, 1, 2]]) {
    for (const keepDimensions of [false, true]) {
      await agrees([[4, 5, 3]], (x) => dsl.mean(x, { axes, keepDimensions }));
      await agrees([[4, 5, 3]], (x) => dsl.reduceMax(x, { axes, keepDimensions }));
    }
  }
});

withEngine("operands of other shapes are repeated along the last dimensions", async () => {
  for (const shape of [[5], [1], [4, 5], [3, 1, 5], [3, 4, 1], []]) {
    await agrees([[3, 4, 5], shape], (x, y) => dsl.subtract(x, y));
    await agrees([shape, [3, 4, 5]], (x, y) => dsl.multiply(x, y, { activation: "relu" }));
  }
  await agrees([[3, 4, 5], [5]], (x, y) => dsl.prelu(x, y));
  await agrees(
    [
      [2, 3, 4],
      [4, 6],
    ],
    (x, y) => dsl.matmul(x, y),
  );
  await agrees(
    [
      [2, 3, 4],
      [2, 6, 4],
    ],
    (x, y) => dsl.matmul(x, y, { transposeB: true }),
  );
});

withEngine("functions outside of the corpus", async () => {
  for (const name of ["elu", "log", "gelu", "sqrt", "rsqrt"] as const)
    await agrees([[4, 3, 5]], (x) => dsl[name](x));
});

withEngine("movement and resizing", async () => {
  const image = [4, 6, 8];
  await agrees([image], (x) => dsl.reshape(x, [6, 32]));
  await agrees([image], (x) => dsl.transpose(x, [2, 0, 1]));
  await agrees([image, image], (x, y) => dsl.concatenate([x, y], { axis: 1 }));
  await agrees([image], (x) =>
    dsl.pad(x, {
      paddings: [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
      value: 0.5,
    }),
  );
  await agrees([image], (x) => dsl.stridedSlice(x, [3, 1, 0], [-100, 5, 8], { strides: [-2, 1, 3] }));
  for (const options of [{}, { alignCorners: true }, { halfPixelCenters: true }]) {
    await agrees([image], (x) => dsl.resizeBilinear(x, [7, 5], options));
    await agrees([image], (x) => dsl.resizeNearest(x, [9, 3], options));
  }
});

withCorpus("every network of the corpus", async () => {
  const seen = new Set<string>();
  for (const { name, unsupported } of conformanceCases()) {
    if (unsupported) continue;
    const { graph } = openGolden(`conformance/${name}`);
    if (graph.operations.some(({ kind }) => untranslated.includes(kind))) continue;
    const batch = [0, 1].map(() =>
      graph.inputs.map((id) => {
        const { shape, quantization } = graph.values[id];
        return reals(elements(shape)).map((one) => one * 80 * (quantization?.scale ?? 0.02));
      }),
    );
    const found = await distance(graph, batch);
    assert.ok(found < 1e-4, `${name}: ${found}`);
    for (const { kind } of graph.operations) seen.add(kind);
  }
  // Not in TFLite's files, or as others there.
  const others = ["batchNorm", "elu", "expandDims", "log", "split", "squeeze"];
  assert.equal(
    Object.keys(translators).filter((kind) => !seen.has(kind) && !others.includes(kind)),
    [],
  );
});

withEngine("edges in real numbers change nothing", async () => {
  const net = dsl.network("net", {}, () => {
    const x = dsl.quantize(dsl.input("x", [5, 4, 3], { dtype: "float32" }));
    return dsl.dequantize(dsl.conv2d(x, { filters: 4, kernel: 3, activation: "relu6" }));
  });
  const graph = trained(check(net, { file: "net.ts", loadCalibration: false }));
  assert.is(graph.values[graph.inputs[0]].dtype, "float32");
  assert.ok((await distance(graph, [[reals(60)], [reals(60)]])) < 2e-5);
});

test("the engine is an optional dependency", async () => {
  const message = await Engine.load({ file: "space.ts" }, "no-such-engine").catch((error) => {
    assert.instance(error, Rejected);
    const [{ code, message, help }] = (error as Rejected).diagnostics;
    return `${code} ${message} ${help}`;
  });
  assert.match(String(message), /^MCU6020 .*cannot be loaded: Cannot find package 'no-such-engine'/);
  assert.match(String(message), /npm install onnxruntime-node@1 --onnxruntime-node-install=skip$/);
});

withEngine("an engine that fails is a fault that is told", async () => {
  const engine = await Engine.load({ file: "space.ts" });
  const message = await engine
    .run(Uint8Array.of(1, 2, 3), async () => "ran")
    .catch((error) => {
      assert.instance(error, Rejected);
      return (error as Rejected).message;
    });
  assert.match(message, /^MCU6026: onnxruntime-node could not evaluate a candidate: \S/);
});

test("what cannot be translated is named, at its place", () => {
  const graph = build([[4, 5, 3]], (x) => dsl.argMax(x, { axis: 2, name: "winner" }));
  const fails = (one: Checked) => {
    try {
      translate(one, wholeOf(one), "net.ts");
    } catch (error) {
      assert.instance(error, Rejected);
      return (error as Rejected).message;
    }
    return "translated";
  };
  assert.match(fails(graph), /^MCU6021: argMax "winner"/);
  const two = build([[2], [3]], (x, y) => dsl.concatenate([x, y], { axis: 0, name: "both" }));
  const constant = { dtype: "float32", shape: [3], data: reals(3) } as const;
  const joined = {
    ...two,
    inputs: [two.inputs[0]],
    values: two.values.with(two.inputs[1], { ...two.values[two.inputs[1]], constant }),
  };
  assert.match(fails(joined), /^MCU6021: concatenate "both"/);
  const untrained = build([[4]], (x) => dsl.dense(x, { units: 2, name: "head" }));
  assert.match(fails(untrained), /^MCU6025: layer "head" has sizes and no weights/);
});

test.run();
