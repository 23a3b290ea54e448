/** Layers with equal code share one function: which do, and that all compute what the reference does. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { generate } from "../../compiler/5-lower/generate.js";
import { lower } from "../../compiler/5-lower/index.js";
import { sharedBytes, sharedFunctions } from "../../compiler/5-lower/sharing.js";
import { emitCalls } from "../../compiler/6-emit/index.js";
import { constantParameters } from "../../compiler/6-emit/names.js";
import { outputFiles, reportJson, type Lowered } from "../../compiler/index.js";
import type { Quantization, Simplified } from "../../compiler/ir/graph.js";
import {
  Constant,
  int,
  Pointer,
  Variable,
  type KernelFunction,
  type Statement,
} from "../../compiler/ir/loop.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { strict, type Callable } from "../../compiler/run/callable.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { prepare } from "../../compiler/run/javascript.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { profile } from "../../compiler/run/profile.js";
import { bias, board, inputCases, layerNet, Random } from "../kernels/layers.js";

const random = new Random(4);
const q = (scale: number, zeroPoint: number): Quantization => ({ scale: Math.fround(scale), zeroPoint });
const scales = (channels: number) =>
  Array.from({ length: channels }, (_, i) => Math.fround(0.004 + 0.0001 * i));

function convolution(channels: number): Simplified {
  const weights = { shape: [channels, 1, 1, 16], dtype: "int8", data: random.int8(16 * channels) } as const;
  const attributes = {
    kernel: [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    padding: { top: 0, bottom: 0, left: 0, right: 0 },
    activation: "linear",
    weights: { ...weights, scales: scales(channels) },
    bias: bias(random, channels),
  } as const;
  const input = { shape: [5, 5, 16], quantization: q(0.03, 4) };
  return layerNet("conv2d", attributes, [input], { shape: [5, 5, channels], quantization: q(0.07, -3) });
}

function depthwise(): Simplified {
  const attributes = {
    kernel: [3, 3],
    stride: [1, 1],
    dilation: [1, 1],
    padding: { top: 1, bottom: 1, left: 1, right: 1 },
    activation: "linear",
    depthMultiplier: 1,
    weights: { shape: [3, 3, 8], dtype: "int8", data: random.int8(72), scales: scales(8) },
    bias: bias(random, 8),
  } as const;
  const input = { shape: [6, 6, 8], quantization: q(0.03, 4) };
  return layerNet("depthwiseConv2d", attributes, [input], { shape: [6, 6, 8], quantization: q(0.07, -3) });
}

function addition(scale: number, zeroPoint: number): Simplified {
  const [left, right, output] = [q(0.031, 4), q(0.052, -20), q(scale, zeroPoint)].map((quantization) => ({
    shape: [40],
    quantization,
  }));
  return layerNet("add", { activation: "linear" }, [left, right], output);
}

const layers: Readonly<Record<string, Simplified>> = {
  conv_first: convolution(12),
  conv_second: convolution(12),
  conv_wider: convolution(14),
  depthwise_first: depthwise(),
  depthwise_second: depthwise(),
  add_first: addition(0.047, -3),
  add_second: addition(0.045, 0),
};

/** All of them in one network, side by side. */
function together(nets: readonly (readonly [string, Simplified])[]): Simplified {
  const values: Simplified["values"][number][] = [];
  const operations: Simplified["operations"][number][] = [];
  const inputs: number[] = [];
  const outputs: Simplified["outputs"][number][] = [];
  for (const [name, net] of nets) {
    const first = values.length;
    values.push(...net.values.map((value) => ({ ...value, name: `${name}_${value.name}` })));
    const [operation] = net.operations;
    const moved = operation.inputs.map((id) => id + first);
    operations.push({ ...operation, name, inputs: moved, output: operation.output + first });
    inputs.push(...net.inputs.map((id) => id + first));
    outputs.push({ name, value: net.outputs[0].value + first });
  }
  return { name: "net", board, limits: [], nominal: false, values, operations, inputs, outputs };
}

const simplified = together(Object.entries(layers));
const net: Lowered = lower(plan(simplified, { streaming: "off" }));
const callable = reportJson(net) as Callable;
const cases = [0, 1, 2].map((i) =>
  simplified.inputs.map((id) => inputCases(random, simplified.values[id].shape)[i]),
);
const expected = cases.map((inputs) => {
  const results = evaluate(simplified, new Map(simplified.inputs.map((id, i) => [id, inputs[i]])));
  return simplified.outputs.map(({ value }) => [...results.get(value)!]);
});
const check = (found: readonly (readonly ArrayLike<number>[])[]): void =>
  assert.equal(
    found.map((outputs) => outputs.map((one) => Array.from(one))),
    expected,
  );

const coded = (of: Lowered) => of.lowered.map(({ code, step }) => ({ code, inPlace: step.inPlace }));
const names = (of: Lowered): string[] =>
  sharedFunctions(coded(of)).map(({ members }) => members.map((index) => of.lowered[index].name).join(" "));

test("equal layers share a function, others have their own", () => {
  const shared = ["conv_first conv_second", "depthwise_first depthwise_second", "add_first add_second"];
  assert.equal(names(net).sort(), ["conv_wider", ...shared].sort());
});

test("the C has the function once, under the name of the first, and says who calls it", () => {
  const text = String(outputFiles(net).find(({ path }) => path === "net.c")!.content);
  const defined = [...text.matchAll(/^TSC_MCU_LAYER void (\w+)\(/gm)].map(([, name]) => name);
  assert.equal(defined.sort(), ["add_first", "conv_first", "conv_wider", "depthwise_first"]);
  for (const words of ["/* conv_first, conv_second: ", "int32_t scale_a", "*restrict weights"])
    assert.ok(text.includes(words), words);
  const calls = emitCalls(net);
  const of = (name: string): string => calls[net.lowered.findIndex((one) => one.name === name)];
  assert.match(
    of("conv_second"),
    /^\/\* conv_second \*\/\n {4}conv_first\([^]*,\s+net_conv_second_weights[^]*\);$/,
  );
  assert.match(of("conv_wider"), /^conv_wider\([^]*\);$/);
});

test("the bytes of code count a shared function once", () => {
  const own = net.lowered.map(({ step }) =>
    generate(step.kernel, {
      scratch: step.scratch === undefined ? 0 : net.buffers[step.scratch].bytes,
      inPlace: step.inPlace,
      biased: net.biased,
    }),
  );
  const sum = own.reduce((total, { codeBytes }) => total + codeBytes, 0);
  const saved = sharedBytes(coded(net).map((one, i) => ({ ...one, codeBytes: own[i].codeBytes })));
  assert.ok(saved > 500, `${saved} of ${sum}`);
  assert.is(net.totals.codeBytes, sum - saved);
});

test("here", () => check(cases.map((inputs) => prepare(net).run(inputs))));

const withCompiler = hasNativeCompiler() ? test : test.skip;
withCompiler("on the host, without a warning", async () => {
  const flags = [...strict, "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  check(await runNative(outputFiles(net), callable, cases, { flags }));
});

const withEmulator = hasEmulator() ? test : test.skip;
for (const flags of [["-O2"], ["-O3"], ["-O2", "-DTSC_MCU_NO_ASM"]]) {
  withEmulator(`on the Cortex-M7, ${flags.join(" ")}`, async () =>
    check(await runEmulated(outputFiles(net), callable, cases, { flags })),
  );
}

withEmulator("the profile tells the layers that share a function apart", async () => {
  const { layers, missing } = await profile(outputFiles(net), callable, emitCalls(net), cases[0]);
  assert.is(layers.length, net.lowered.length);
  if (missing !== undefined) return;
  for (const { instructions } of layers) assert.ok(instructions > 100, String(instructions));
});

const to = new Pointer("to", "float32", true);
const table = new Pointer("table", "int8", false);
const code = (...body: Statement[]): KernelFunction => ({
  parameters: [to],
  constants: [{ name: "table", element: "int8", data: [1], align: 1 }],
  body,
  notes: [],
});
const store = (value: number): Statement => ({
  kind: "store",
  pointer: to,
  index: int(0),
  value: new Constant(value, "float32"),
});
const declare = (value: number, mutable = false): Statement => ({
  kind: "declare",
  variable: new Variable("factor"),
  value: int(value),
  mutable,
});
const groups = (...codes: KernelFunction[]): number[][] =>
  sharedFunctions(codes.map((code) => ({ code, inPlace: false }))).map(({ members }) => [...members]);

test("numbers tell functions apart, the floating-point ones that JSON confuses too", () => {
  const values = [0, -0, NaN, Infinity, -Infinity, 1, 1.5];
  assert.is(groups(...values.map((value) => code(store(value)))).length, values.length);
  assert.equal(groups(code(store(1)), code(store(2)), code(store(1))), [[0, 2], [1]]);
});

test("data of constants do not, their types do", () => {
  const other = { ...code(store(1)), constants: [{ name: "table", element: "int8", data: [2], align: 4 }] };
  assert.equal(groups(code(store(1)), other as KernelFunction), [[0, 1]]);
  const wider = { ...other, constants: [{ ...other.constants[0], element: "int32" }] };
  assert.equal(groups(code(store(1)), wider as KernelFunction), [[0], [1]]);
});

test("what may overlap must not differ", () => {
  const both = sharedFunctions([true, false].map((inPlace) => ({ code: code(store(1)), inPlace })));
  assert.is(both.length, 2);
});

test("an integer that a function names first becomes a parameter where it differs", () => {
  const shared = (...codes: KernelFunction[]) =>
    sharedFunctions(codes.map((code) => ({ code, inPlace: false }))).map(({ numbers }) => numbers.join());
  assert.equal(shared(code(declare(1)), code(declare(1))), [""]);
  assert.equal(shared(code(declare(1)), code(declare(2)), code(declare(1))), ["factor"]);
  assert.equal(shared(code(declare(1, true)), code(declare(2, true))), ["", ""]);
  const inside = (value: number) => code({ kind: "scope", body: [declare(value)] });
  assert.equal(shared(inside(1), inside(2)), ["", ""]);
});

test("constants as parameters keep clear of locals", () => {
  const local: Statement = {
    kind: "declare",
    variable: new Variable("table"),
    value: table.at(0),
    mutable: false,
  };
  const nested: Statement = { kind: "scope", body: [local] };
  assert.equal([...constantParameters(code(store(1)))], [["table", "table"]]);
  assert.equal([...constantParameters(code(nested))], [["table", "layer_table"]]);
});

test.run();
