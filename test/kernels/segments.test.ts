/** Segments: random DAGs of layers that run row by row compute what the reference does, in every layout, whole and fed. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Simplified } from "../../compiler/ir/graph.js";
import { fits, segmentKernel, sketchOf, type Segment } from "../../compiler/kernels/rows/segment.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { Random, inputCases } from "./layers.js";
import { invertedResidual, randomNet, segmentOf } from "./row-networks.js";
import { prepareSegment } from "./segment-run.js";

/** The segment's result against the reference's, twice in the same memory. */
function compare(random: Random, net: Simplified, segment: Segment, scratch: number, what: string): void {
  const run = prepareSegment(segment, { scratch });
  const cases = net.inputs.map((value) => inputCases(random, net.values[value].shape));
  for (let i = 0; i < 2; i++) {
    const inputs = cases.map((one) => one[i]);
    const results = evaluate(net, new Map(net.inputs.map((value, k) => [value, inputs[k]])));
    assert.equal([...run(inputs)], [...results.get(net.outputs[0].value)!], what);
  }
}

const describe = ({ stages, fed }: Segment): string =>
  `${fed ? "fed " : ""}${stages.map(({ kernel, layer }) => `${kernel.name} ${layer.output.shape.join("x")}`).join(", ")}`;

for (const fed of [false, true]) {
  test(`random DAGs, ${fed ? "row by row" : "whole"}`, () => {
    const count = { segments: 0, bands: 0, several: 0, beside: 0, reductions: 0 };
    const names = new Set<string>();
    for (let seed = 0; seed < 110; seed++) {
      const random = new Random(seed);
      const net = randomNet(random, { layers: random.int(1, 6), most: random.pick([6, 14]) });
      const segment = segmentOf(random, net, fed);
      if (!segment) continue;
      for (const { bytes, runs } of sketchOf(segment)!.layouts) {
        compare(random, net, segment, bytes, `seed ${seed}: ${describe(segment)}, ${bytes} bytes`);
        if (runs[runs.length - 1].rows > 1) count.bands++;
      }
      count.segments++;
      if (segment.stages.length > 2) count.several++;
      if (segment.stages.some(({ inputs }) => inputs.length > 1)) count.beside++;
      if (segment.stages.some(({ kernel }) => kernel.total)) count.reductions++;
      segment.stages.forEach(({ kernel }) => names.add(kernel.name));
    }
    assert.ok(count.segments > 80 && count.bands > 50 && count.several > 40, JSON.stringify(count));
    assert.ok(count.beside > 15 && count.reductions > 3, JSON.stringify(count));
    assert.ok(names.size >= 8, [...names].join("; "));
  });
}

test("inverted residuals: bands of several rows, scratch between the layouts", () => {
  let count = 0;
  for (let seed = 0; seed < 16; seed++) {
    const random = new Random(7000 + seed);
    const net = invertedResidual(random, 4 * random.int(1, 3), random.int(1, 14), random.int(1, 2));
    // Accumulators of an extreme bias are for the kernels of layers.
    const segment = segmentOf(random, net);
    if (!segment) continue;
    count++;
    const { least, most } = segmentKernel(segment).scratch(false);
    for (const scratch of [least, random.int(least, most), most])
      compare(random, net, segment, scratch, `seed ${seed}: ${describe(segment)}, ${scratch} bytes`);
  }
  assert.ok(count > 8);
});

test("layouts: each takes more scratch and moves no more; rows are computed once", () => {
  for (let seed = 0; seed < 100; seed++) {
    const random = new Random(seed);
    const segment = segmentOf(random, randomNet(random, { layers: 5, most: 20 }));
    if (!segment) continue;
    const { layouts, bytes } = sketchOf(segment)!;
    assert.is(bytes, layouts[0].bytes);
    layouts.slice(1).forEach((one, i) => {
      assert.ok(one.bytes > layouts[i].bytes);
      assert.ok(one.lineWork.moved.words <= layouts[i].lineWork.moved.words);
    });
    for (const { runs } of layouts) {
      runs.forEach(({ rows, count }, stage) => {
        const { layer, kernel, streamed } = segment.stages[stage];
        const height = kernel.total ? layer.inputs[streamed].shape[0] : layer.output.shape[0];
        assert.ok(rows * count <= height);
      });
    }
    const parts = segmentKernel(segment).lower({ scratch: bytes, inPlace: false }).parts!;
    const end = parts.map((one) => one.offset + one.bytes);
    assert.ok(Math.max(0, ...end) <= bytes && bytes <= Math.max(0, ...end) + 3);
  }
});

test("stages that do not fit together", () => {
  const random = new Random(7000);
  const net = invertedResidual(random, 8, 8);
  const segment = segmentOf(random, net)!;
  const { stages } = segment;
  assert.ok(fits(segment));
  // A result that nobody reads, and one that is read before it is made.
  assert.not.ok(
    fits({ ...segment, stages: [...stages, { ...stages[3], inputs: [{ stage: 2 }, { tensor: 0 }] }] }),
  );
  assert.not.ok(fits({ ...segment, stages: stages.map((one) => ({ ...one, inputs: [{ stage: 3 }] })) }));
  // Nothing comes by rows.
  assert.not.ok(fits({ ...segment, values: [9, 0], stages: [{ ...stages[0], inputs: [{ tensor: 1 }] }] }));
  assert.is(
    sketchOf({ ...segment, stages: stages.map((one) => ({ ...one, inputs: [{ stage: 3 }] })) }),
    undefined,
  );
  assert.throws(() => segmentKernel({ ...segment, stages: [...stages].reverse() }));
});

test.run();
