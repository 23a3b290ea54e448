/** Inputs that are fed by rows: what the loops compute here, the C on this machine and on the emulator, image after image. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { emit, emitCalls } from "../../compiler/6-emit/index.js";
import { reportJson } from "../../compiler/7-report/index.js";
import { elements } from "../../compiler/ir/graph.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import type { Callable, TensorArray } from "../../compiler/run/callable.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { measureInference } from "../../compiler/run/inference.js";
import { prepare } from "../../compiler/run/javascript.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { profile } from "../../compiler/run/profile.js";
import { faultsOf } from "../../compiler/run/shadow/index.js";
import { add, conv2d, globalAveragePool, input, maxPool2d, network, quantize } from "../../dsl/index.js";
import { Random } from "../kernels/layers.js";
import { lowerFed } from "./fed-network.js";

const window = { kernel: 3, padding: "same" } as const;

const one = lowerFed(
  network("one", {}, () => {
    const image = input("image", [9, 12, 4], { feed: "rows" });
    const stem = conv2d(image, {
      name: "row",
      ...window,
      filters: 8,
      stride: 2,
      activation: "relu",
    });
    return globalAveragePool(conv2d(stem, { filters: 4, kernel: 1 }));
  }),
);

const real = lowerFed(
  network("real", {}, () => {
    const image = input("image", [6, 5, 3], { dtype: "float32", feed: "rows" });
    return maxPool2d(quantize(image, { quantization: { scale: 0.1, zeroPoint: 3 } }), { size: 2 });
  }),
);

const several = lowerFed(
  network("several", {}, () => {
    const left = conv2d(input("left", [8, 12, 4], { feed: "rows" }), { ...window, filters: 4 });
    const right = maxPool2d(input("right", [16, 24, 4], { feed: "rows" }), { size: 2 });
    const whole = input("whole", [8, 12, 4]);
    return { sum: add(add(left, right), whole), right };
  }),
);

const random = new Random(7);

function imagesFor(net: Lowered): TensorArray[] {
  return net.inputs.map((id) => {
    const { dtype, shape } = net.values[id];
    const data = random.int8(elements(shape));
    return dtype === "float32" ? Float32Array.from(data, (value) => value / 7) : data;
  });
}

const nets = [one, real, several].map((net) => {
  const cases = Array.from({ length: 3 }, () => imagesFor(net));
  const expected = cases.map((tensors) => {
    const values = evaluate(net, new Map(net.inputs.map((id, i) => [id, tensors[i]])));
    return net.outputs.map(({ value }) => values.get(value)!);
  });
  return { net, cases, expected, callable: reportJson(net) as Callable };
});

test("a fed input has no memory: rows come first, and what they leave", () => {
  for (const { net } of nets) {
    const fed = net.inputs.filter((id) => net.values[id].feed);
    for (const id of fed) assert.is(net.storage.get(id), undefined);
    assert.equal(
      net.steps.slice(0, fed.length).map(({ feeds }) => feeds),
      fed,
    );
    assert.is(net.state.length, fed.length);
    assert.ok(net.steps.slice(fed.length).every(({ feeds }) => feeds === undefined));
  }
});

test("the loops here take image after image", () => {
  for (const { net, cases, expected } of nets) {
    const { run } = prepare(net);
    assert.equal(
      cases.map((tensors) => run(tensors)),
      expected,
    );
  }
});

test("nobody reads what is overwritten, from the first row to the last image", () => {
  for (const { net, cases, expected } of nets)
    assert.equal(faultsOf(net, cases, false, expected as TensorArray[][]), []);
});

test("a reset drops an image that is not complete", () => {
  const { net, cases, expected } = nets[0];
  const { run, memory, reset } = prepare(net);
  const [{ offset }] = net.state;
  memory.view.setInt32(offset, 4, true);
  reset();
  assert.equal(run(cases[0]), expected[0]);
});

const withCompiler = hasNativeCompiler() ? test : test.skip;
const withEmulator = hasEmulator() ? test : test.skip;

withCompiler("the C on this machine takes rows, whatever was in the arena", async () => {
  const flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  for (const { net, callable, cases, expected } of nets)
    assert.equal(await runNative(emit(net), callable, cases, { flags }), expected);
});

withEmulator("and on the emulated Cortex-M7", async () => {
  for (const { net, callable, cases, expected } of nets)
    assert.equal(await runEmulated(emit(net), callable, cases), expected);
});

withEmulator("a fed layer is measured with all its rows", async () => {
  const { net, callable, cases, expected } = nets[0];
  const { outputs, run } = await measureInference(emit(net), callable, cases[0], []);
  assert.equal(outputs, expected[0]);
  const { layers, total } = await profile(emit(net), callable, emitCalls(net), cases[0]);
  assert.is(layers.length, net.lowered.length);
  const sum = layers.reduce((all, { instructions }) => all + instructions, 0);
  for (const whole of [total, run])
    assert.ok(Math.abs(whole.instructions / sum - 1) < 0.15, `${whole.instructions} of ${sum}`);
});

test.run();
