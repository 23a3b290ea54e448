/** Segments in stripes of columns and in groups of channels compute what the reference does. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Simplified } from "../../compiler/ir/graph.js";
import type { ConstantArray } from "../../compiler/ir/loop.js";
import { groupsOf } from "../../compiler/kernels/rows/groups.js";
import { partsKernel, sketchOfParts } from "../../compiler/kernels/rows/parts.js";
import { sketchOf, type Segment } from "../../compiler/kernels/rows/segment.js";
import { stripesOf } from "../../compiler/kernels/rows/stripes.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { Random, inputCases } from "./layers.js";
import { expansion, invertedResidual, randomNet, segmentOf } from "./row-networks.js";
import { prepareSegment } from "./segment-run.js";

/** The parts' result against the reference's, twice in the same memory. */
function compare(random: Random, net: Simplified, segment: Segment, parts: readonly Segment[], what: string) {
  const kernel = partsKernel(parts, "parts");
  const { least } = kernel.scratch(false);
  assert.is(sketchOfParts(parts)!.bytes, least);
  const run = prepareSegment(segment, { scratch: least }, kernel);
  const cases = net.inputs.map((value) => inputCases(random, net.values[value].shape));
  for (let i = 0; i < 2; i++) {
    const inputs = cases.map((one) => one[i]);
    const results = evaluate(net, new Map(net.inputs.map((value, k) => [value, inputs[k]])));
    assert.equal([...run(inputs)], [...results.get(net.outputs[0].value)!], what);
  }
}

const describe = ({ stages }: Segment): string =>
  stages.map(({ kernel, layer }) => `${kernel.name} ${layer.output.shape.join("x")}`).join(", ");

test("random DAGs in stripes", () => {
  const count = { stripes: 0, several: 0, beside: 0 };
  const names = new Set<string>();
  for (let seed = 0; seed < 160; seed++) {
    const random = new Random(40000 + seed);
    const net = randomNet(random, { layers: random.int(1, 6), most: random.pick([9, 19]) });
    const segment = segmentOf(random, net);
    const parts = segment && stripesOf(segment, random.int(2, 4));
    if (!parts || !sketchOfParts(parts)) continue;
    compare(random, net, segment, parts, `seed ${seed}: ${parts.length} of ${describe(segment)}`);
    count.stripes++;
    if (segment.stages.length > 2) count.several++;
    if (segment.stages.some(({ inputs }) => inputs.length > 1)) count.beside++;
    segment.stages.forEach(({ kernel }) => names.add(kernel.name));
  }
  assert.ok(count.stripes > 60 && count.several > 20 && count.beside > 10, JSON.stringify(count));
  assert.ok(names.size >= 8, [...names].join("; "));
});

test("inverted residuals in stripes take less scratch, and share their constants", () => {
  let count = 0;
  for (let seed = 0; seed < 24; seed++) {
    const random = new Random(7000 + seed);
    const net = invertedResidual(random, random.int(3, 10), random.int(12, 30), random.int(1, 2));
    const segment = segmentOf(random, net);
    const parts = segment && stripesOf(segment, 2);
    if (!segment || !parts) continue;
    count++;
    compare(random, net, segment, parts, `seed ${seed}: ${describe(segment)}`);
    assert.ok(sketchOfParts(parts)!.bytes < sketchOf(segment)!.bytes);
    const { constants } = partsKernel(parts, "parts").lower({ scratch: Infinity, inPlace: false });
    assert.is(new Set(constants.map(({ name }) => name)).size, constants.length);
    const isFilters = ({ name, data }: ConstantArray) => name.endsWith("stage0_weights") && data.length > 0;
    assert.is(constants.filter(isFilters).length, 1);
  }
  assert.ok(count > 12, `${count}`);
});

test("an expansion and what follows channel by channel, in groups", () => {
  let count = 0;
  const lengths = new Set<number>();
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(9000 + seed);
    const net = expansion(random);
    const segment = segmentOf(random, net);
    const parts = segment && groupsOf(segment, random.int(2, 3));
    if (!segment || !parts || !sketchOfParts(parts)) continue;
    count++;
    lengths.add(segment.stages.length);
    compare(random, net, segment, parts, `seed ${seed}: ${parts.length} groups of ${describe(segment)}`);
  }
  assert.ok(count > 15 && lengths.size > 1, `${count} ${[...lengths].join()}`);
});

test("no groups: layers that join channels, too few of them", () => {
  const random = new Random(7000);
  const whole = segmentOf(random, invertedResidual(random, 8, 9))!;
  assert.is(groupsOf(whole, 2), undefined);
  const segment = segmentOf(random, expansion(random))!;
  const [, , channels] = segment.stages[segment.stages.length - 1].layer.output.shape;
  assert.ok(groupsOf(segment, 2));
  assert.is(groupsOf(segment, channels / 4 + 1), undefined);
});

test("no stripes: fewer columns than stripes, rows that are fed, reductions, parts of parts", () => {
  const random = new Random(7000);
  const net = invertedResidual(random, 8, 9);
  const segment = segmentOf(random, net)!;
  assert.ok(stripesOf(segment, 3));
  assert.is(stripesOf(segment, 10), undefined);
  assert.is(stripesOf({ ...segment, fed: true }, 2), undefined);
  assert.is(stripesOf(stripesOf(segment, 2)![0], 2), undefined);
});

test.run();
