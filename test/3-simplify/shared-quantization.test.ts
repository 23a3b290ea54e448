/** Concatenations have one quantisation for all: by calibration, by placeholders, and from what is given. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import type { Simplified } from "../../compiler/ir/graph.js";
import { checkProject, compileProject, floats, samplesOf, type Project } from "../2-check/scratch-project.js";
import { randomNumbers } from "../ops/random.js";

const random = randomNumbers(5);
const layer = (name: string, from: number, to: number) => [
  floats(`${name}.weight`, [to, from, 1, 1], () => random() - 0.5),
  floats(`${name}.bias`, [to], () => random() - 0.5),
];

function project(body: string): Project {
  return {
    model: `export default network("net", { calibration: "./c.npy" }, () => { const x = input("x", [4, 6, 3]); ${body} });`,
    tensors: [...layer("a", 3, 5), ...layer("b", 3, 5), ...layer("c", 5, 5)],
    samples: { "c.npy": samplesOf([4, 4, 6, 3], 1) },
  };
}

const kinds = (net: Simplified) => net.operations.map(({ kind }) => kind).join(" ");

/** The quantisations of a concatenation's inputs and result. */
function quantizations(net: Simplified): Set<string> {
  const joined = net.operations.filter(({ kind }) => kind === "concatenate");
  const ids = joined.flatMap(({ inputs, output }) => [...inputs, output]);
  return new Set(ids.map((id) => JSON.stringify(net.values[id].quantization)));
}

const branches = `
  const a = conv2d(x, { ...w.conv("a"), activation: "relu" });
  const b = conv2d(x, w.conv("b"));`;

test("producers take the result's, through layers that keep their input's; nothing is requantised or copied", () => {
  const given = project(`${branches}
    return t.concatenate([a, maxPool2d(b, { size: 1 }), conv2d(a, w.conv("c"))], { axis: 0 });`);
  for (const net of [compileProject(given), checkProject(given)]) {
    assert.is(kinds(net), "conv2d conv2d maxPool2d conv2d concatenate");
    assert.is(quantizations(net).size, 1);
    assert.is(plan(net).steps.length, 4, "the concatenation is no step");
  }
});

test("one concatenation inside another: the outer's for all", () => {
  const given = project(`${branches}
    return t.concatenate([t.concatenate([a, b], { axis: 1 }), t.tile(a, [1, 2, 1])], { axis: 1 });`);
  const net = compileProject(given);
  assert.is(kinds(net), "conv2d conv2d concatenate tile concatenate");
  assert.is(quantizations(net).size, 1);
});

test("an input of the network and a prescribed quantisation stay, and are requantised", () => {
  const given = project(`${branches}
    return t.concatenate([x, b, softmax(a)]);`);
  const net = compileProject(given);
  assert.is(kinds(net), "conv2d conv2d softmax quantize quantize concatenate");
  assert.is(quantizations(net).size, 1);
  assert.is.not(JSON.stringify(net.values[net.inputs[0]].quantization), [...quantizations(net)][0]);
});

test("what one concatenation has taken, another requantises", () => {
  const given = project(`${branches}
    return { one: t.concatenate([a, b]), two: t.concatenate([b, conv2d(a, w.conv("c"))]) };`);
  const net = compileProject(given);
  assert.is(net.operations.filter(({ kind }) => kind === "quantize").length, 1);
});

test("without calibration: the inputs' own where they agree, else a range over all", () => {
  const q = (scale: number, zeroPoint: number) =>
    `{ quantization: { scale: ${scale}, zeroPoint: ${zeroPoint} } }`;
  const net = (a: string, b: string) =>
    compileProject({
      model: `export default network("net", {}, () => t.concatenate([input("a", [4], ${a}), input("b", [4], ${b})]));`,
    });
  const same = net(q(0.5, 3), q(0.5, 3));
  assert.equal(same.values[same.outputs[0].value].quantization, { scale: 0.5, zeroPoint: 3 });
  assert.is(kinds(same), "concatenate");
  // -1 .. 254 and -255 .. 0: -255 .. 254.
  const wide = net(q(1, -127), q(1, 127));
  assert.equal(wide.values[wide.outputs[0].value].quantization, {
    scale: Math.fround(509 / 255),
    zeroPoint: 0,
  });
  assert.is(kinds(wide), "quantize quantize concatenate");
});

test.run();
