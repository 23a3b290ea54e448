/** A segment's result may begin as far behind an input's begin as it says, and hardly further. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { elements, type Simplified } from "../../compiler/ir/graph.js";
import { segmentKernel, sketchOf, type Segment } from "../../compiler/kernels/rows/segment.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { Random, inputCases } from "./layers.js";
import { invertedResidual, randomNet, segmentOf } from "./row-networks.js";
import { prepareSegment } from "./segment-run.js";

interface Case {
  readonly inputs: readonly Int8Array[];
  readonly expected: string;
}

/** Random data, or data of extremes. */
function caseOf(random: Random, net: Simplified, kind: 0 | 1 = 0): Case {
  const inputs = net.inputs.map((value) => inputCases(random, net.values[value].shape)[kind]);
  const results = evaluate(net, new Map(net.inputs.map((value, i) => [value, inputs[i]])));
  return { inputs, expected: [...results.get(net.outputs[0].value)!].join() };
}

const isRight = (
  segment: Segment,
  { inputs, expected }: Case,
  scratch: number,
  value: number,
  distance: number,
) => [...prepareSegment(segment, { scratch, over: { value, distance } })(inputs)].join() === expected;

test("at the largest distance, and a row further", () => {
  const count = { right: 0, tight: 0, loose: 0 };
  for (let seed = 0; seed < 90; seed++) {
    const random = new Random(seed);
    const net = randomNet(random, { layers: random.int(1, 6), most: 14 });
    const segment = segmentOf(random, net);
    if (!segment) continue;
    const [one, other] = [caseOf(random, net), caseOf(random, net, 1)];
    for (const { bytes, overlaps } of sketchOf(segment)!.layouts) {
      overlaps.forEach((overlap, value) => {
        const { shape } = net.values[net.inputs[value]];
        const names = segment.stages.map(({ kernel }) => kernel.name).join(", ");
        const what = `seed ${seed}: ${names}, value ${value}, ${overlap} bytes`;
        // Buffers begin at words.
        const distance = Math.floor(overlap! / 4) * 4;
        assert.ok(isRight(segment, one, bytes, value, distance), what);
        count.right++;
        if (overlap! >= elements(shape)) return;
        const further = overlap! + elements(shape.slice(1));
        if ([one, other].every((each) => isRight(segment, each, bytes, value, further))) count.loose++;
        else count.tight++;
      });
    }
  }
  // Saturated results hide what was overwritten, now and then.
  assert.ok(count.right > 80 && count.tight > 1.5 * count.loose, JSON.stringify(count));
});

test("an inverted residual takes the place of its input", () => {
  let count = 0;
  for (let seed = 0; seed < 24; seed++) {
    const random = new Random(500 + seed);
    const net = invertedResidual(random, random.int(1, 12), random.int(1, 12));
    const segment = segmentOf(random, net);
    if (!segment) continue;
    count++;
    const kernel = segmentKernel(segment);
    assert.is(kernel.overlap!(net.inputs[0]), 0);
    const one = caseOf(random, net);
    const { least, most } = kernel.scratch(false);
    for (const scratch of [least, most]) assert.ok(isRight(segment, one, scratch, 0, 0), `seed ${seed}`);
  }
  assert.ok(count > 12);
});

test("the kernel's distance holds for all its layouts; fed tensors have none", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(900 + seed);
    const net = randomNet(random, { layers: 4, most: 16 });
    const segment = segmentOf(random, net);
    if (!segment) continue;
    const kernel = segmentKernel(segment);
    for (const { overlaps } of sketchOf(segment)!.layouts)
      overlaps.forEach((overlap, value) => assert.ok(kernel.overlap!(net.inputs[value])! <= overlap!));
    assert.is(segmentKernel({ ...segment, fed: true }).overlap!(net.inputs[0]), undefined);
  }
});

test.run();
