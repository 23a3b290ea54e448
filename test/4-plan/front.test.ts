/** The search and its front: shortest paths are exact, limits pick the point they ask for, and every plan computes what it should. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Candidate } from "../../compiler/4-plan/candidates.js";
import { cheapest, flashAllowance } from "../../compiler/4-plan/choose.js";
import { cyclesOf, frontOf } from "../../compiler/4-plan/front.js";
import { arenaBytes } from "../../compiler/ir/plan.js";
import { evaluate, paretoFront, plan } from "../../compiler/4-plan/index.js";
import { searchOf } from "../../compiler/4-plan/search.js";
import { lower } from "../../compiler/5-lower/index.js";
import { elements, type Simplified } from "../../compiler/ir/graph.js";
import type { Limit } from "../../compiler/limits/limits.js";
import { evaluate as interpret } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { Random } from "../kernels/layers.js";
import { randomNet } from "../kernels/row-networks.js";

const nets = (count: number, first = 0): Simplified[] =>
  Array.from({ length: count }, (_, i) =>
    randomNet(new Random(first + i), { layers: 3 + (i % 6), most: 20 }),
  );

const limit = (quantity: Limit["quantity"], atMost: number): Limit => ({
  quantity,
  atMost,
  text: `${atMost}`,
});

/** Every partition of the operations into candidates, one after the other. */
function* partitions(
  byEnd: readonly (readonly Candidate[])[],
  end = byEnd.length,
): Generator<readonly Candidate[]> {
  if (end === 0) yield [];
  else
    for (const last of byEnd[end - 1])
      for (const before of partitions(byEnd, last.first)) yield [...before, last];
}

test("no partition is cheaper than the shortest path within the same bytes", () => {
  let compared = 0;
  for (const net of nets(20)) {
    const { byEnd } = searchOf(net, "chosen");
    // Few of each kind, so that all partitions can be counted.
    const few = byEnd.map((ending) => ending.filter((_, i) => i % Math.ceil(ending.length / 4) === 0));
    const all = [...few.keys()].length > 6 ? [] : [...partitions(few)];
    const peaks = all.map((path) => Math.max(...path.map(({ bytes }) => bytes)));
    for (const atMost of new Set(peaks)) {
      const best = Math.min(
        ...all
          .filter((_, i) => peaks[i] <= atMost)
          .map((path) => path.reduce((sum, one) => sum + one.cycles, 0)),
      );
      assert.is(Math.round(cheapest(few, 0, atMost)!.cycles), Math.round(best));
      compared++;
    }
  }
  assert.ok(compared > 50, `only ${compared} compared`);
});

test("a front falls in bytes and rises in cycles, and is the same every time", () => {
  for (const net of nets(12, 100)) {
    const front = frontOf(searchOf(net, "chosen"), flashAllowance(net));
    front.slice(1).forEach((path, i) => {
      assert.ok(path.bytes < front[i].bytes && path.cycles > front[i].cycles);
    });
    const again = frontOf(searchOf(net, "chosen"), flashAllowance(net));
    assert.equal(
      again.map(({ bytes, cycles }) => [bytes, cycles]),
      front.map(({ bytes, cycles }) => [bytes, cycles]),
    );
  }
});

test("a limit on sram is kept where any plan keeps it, and costs time", () => {
  for (const net of nets(12, 200)) {
    const plans = paretoFront(net);
    const smallest = Math.min(...plans.map(arenaBytes));
    const tight = plan({ ...net, limits: [limit("sram", smallest)] });
    assert.ok(arenaBytes(tight) <= smallest, `${arenaBytes(tight)} of ${smallest}`);
    const ends = (["speed", "memory"] as const).map((prefer) => plan(net, { prefer }));
    assert.ok(arenaBytes(ends[1]) <= arenaBytes(ends[0]));
  }
});

test("a limit on latency alone gives the smallest plan that keeps it", () => {
  for (const net of nets(8, 300)) {
    const plans = paretoFront(net).map((planned) => ({
      bytes: arenaBytes(planned),
      seconds: lower(planned).totals.seconds,
    }));
    const bound = plans[Math.floor(plans.length / 2)].seconds;
    const chosen = plan({ ...net, limits: [limit("latency", bound)] });
    assert.ok(lower(chosen).totals.seconds <= bound * 1.02);
    assert.ok(arenaBytes(chosen) <= plans[0].bytes);
  }
});

test("every point of a front computes what the reference does", () => {
  for (const net of nets(14, 400)) {
    const random = new Random(net.operations.length);
    const inputs = new Map(net.inputs.map((id) => [id, random.int8(elements(net.values[id].shape))]));
    const expected = interpret(net, inputs).get(net.outputs[0].value)!;
    for (const planned of paretoFront(net)) {
      const [found] = prepare(lower(planned)).run([...inputs.values()]);
      assert.equal([...found], [...expected]);
    }
  }
});

test("streaming forced on and off", () => {
  let streamed = 0;
  for (const net of nets(20, 500)) {
    const on = plan(net, { streaming: "on" });
    const off = plan(net, { streaming: "off" });
    assert.ok(off.steps.every(({ operations }) => operations.length === 1));
    if (on.steps.length < off.steps.length) streamed++;
  }
  assert.ok(streamed > 10, `only ${streamed} streamed`);
});

test("an evaluation is the plan's, by its prices", () => {
  for (const net of nets(10, 600)) {
    const { sram, cycles, planned } = evaluate(net);
    assert.is(sram, arenaBytes(planned));
    const exact = cyclesOf(planned);
    assert.ok(cycles < 1.5 * exact + 2000 && exact < 1.5 * cycles + 2000, `${cycles} for ${exact}`);
  }
});

test("a network without layers", () => {
  const [net] = nets(1);
  const values = [net.values[net.inputs[0]]];
  const empty = { ...net, values, operations: [], inputs: [0], outputs: [{ name: "y", value: 0 }] };
  assert.is(plan(empty).steps.length, 0);
});

test.run();
