/** The predicted cost of functions: rules that hold exactly, and the emulated core within bands. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, outputFiles, reportJson } from "../../compiler/index.js";
import { emitCalls } from "../../compiler/6-emit/index.js";
import { costOf } from "../../compiler/5-lower/cost.js";
import { Positions } from "../../compiler/5-lower/cost/positions.js";
import { Block, Pointer, int, type KernelFunction, type Variable } from "../../compiler/ir/loop.js";
import type { Callable } from "../../compiler/run/callable.js";
import { hasEmulator } from "../../compiler/run/emulator.js";
import { measureInference } from "../../compiler/run/inference.js";
import { hasNativeCompiler } from "../../compiler/run/native.js";
import { patternOf } from "../../compiler/run/pattern.js";
import { profile } from "../../compiler/run/profile.js";
import { call } from "../../compiler/targets/call.js";
import { load4, max, min, smlad } from "../../compiler/targets/cortex-m7.js";

const [x, y] = [new Pointer("x", "int8", false), new Pointer("y", "int8", true)];

function functionOf(body: (block: Block) => void): KernelFunction {
  const block = new Block();
  body(block);
  return { parameters: [x, y], constants: [], body: block.statements, notes: [] };
}
const cyclesOf = (body: (block: Block) => void): number => costOf(functionOf(body)).cycles;

const copies =
  (count: number, step = 1) =>
  (block: Block) =>
    block.for("i", 0, count, 1, (i, body) => body.store(y, i, x.at(i.times(step))));

test("turns of a loop take the same time each", () => {
  const [ten, twenty, thirty] = [10, 20, 30].map((count) => cyclesOf(copies(count)));
  assert.ok(twenty > ten);
  assert.is(thirty - twenty, twenty - ten);
});

test("what does not change in a loop is computed in front of it", () => {
  const plain = cyclesOf((block) => {
    const scale = block.let("scale", x.at(0));
    block.for("i", 0, 1000, 1, (i, body) => body.store(y, i, scale.times(3).plus(x.at(i))));
  });
  const hoisted = cyclesOf((block) => {
    const scale = block.let("scale", x.at(0).times(3));
    block.for("i", 0, 1000, 1, (i, body) => body.store(y, i, scale.plus(x.at(i))));
  });
  assert.ok(Math.abs(plain - hoisted) < 20, `${plain} and ${hoisted}`);
});

test("a product in an index is an addition a turn, not a multiplication", () => {
  assert.is(cyclesOf(copies(1000, 7)), cyclesOf(copies(1000, 1)));
});

test("words between words take three cycles more", () => {
  const sums = (step: number) =>
    cyclesOf((block) => {
      const sum = block.variable("sum", 0);
      block.for("i", 0, 1000, 1, (i, body) =>
        body.set(sum, call(smlad, call(load4, x.plus(i.times(step))), int(1), sum)),
      );
    });
  assert.is(sums(6) - sums(8), 0.5 * 3000);
  assert.is(sums(5) - sums(8), 0.75 * 3000);
});

test("trip counts that depend on outer loops are means over all of their turns", () => {
  const positions = new Positions();
  const block = new Block();
  block.for("oy", 0, 5, 1, (oy, rows) => {
    const first = rows.let("first", call(max, oy.minus(1), 0));
    const end = rows.let("end", call(min, oy.plus(2), 5));
    rows.for("row", first, end, 1, (row, body) => body.store(y, row, 0));
  });
  const [outer] = block.statements;
  assert.ok(outer.kind === "for");
  assert.is(positions.enter(outer).turns, 5);
  for (const one of outer.body) {
    if (one.kind === "declare") positions.define(one.variable, one.value, one.mutable);
    // 2, 3, 3, 3, 2
    if (one.kind === "for") assert.is(positions.enter(one).turns, 13 / 5);
  }
  const oy: Variable = outer.variable;
  assert.is(positions.share(oy.compare(">", 0)), 4 / 5);
  positions.where(oy.compare(">", 0), true, () => assert.is(positions.mean(oy), 2.5));
});

const withEmulator = hasEmulator() && hasNativeCompiler() ? test : test.skip;
const conformance = fileURLToPath(new URL("../../../shared/conformance", import.meta.url));
const samples = ["mul_broadcast_hw", "mean_hw_16x16", "dw_3x3_s11_same_8x8x8_relu6"];

for (const name of samples) {
  const model = `${conformance}/${name}/model.tflite`;
  const sample = existsSync(model) ? withEmulator : test.skip;
  sample(`${name}: cycles within a quarter of the emulated core's, stack not below`, async () => {
    const net = await compile(model, { board: "nucleo-h743zi", ignoreLimits: true });
    const callable = reportJson(net) as Callable;
    const inputs = patternOf(callable);
    const { layers, missing } = await profile(outputFiles(net), callable, emitCalls(net), inputs);
    const { stackBytes } = await measureInference(outputFiles(net), callable, inputs, []);
    const { stackBytes: predicted } = net.totals;
    assert.ok(
      predicted >= stackBytes && predicted <= stackBytes + 96,
      `${predicted} for ${stackBytes} bytes`,
    );
    if (missing !== undefined) return;
    net.lowered.forEach(({ name: layer, coreCycles }, i) => {
      const { cycles } = layers[i].timing!;
      assert.ok(Math.abs(coreCycles / cycles - 1) < 0.25, `${layer}: ${coreCycles} for ${cycles} cycles`);
    });
  });
}

test.run();
