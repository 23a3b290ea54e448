/** Products as C: a network that is a chain of awkward layers, natively under sanitizers, on the M7 as asm and as C. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { emit } from "../../compiler/6-emit/index.js";
import { reportJson } from "../../compiler/7-report/index.js";
import type { Constant, Operation, Simplified, Value } from "../../compiler/ir/graph.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import type { Limit } from "../../compiler/limits/limits.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import type { Callable } from "../../compiler/run/callable.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { board, inputCases, Random } from "./layers.js";

function filters(random: Random, shape: readonly number[]): Constant {
  const data = Int8Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.int(-127, 127));
  const scales = Array.from({ length: shape[0] }, () => Math.fround(0.002 + random.next() * 0.006));
  return { shape, dtype: "int8", data, scales };
}

/** A chain of convolutions: [filters, kernel, stride, padding on all sides]; the last layer is dense. */
function chain(
  seed: number,
  image: readonly number[],
  layers: readonly (readonly number[])[],
  units: number,
) {
  const random = new Random(seed);
  const quantized = (shape: readonly number[], relu: boolean): Omit<Value, "name"> => ({
    shape,
    dtype: "int8",
    quantization: { scale: Math.fround(0.04), zeroPoint: relu ? -128 : random.int(-20, 20) },
  });
  const values: Value[] = [{ name: "x", ...quantized(image, false) }];
  const operations: Operation[] = [];
  const add = (kind: string, attributes: object, shape: readonly number[], relu: boolean) => {
    values.push({ name: `v${values.length}`, ...quantized(shape, relu) });
    const [input, output] = [values.length - 2, values.length - 1];
    const activation = relu ? "relu" : "linear";
    const operation = {
      kind,
      name: `layer${output}`,
      inputs: [input],
      output,
      attributes: { ...attributes, activation },
    };
    operations.push(operation as unknown as Operation);
  };
  for (const [count, size, stride, around] of layers) {
    const [height, width, depth] = values.at(-1)!.shape;
    const result = (one: number) => Math.floor((one + 2 * around - size) / stride) + 1;
    const window = {
      ...{ kernel: [size, size], stride: [stride, stride], dilation: [1, 1] },
      padding: { top: around, bottom: around, left: around, right: around },
    };
    const weights = filters(random, [count, size, size, depth]);
    add("conv2d", { ...window, weights }, [result(height), result(width), count], random.next() < 0.7);
  }
  const depth = values.at(-1)!.shape.reduce((a, b) => a * b);
  values[values.length - 1] = { ...values.at(-1)! };
  add("reshape", {}, [depth], false);
  values[values.length - 1] = { ...values.at(-1)!, quantization: values.at(-2)!.quantization };
  const weights = filters(random, [units, depth]);
  add("dense", { weights: { ...weights, scales: [weights.scales![0]] } }, [units], false);
  return { values, operations, random };
}

/** With so much flash that the fastest kernels are taken, or with so little that the smallest are. */
function netOf({ values, operations }: ReturnType<typeof chain>, small: boolean): Simplified {
  const limit = { quantity: "flash", atMost: 1 } as unknown as Limit;
  const outputs = [{ name: "y", value: values.length - 1 }];
  return {
    name: "net",
    board,
    limits: small ? [limit] : [],
    nominal: false,
    values,
    operations,
    inputs: [0],
    outputs,
  };
}

const chains = [
  chain(
    1,
    [9, 11, 3],
    [
      [17, 3, 2, 1],
      [8, 3, 1, 1],
      [13, 1, 1, 0],
      [7, 1, 1, 0],
    ],
    5,
  ),
  chain(
    2,
    [7, 5, 1],
    [
      [12, 4, 1, 1],
      [20, 1, 2, 0],
      [6, 2, 1, 0],
    ],
    3,
  ),
  chain(
    3,
    [6, 6, 8],
    [
      [33, 1, 1, 0],
      [9, 5, 1, 2],
      [66, 1, 1, 0],
      [4, 1, 1, 0],
    ],
    10,
  ),
];

const sanitized = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

for (const small of [false, true]) {
  (small ? chains.slice(0, 1) : chains).forEach((one, i) => {
    let lowered: Lowered | undefined;
    const run = async (
      work: (files: ReturnType<typeof emit>, callable: Callable, cases: Int8Array[][]) => Promise<void>,
    ) => {
      const net = (lowered ??= lower(plan(netOf(one, small), { streaming: "off" })));
      const cases = inputCases(one.random, one.values[0].shape)
        .slice(0, 2)
        .map((input) => [input]);
      await work(emit(net, {} as never), reportJson(net) as unknown as Callable, cases);
    };
    const expected = ([input]: readonly Int8Array[]) =>
      evaluate(netOf(one, small), new Map([[0, input]])).get(one.values.length - 1)!;
    const title = `chain ${i + 1}, ${small ? "small" : "fast"}`;

    (hasNativeCompiler() ? test : test.skip)(`${title}: natively, under sanitizers`, () =>
      run(async (files, callable, cases) => {
        const results = await runNative(files, callable, cases, { flags: sanitized });
        cases.forEach((input, c) => assert.equal(results[c], [expected(input)]));
      }),
    );
    (hasEmulator() ? test : test.skip)(`${title}: on the M7, as asm and as C`, () =>
      run(async (files, callable, cases) => {
        for (const flags of i === 0 ? [["-O2"], ["-O2", "-DTSC_MCU_NO_ASM"]] : [["-O2"]]) {
          const results = await runEmulated(files, callable, cases, { flags });
          cases.forEach((input, c) => assert.equal(results[c], [expected(input)], flags.join(" ")));
        }
      }),
    );
  });
}

test.run();
