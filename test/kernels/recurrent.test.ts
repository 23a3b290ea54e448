/** Layers with state against their reference, over several runs: the state must agree too. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import type { Simplified } from "../../compiler/ir/graph.js";
import { evaluate, initialState } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { bias, inputCases, layerNet, quantization, Random, weights } from "./layers.js";

/** All cases in a row, then, after a reset, the first again. */
function compareRuns(net: Simplified, random: Random, what: string): void {
  const { run, reset } = prepare(lower(plan(net, { streaming: "off" })));
  const cases = inputCases(random, net.values[0].shape);
  for (const round of [cases, cases.slice(0, 1)]) {
    reset();
    const state = initialState(net);
    round.forEach((input, i) => {
      const expected = evaluate(net, new Map([[0, input]]), state).get(1)!;
      assert.equal([...run([input])[0]], [...expected], `${what}, run ${i}`);
    });
  }
}

test("lstm: any sizes, scales a gate or a row, cells of any scale", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(seed);
    const [steps, features, units] = [random.int(1, 5), random.int(1, 19), random.int(1, 11)];
    const rows = 4 * units;
    const perGate = seed % 2 === 0;
    const matrix = (columns: number) => {
      const made = weights(random, [rows, columns], rows, seed % 3 === 0);
      const scales = made.scales!.map((scale, row) => (perGate ? made.scales![row - (row % units)] : scale));
      return { ...made, scales };
    };
    const attributes = {
      inputWeights: matrix(features),
      recurrentWeights: matrix(units),
      bias: random.next() < 0.8 ? bias(random, rows) : undefined,
      cellExponent: random.int(-15, -9),
      cellLimit: random.pick([2 ** 15, 2 ** 15 - 1, 5000]),
    };
    const input = { shape: [steps, features], quantization: quantization(random) };
    const output = { shape: [steps, units], quantization: quantization(random, 1 / 128) };
    compareRuns(layerNet("lstm", attributes, [input], output), random, `seed ${seed}`);
  }
});

test("svdf: any rank and memory", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(500 + seed);
    const [features, units, rank, memory] = [
      random.int(1, 23),
      random.int(1, 6),
      random.int(1, 3),
      random.int(1, 9),
    ];
    const filters = units * rank;
    const extreme = seed % 3 === 0;
    const time = Int16Array.from({ length: filters * memory }, () =>
      extreme ? random.pick([-32768, 32767]) : random.int(-3000, 3000),
    );
    const attributes = {
      rank,
      featureWeights: weights(random, [filters, features], 1, extreme),
      timeWeights: { shape: [filters, memory], dtype: "int16" as const, data: time, scales: [2 ** -15] },
      bias: random.next() < 0.8 ? bias(random, units) : undefined,
      stateScale: random.pick([0.0003, 0.00001, 0.01]),
    };
    const input = { shape: [features], quantization: quantization(random) };
    const output = { shape: [units], quantization: quantization(random) };
    compareRuns(layerNet("svdf", attributes, [input], output), random, `seed ${seed}`);
  }
});

test.run();
