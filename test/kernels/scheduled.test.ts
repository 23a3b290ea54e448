/** What is no product of matrices, in C: the asm and its plain form on the emulator, and the host's, against the reference. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { emit } from "../../compiler/6-emit/index.js";
import { reportJson } from "../../compiler/7-report/index.js";
import type { Quantization, Simplified } from "../../compiler/ir/graph.js";
import { elements } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import type { Callable } from "../../compiler/run/callable.js";
import type { TypedArray } from "../../compiler/run/arrays.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { prepare } from "../../compiler/run/javascript.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { board, inputCases, layerNet, Random, type LayerTensor } from "./layers.js";

const q = (scale: number, zeroPoint: number): Quantization => ({ scale: Math.fround(scale), zeroPoint });
const of = (shape: readonly number[], quantization: Quantization): LayerTensor => ({ shape, quantization });
const linear = { activation: "linear" } as const;
const same = q(0.031, 4);

function pool(
  kind: "averagePool2d" | "maxPool2d",
  image: readonly number[],
  window: number,
  stride: number,
  pad: number,
) {
  const attributes = {
    kernel: [window, window],
    stride: [stride, stride],
    dilation: [1, 1],
    padding: { top: pad, bottom: pad, left: pad, right: pad },
    activation: "linear",
  };
  const side = (size: number) => Math.floor((size + 2 * pad - window) / stride) + 1;
  const output = [side(image[0]), side(image[1]), image[2]];
  return layerNet(kind, attributes as never, [of(image, same)], of(output, same));
}

const layers: Readonly<Record<string, Simplified>> = {
  "add linear": layerNet("add", linear, [of([43], same), of([43], q(0.052, -20))], of([43], q(0.047, -3))),
  "subtract linear": layerNet(
    "subtract",
    linear,
    [of([9], same), of([9], q(0.052, -2))],
    of([9], q(0.0471, 5)),
  ),
  "add tables": layerNet("add", linear, [of([23], same), of([23], q(0.031, -9))], of([23], q(0.062, 7))),
  "multiply run": layerNet(
    "multiply",
    linear,
    [of([5, 19], same), of([19], q(1 / 256, -128))],
    of([5, 19], q(0.012, 9)),
  ),
  "tanh table": layerNet("tanh", {}, [of([29], same)], of([29], q(1 / 128, 0))),
  "requantize table": layerNet(
    "quantize",
    {},
    [{ shape: [21], dtype: "uint8", quantization: q(0.03, 99) }],
    of([21], same),
  ),
  "quantize sign": layerNet(
    "quantize",
    {},
    [{ shape: [39], dtype: "uint8", quantization: q(0.031, 132) }],
    of([39], same),
  ),
  quantize: layerNet("quantize", {}, [{ shape: [31], dtype: "float32" }], of([31], same)),
  "average pool words": pool("averagePool2d", [5, 5, 23], 5, 1, 0),
  "average pool words, padding": pool("averagePool2d", [7, 6, 13], 3, 2, 1),
  "average pool words, inside": pool("averagePool2d", [6, 6, 9], 2, 2, 0),
  "max pool words": pool("maxPool2d", [7, 6, 14], 3, 2, 1),
  "mean words": layerNet(
    "mean",
    { axes: [0, 1], keepDimensions: false },
    [of([3, 7, 21], same)],
    of([21], q(0.02, -9)),
  ),
};

/** All of them in one network, side by side. */
function together(nets: readonly (readonly [string, Simplified])[]): Simplified {
  const values: Simplified["values"][number][] = [];
  const operations: Simplified["operations"][number][] = [];
  const inputs: number[] = [];
  const outputs: Simplified["outputs"][number][] = [];
  nets.forEach(([, net], i) => {
    const first = values.length;
    values.push(...net.values.map((value) => ({ ...value, name: `${value.name}_${i}` })));
    const [operation] = net.operations;
    const moved = operation.inputs.map((id) => id + first);
    operations.push({ ...operation, name: `layer${i}`, inputs: moved, output: operation.output + first });
    inputs.push(...net.inputs.map((id) => id + first));
    outputs.push({ name: `y${i}`, value: net.outputs[0].value + first });
  });
  return { name: "net", board, limits: [], nominal: false, values, operations, inputs, outputs };
}

const names = Object.keys(layers);
const net = together(Object.entries(layers));
const lowered = lower(plan(net, { streaming: "off" }));

/** Reals around the steps between results, and what is no number. */
function reals(random: Random, count: number): Float32Array {
  const special = [NaN, Infinity, -Infinity, 0, -0, 1e30, -1e30, 1e-40];
  return Float32Array.from({ length: count }, (_, i) =>
    i < special.length
      ? special[i]
      : same.scale * (random.int(-150, 150) + 0.5) * (1 + random.int(-2, 2) * 2 ** -24),
  );
}

const random = new Random(11);
const cases = Array.from({ length: 6 }, (_, i): TypedArray[] =>
  net.inputs.map((id) => {
    const { shape, dtype } = net.values[id];
    if (dtype === "float32") return reals(random, elements(shape));
    const data = inputCases(random, shape)[i % 4];
    return dtype === "uint8" ? Uint8Array.from(data) : data;
  }),
);
const expected = cases.map((one) => {
  const results = evaluate(net, new Map(net.inputs.map((id, i) => [id, one[i]])));
  return net.outputs.map(({ value }) => [...results.get(value)!]);
});

function check(found: readonly (readonly TypedArray[])[], where: string): void {
  found.forEach((outputs, number) =>
    outputs.forEach((one, i) =>
      assert.equal([...one], expected[number][i], `${names[i]}, case ${number} ${where}`),
    ),
  );
}

test("the kernels are those that are meant, and exact here", () => {
  const chosen = lowered.lowered.map(({ step }) => step.kernel.name);
  assert.equal([...chosen].sort(), names.map((name) => name.split(",")[0]).sort());
  const { run } = prepare(lowered);
  check(
    cases.map((one) => run(one)),
    "here",
  );
});

const withCompiler = hasNativeCompiler() ? test : test.skip;
withCompiler("the host's C", async () => {
  const flags = ["-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all"];
  check(await runNative(emit(lowered), reportJson(lowered) as Callable, cases, { flags }), "on the host");
});

const withEmulator = hasEmulator() ? test : test.skip;
for (const flags of [["-O2"], ["-O3"], ["-O2", "-DTSC_MCU_NO_ASM"]]) {
  withEmulator(`the Cortex-M7's C, ${flags.join(" ")}`, async () => {
    check(
      await runEmulated(emit(lowered), reportJson(lowered) as Callable, cases, { flags }),
      flags.join(" "),
    );
  });
}

test.run();
