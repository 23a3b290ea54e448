/** Plans of random graphs: verified, no smaller than the bound, and exact when executed (a bad plan corrupts results). */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { cheapest } from "../../compiler/4-plan/choose.js";
import { searchOf } from "../../compiler/4-plan/search.js";
import { orderUnits } from "../../compiler/4-plan/order.js";
import { lowerBound } from "../../compiler/4-plan/bound.js";
import { placeBuffers } from "../../compiler/4-plan/placement.js";
import { verifyPlan } from "../../compiler/4-plan/verify.js";
import { lower } from "../../compiler/5-lower/index.js";
import { elements } from "../../compiler/ir/graph.js";
import type { Planned } from "../../compiler/ir/plan.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { Random } from "../kernels/layers.js";
import { randomNet } from "./random-net.js";

test("random graphs compute what the reference interpreter does", () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = new Random(seed);
    const net = randomNet(random, random.int(1, 14));
    const planned = plan(net);
    assert.ok(planned.arena.bytes >= planned.arena.lowerBound, `seed ${seed}`);
    for (const { offset, align } of planned.buffers) assert.is(offset % align, 0);
    compare(planned, random, `seed ${seed}`);
  }
});

/** Runs the plan and the reference interpreter. */
function compare(planned: Planned, random: Random, what: string): void {
  const input = random.int8(elements(planned.values[0].shape));
  const expected = evaluate(planned, new Map([[0, input]]));
  const { run } = prepare(lower(planned));
  // Twice: what the first run leaves behind must not matter.
  run([input]);
  run([input]).forEach((actual, i) => {
    const { name, value } = planned.outputs[i];
    assert.equal([...actual], [...expected.get(value)!], `${what}, ${name}`);
  });
}

/** Every operation by itself. */
function fastestUnits(net: Parameters<typeof plan>[0]) {
  return cheapest(searchOf(net, "off").byEnd, 0)!.candidates.map((one) => one.unit());
}

test("the order is a topological one, and no worse than the author's", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(500 + seed);
    const net = randomNet(random, random.int(2, 10));
    const order = orderUnits(net, fastestUnits(net));
    const known = new Set(net.inputs);
    for (const { inputs, output } of order) {
      assert.ok(
        inputs.every((value) => known.has(value)),
        `seed ${seed}`,
      );
      known.add(output);
    }
    assert.is(new Set(order).size, net.operations.length);
  }
});

test("two branches run one after the other, not side by side", () => {
  // wide0 and wide1 are large and each is reduced to one channel before the sum: only one of them need live at a time.
  const random = new Random(1);
  const image = [8, 8, 1];
  const window = {
    kernel: [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    padding: { top: 0, bottom: 0, left: 0, right: 0 },
  } as const;
  const q = { scale: 0.05, zeroPoint: 0 };
  const conv = (from: number, to: number) => {
    const data = random.int8(from * to);
    const scales = Array.from({ length: to }, () => 0.01);
    return {
      ...window,
      activation: "linear",
      weights: { shape: [to, 1, 1, from], dtype: "int8", data, scales },
    };
  };
  const value = (name: string, channels: number) => ({
    name,
    shape: [8, 8, channels],
    dtype: "int8" as const,
    quantization: q,
  });
  const base = randomNet(random, 1);
  const net = {
    ...base,
    values: [
      { name: "x", shape: image, dtype: "int8" as const, quantization: q },
      value("wide0", 32),
      value("wide1", 32),
      value("thin0", 1),
      value("thin1", 1),
      value("y", 1),
    ],
    operations: [
      { kind: "conv2d", name: "a", inputs: [0], output: 1, attributes: conv(1, 32) },
      { kind: "conv2d", name: "b", inputs: [0], output: 2, attributes: conv(1, 32) },
      { kind: "conv2d", name: "c", inputs: [1], output: 3, attributes: conv(32, 1) },
      { kind: "conv2d", name: "d", inputs: [2], output: 4, attributes: conv(32, 1) },
      { kind: "add", name: "e", inputs: [3, 4], output: 5, attributes: { activation: "linear" } },
    ] as never,
    outputs: [{ name: "y", value: 5 }],
  };
  const planned = plan(net);
  assert.ok(planned.arena.bytes < 2 * 8 * 8 * 32, `${planned.arena.bytes} bytes`);
});

test("placement meets the bound for a chain, and never overlaps", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(900 + seed);
    const steps = random.int(1, 12);
    const buffers = Array.from({ length: random.int(1, 20) }, (_, id) => {
      const first = random.int(0, steps - 1);
      return {
        id,
        name: `b${id}`,
        bytes: random.int(1, 500),
        align: 4,
        first,
        last: random.int(first, steps - 1),
        kind: "activation" as const,
      };
    });
    const { offsets, bytes } = placeBuffers(buffers);
    assert.ok(bytes <= buffers.reduce((sum, one) => sum + one.bytes + 3, 0));
    assert.ok(bytes + 3 >= lowerBound(buffers, steps) - 3);
    buffers.forEach((a, i) =>
      buffers.slice(i + 1).forEach((b, k) => {
        const together = a.first <= b.last && b.first <= a.last;
        const j = i + 1 + k;
        const apart = offsets[i] + a.bytes <= offsets[j] || offsets[j] + b.bytes <= offsets[i];
        assert.ok(!together || apart, `seed ${seed}: ${a.name} and ${b.name}`);
      }),
    );
  }
});

test("the verifier finds plans that were broken on purpose", () => {
  let found = 0;
  let broken = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(2000 + seed);
    const planned = plan(randomNet(random, random.int(3, 8)));
    // A buffer that lives together with another is moved onto it.
    const victim = planned.buffers.find((one) =>
      planned.buffers.some(
        (other) =>
          other.id !== one.id &&
          one.kind === "activation" &&
          one.first < other.last &&
          other.first < one.last,
      ),
    );
    if (!victim) continue;
    const other = planned.buffers.find(
      (one) => one.id !== victim.id && victim.first < one.last && one.first < victim.last,
    )!;
    const buffers = planned.buffers.map((one) =>
      one.id === victim.id ? { ...one, offset: other.offset } : one,
    );
    broken++;
    const moved = { ...planned, buffers } as Planned;
    try {
      verifyPlan(moved);
      // The part of a concatenation that overlaps may be written when the other buffer is not needed any more.
      compare(moved, random, `seed ${seed}`);
    } catch (error) {
      assert.match((error as Error).message, /^plan: /);
      found++;
    }
  }
  assert.ok(found > 10);
  assert.ok(broken - found <= 2, `${broken - found} of ${broken} were not found`);
});

test.run();
