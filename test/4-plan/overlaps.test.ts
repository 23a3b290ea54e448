/** Results over inputs that nobody needs any more: plans use it, compute the same, and the verifier knows the distances. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { arrange } from "../../compiler/4-plan/arrange.js";
import { kernelsOf, unitOf, type Unit } from "../../compiler/4-plan/units.js";
import { verifyPlan } from "../../compiler/4-plan/verify.js";
import { lower } from "../../compiler/5-lower/index.js";
import { bytes, elements, type Operation, type Simplified, type ValueId } from "../../compiler/ir/graph.js";
import type { Planned, StepKernel } from "../../compiler/ir/plan.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { board, Random } from "../kernels/layers.js";
import { randomNet } from "./random-net.js";

type Distance = (input: ValueId, unit: Unit) => number | undefined;

/** Every operation with its first kernel, which says of itself what `distance` does; without work in place. */
function unitsOver(net: Simplified, distance: Distance): Unit[] {
  return net.operations.map((operation) => {
    const [kernel] = kernelsOf(net, operation);
    const unit = unitOf(operation, kernel);
    if (!kernel) return unit;
    const overlap = (input: ValueId) => distance(input, unit);
    return { ...unit, kernel: { ...kernel, inPlace: [], overlap } };
  });
}

/** Kernels that can work in place read every element before they write it, so that the result may begin there or before. */
const elementwise =
  (net: Simplified): Distance =>
  (input, { operations }) => {
    const [kernel] = kernelsOf(net, operations[0]);
    const size = bytes(net.values[operations[0].output]);
    return kernel.inPlace.includes(input) && bytes(net.values[input]) >= size ? 0 : undefined;
  };

/** Pairs of results and inputs that have bytes in common. */
function metPairs({ steps, storage, buffers, values }: Planned) {
  const rangeOf = (value: ValueId) => {
    const { buffer, offset } = storage.get(value)!;
    const start = buffers[buffer].offset + offset;
    return { start, end: start + bytes(values[value]) };
  };
  return steps.flatMap((step, index) =>
    step.inputs.flatMap((input) => {
      const [one, two] = [rangeOf(input), rangeOf(step.outputs[0])];
      if (one.end <= two.start || two.end <= one.start) return [];
      return [{ index, input, output: step.outputs[0], distance: two.start - one.start }];
    }),
  );
}

test("element-wise results lie over their inputs, and are what the reference interpreter computes", () => {
  let met = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(seed);
    const net = randomNet(random, random.int(2, 12));
    const planned = arrange(net, unitsOver(net, elementwise(net)));
    met += metPairs(planned).length;
    assert.ok(planned.steps.every(({ inPlace }) => !inPlace));
    const input = random.int8(elements(net.values[0].shape));
    const expected = evaluate(planned, new Map([[0, input]]));
    const { run } = prepare(lower(planned));
    run([input]);
    run([input]).forEach((actual, i) => {
      const { name, value } = planned.outputs[i];
      assert.equal([...actual], [...expected.get(value)!], `seed ${seed}, ${name}`);
    });
  }
  assert.ok(met > 40, `${met} results over inputs`);
});

test("plans with any distances are no larger than without, and moved buffers are found", () => {
  let [saved, found, harmless] = [0, 0, 0];
  for (let seed = 0; seed < 80; seed++) {
    const random = new Random(300 + seed);
    const net = randomNet(random, random.int(2, 12));
    const distances = new Map<string, number | undefined>();
    const distance: Distance = (input, { output }) => {
      const key = `${input} ${output}`;
      const most = random.pick([undefined, 0, -random.int(1, 40), random.int(0, 40)]);
      if (!distances.has(key)) distances.set(key, most);
      return distances.get(key);
    };
    const planned = arrange(net, unitsOver(net, distance));
    const apart = arrange(
      net,
      unitsOver(net, () => undefined),
    );
    saved += planned.arena.bytes < apart.arena.bytes ? 1 : 0;
    for (const { input, output, distance: own, index } of metPairs(planned)) {
      const most = planned.steps[index].kernel.overlap!(input)!;
      assert.ok(own <= most, `seed ${seed}`);
      // The result begins one byte behind what its kernel allows, at least.
      const by = 4 * Math.ceil((most - own + 1) / 4);
      const moved = shifted(planned, planned.storage.get(output)!.buffer, by);
      if (own + by >= bytes(net.values[input])) harmless++;
      else {
        assert.throws(() => verifyPlan(moved), /^plan: /, `seed ${seed}`);
        found++;
      }
    }
  }
  assert.ok(saved > 10 && found > 20, `${saved} smaller, ${found} found, ${harmless} harmless`);
});

function shifted(planned: Planned, id: number, by: number): Planned {
  const buffers = planned.buffers.map((one) => (one.id === id ? { ...one, offset: one.offset + by } : one));
  return { ...planned, buffers, arena: { ...planned.arena, bytes: planned.arena.bytes + 64 } };
}

/** Relu after relu over vectors of these sizes; the kernels are replaced, and never run. */
function chainOf(sizes: readonly number[], kernel: Partial<StepKernel>): { net: Simplified; units: Unit[] } {
  const q = { scale: 1, zeroPoint: 0 };
  const values = sizes.map((size, i) => ({
    name: `v${i}`,
    shape: [size],
    dtype: "int8" as const,
    quantization: q,
  }));
  const operations = sizes.slice(1).map((_, i) => ({
    kind: "relu",
    name: `op${i}`,
    inputs: [i],
    output: i + 1,
    attributes: {},
  })) as unknown as Operation[];
  const outputs = [{ name: "y", value: sizes.length - 1 }];
  const inputs = [0];
  const net = { name: "net", board, limits: [], nominal: false, values, operations, inputs, outputs };
  const units = operations.map((operation) => {
    const [own] = kernelsOf(net, operation);
    return unitOf(operation, { ...own, inPlace: [], scratch: () => ({ least: 0, most: 0 }), ...kernel });
  });
  return { net, units };
}

test("the arena is the bound of pairs, and what is left of an input is free after its step", () => {
  const arenaOf = (sizes: readonly number[], kernel: Partial<StepKernel>) => {
    const { net, units } = chainOf(sizes, kernel);
    const { arena } = arrange(net, units);
    assert.is(arena.bytes, arena.lowerBound);
    return arena.bytes;
  };
  assert.is(arenaOf([800, 400], {}), 1200);
  assert.is(arenaOf([800, 400], { overlap: () => 0 }), 800);
  assert.is(arenaOf([800, 400], { overlap: () => -80 }), 880);
  assert.is(arenaOf([800, 400, 200], { overlap: () => -80 }), 880);
  assert.is(arenaOf([400, 800], { overlap: () => -400 }), 800);
  assert.is(arenaOf([800, 400], { inPlace: [0] }), 800);
  // In place of 800 bytes, then 400 apart: beside 80 of what is in place, not beside 800.
  const { net, units } = chainOf([800, 80, 600], {});
  const first = { ...units[0], kernel: { ...units[0].kernel!, inPlace: [0] } };
  const planned = arrange(net, [first, units[1]]);
  assert.ok(planned.steps[0].inPlace);
  assert.is(planned.arena.bytes, 800);
});

test("in place or over it, whichever takes less", () => {
  const scratch = (inPlace: boolean) => ({ least: inPlace ? 100 : 0, most: 100 });
  const { net, units } = chainOf([800, 800], { inPlace: [0], overlap: () => -40, scratch });
  const over = arrange(net, units);
  assert.is(over.steps[0].inPlace, false);
  assert.is(over.arena.bytes, 840);
  const costly = chainOf([800, 800], { inPlace: [0], overlap: () => -200, scratch });
  const place = arrange(costly.net, costly.units);
  assert.is(place.steps[0].inPlace, true);
  assert.is(place.arena.bytes, 904);
});

test("the verifier asks the kernel, and whether the input is needed later", () => {
  const { net, units } = chainOf([800, 400], { overlap: () => -80 });
  const planned = arrange(net, units);
  const liar = planned.steps.map((step) => ({ ...step, kernel: { ...step.kernel, overlap: () => -84 } }));
  assert.throws(() => verifyPlan({ ...planned, steps: liar }), /v1 overlaps v0/);
  const silent = planned.steps.map((step) => ({ ...step, kernel: { ...step.kernel, overlap: undefined } }));
  assert.throws(() => verifyPlan({ ...planned, steps: silent }), /v1 overlaps v0/);
  const outputs = [...planned.outputs, { name: "x", value: 0 }];
  assert.throws(() => verifyPlan({ ...planned, outputs }), /v1 overlaps v0/);
  // As an output from the start, it is kept.
  assert.is(arrange({ ...net, outputs }, units).arena.bytes, 1200);
});

test("what a fed step writes is there from the start", () => {
  const { net, units } = chainOf([800, 400, 800, 80], { scratch: () => ({ least: 48, most: 48 }) });
  const values = net.values.map((value, i) => (i === 0 ? { ...value, feed: "rows" as const } : value));
  const planned = arrange({ ...net, values }, units);
  assert.is(planned.steps[0].feeds, 0);
  assert.is(planned.storage.get(0), undefined);
  // 400, 800, scratch and the number of the next row.
  assert.is(planned.arena.bytes, 400 + 800 + 48 + 8);

  // Two inputs come in any order: neither step's memory is the other's.
  const more = [
    { ...values[0], name: "w0" },
    { ...values[1], name: "w1" },
  ];
  const at = values.length;
  const twin = { ...net.operations[0], name: "twin", inputs: [at], output: at + 1 };
  const both: Simplified = {
    ...net,
    values: [...values, ...more],
    operations: [...net.operations, twin],
    inputs: [0, at],
    outputs: [...net.outputs, { name: "w", value: at + 1 }],
  };
  const two = arrange(both, [...units, unitOf(twin, units[0].kernel)]);
  const [one, other] = two.steps.map(({ scratch }) => two.buffers[scratch!]);
  assert.equal([one.first, one.last, other.first, other.last], [0, 1, 0, 1]);
  assert.throws(() => verifyPlan(shifted(two, one.id, other.offset - one.offset)), /overlaps/);
});

test.run();
