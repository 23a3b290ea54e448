/** Functions of one number, PRELU, and normalisation over rows: kernels against reference semantics, and those against reals. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { elements, type Quantization, type Simplified } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { operators, type OperatorAttributes } from "../../compiler/ops/index.js";
import { prepare } from "../../compiler/run/javascript.js";
import { inputCases, layerNet, quantization, Random } from "./layers.js";

const prescribed: Readonly<Record<string, Quantization>> = {
  sigmoid: { scale: 1 / 256, zeroPoint: -128 },
  tanh: { scale: 1 / 128, zeroPoint: 0 },
  logSoftmax: { scale: 1 / 16, zeroPoint: 127 },
  l2Normalize: { scale: 1 / 128, zeroPoint: 0 },
};

const plain = [
  ...(["relu", "relu6", "reluN1To1", "elu", "hardSwish", "sigmoid", "tanh"] as const),
  ...(["exp", "log", "sqrt", "rsqrt", "abs"] as const),
];

const scales = [0.001, 0.02, 0.1, 0.5];

/** The loop IR's result equals the reference's on random and extreme data; the name of the kernel. */
function compare(net: Simplified, random: Random, what: string): string {
  const lowered = lower(plan(net, { streaming: "off" }));
  const { run } = prepare(lowered);
  const cases = net.inputs.map((id) => inputCases(random, net.values[id].shape));
  for (let i = 0; i < 4; i++) {
    const inputs = cases.map((one) => one[i]);
    const expected = evaluate(net, new Map(net.inputs.map((id, k) => [id, inputs[k]])));
    assert.equal([...run(inputs)[0]], [...expected.get(net.outputs[0].value)!], `${what}, case ${i}`);
  }
  return lowered.lowered[0].step.kernel.name;
}

function unaryNet(
  kind: (typeof plain)[number] | "gelu" | "leakyRelu" | "logSoftmax" | "l2Normalize",
  attributes: object,
  random: Random,
  shape: readonly number[],
): Simplified {
  const input = { shape, quantization: quantization(random, random.pick(scales)) };
  const output = { shape, quantization: prescribed[kind] ?? quantization(random, random.pick(scales)) };
  return layerNet(kind, attributes as OperatorAttributes[typeof kind], [input], output);
}

test("functions of one number are tables", () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = new Random(seed);
    const shape = Array.from({ length: random.int(1, 4) }, () => random.int(1, 6));
    for (const kind of plain)
      assert.is(compare(unaryNet(kind, {}, random, shape), random, `${kind} ${seed}`), `${kind} table`);
    const approximate = seed % 2 === 0;
    compare(unaryNet("gelu", { approximate }, random, shape), random, `gelu ${seed}`);
    const alpha = random.pick([0.01, 0.3, 1.5, -0.4, 0]);
    compare(unaryNet("leakyRelu", { alpha }, random, shape), random, `leakyRelu ${seed}`);
  }
});

test("logSoftmax and l2Normalize over rows", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(1000 + seed);
    const shape = [random.int(1, 4), random.int(1, 40)];
    for (const kind of ["logSoftmax", "l2Normalize"] as const)
      compare(unaryNet(kind, {}, random, shape), random, `${kind} ${seed}`);
  }
});

/** What alpha may look like beside an input of [height, width, channels]. */
const alphaShapes = [
  ([, , c]: number[]) => [c],
  () => [1],
  (shape: number[]) => shape,
  ([h]: number[]) => [h, 1, 1],
  ([, w]: number[]) => [w, 1],
];

test("prelu: alpha constant or computed, of any shape that repeats", () => {
  const kernels = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(2000 + seed);
    const shape = [random.int(1, 4), random.int(1, 5), random.int(1, 7)];
    const alpha = { shape: random.pick(alphaShapes)(shape), quantization: quantization(random, 0.01) };
    const x = { shape, quantization: quantization(random) };
    const net = layerNet("prelu", {}, [x, alpha], { shape, quantization: quantization(random) });
    kernels.add(compare(net, random, `prelu ${seed}`));
    kernels.add(compare(withConstant(net, random), random, `prelu ${seed} of a constant`));
  }
  assert.equal([...kernels].sort(), ["prelu", "prelu table"]);
});

/** The network with its second input a constant. */
function withConstant(net: Simplified, random: Random): Simplified {
  const { shape, quantization } = net.values[1];
  const constant = {
    shape,
    dtype: "int8" as const,
    data: random.int8(elements(shape)),
    scales: [quantization!.scale],
  };
  const values = net.values.map((value, id) => (id === 1 ? { ...value, constant } : value));
  return { ...net, values, inputs: [0] };
}

test("the exact semantics are the real ones to a step", () => {
  const every = Int8Array.from({ length: 256 }, (_, i) => i - 128);
  for (let seed = 0; seed < 30; seed++) {
    const random = new Random(3000 + seed);
    for (const kind of [...plain, "gelu", "leakyRelu"] as const) {
      const net = unaryNet(kind, { approximate: seed % 2 === 0, alpha: 0.2 }, random, [256]);
      const [input, output] = net.values;
      const { attributes } = net.operations[0];
      const { scale, zeroPoint } = output.quantization!;
      const exact = operators[kind].reference({ attributes } as never, [every], [input], output);
      const reals = Float32Array.from(
        every,
        (q) => input.quantization!.scale * (q - input.quantization!.zeroPoint),
      );
      const found = operators[kind].float!({ attributes } as never, [reals], [input], output);
      exact.forEach((q, i) => {
        // Neither has the root or the logarithm of what is not positive; hardSwish computes in 16 bits.
        if (["sqrt", "rsqrt", "log"].includes(kind) && reals[i] <= 0) return;
        const steps = Math.min(127, Math.max(-128, found[i] / scale + zeroPoint));
        const tolerance = kind === "hardSwish" ? 1.5 : 1.001;
        assert.ok(Math.abs(steps - q) <= tolerance, `${kind} ${seed}: ${reals[i]} gives ${q}, not ${steps}`);
      });
    }
  }
});

test.run();
