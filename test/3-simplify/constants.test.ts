/** Constant operands: quantised by their own range, folded, and left out where nothing needs them. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { prepare } from "../../compiler/run/javascript.js";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import type { Quantization, Simplified } from "../../compiler/ir/graph.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { checkProject, compileProject, complaints, floats, samplesOf } from "../2-check/scratch-project.js";
import { randomNumbers } from "../ops/random.js";

const offsets = [-0.5, 0.25, 1, 2];
const tensors = [
  floats("offset", [4], (i) => offsets[i]),
  floats("half", [], () => 0.5),
  floats("zero", [4], () => 0),
];
const samples = { "c.npy": samplesOf([8, 3, 4], 1) };
const quantized = "quantization: { scale: 0.02, zeroPoint: 3 }";

const calibrated = (body: string): Simplified =>
  compileProject({
    model: `export default network("net", { calibration: "./c.npy" }, () => { ${body} });`,
    tensors,
    samples,
  });

/** Largest difference between the int8 network and `real`, over random inputs. */
function error(net: Simplified, real: (x: number, channel: number) => number): number {
  const random = randomNumbers(7);
  const { run } = prepare(lower(plan(net)));
  const [input] = net.inputs;
  const [from, to] = [net.values[input], net.values[net.outputs[0].value]].map(
    ({ quantization }) => quantization as Quantization,
  );
  let worst = 0;
  for (let turn = 0; turn < 20; turn++) {
    const data = Int8Array.from({ length: 12 }, () => Math.floor(random() * 256) - 128);
    const [result] = run([data]);
    const reference = evaluate(net, new Map([[input, data]])).get(net.outputs[0].value)!;
    assert.equal([...result], [...reference]);
    data.forEach((q, i) => {
      const least = to.scale * (-128 - to.zeroPoint);
      const most = to.scale * (127 - to.zeroPoint);
      const expected = Math.min(most, Math.max(least, real(from.scale * (q - from.zeroPoint), i % 4)));
      worst = Math.max(worst, Math.abs(expected - to.scale * (result[i] - to.zeroPoint)));
    });
  }
  return worst;
}

test("float operands have their own range, on either side of every operator", () => {
  const reals: Record<string, (a: number, b: number) => number> = {
    add: (a, b) => a + b,
    subtract: (a, b) => a - b,
    multiply: (a, b) => a * b,
    maximum: Math.max,
    minimum: Math.min,
    squaredDifference: (a, b) => (a - b) ** 2,
  };
  for (const [name, real] of Object.entries(reals)) {
    const left = calibrated(`return t.${name}(t.constant(w.tensor("offset")), input("x", [3, 4]));`);
    const right = calibrated(`return t.${name}(input("x", [3, 4]), t.constant(w.tensor("half")));`);
    assert.ok(error(left, (x, i) => real(offsets[i], x)) < 0.07, name);
    assert.ok(error(right, (x) => real(x, 0.5)) < 0.07, name);
  }
});

test("a given quantisation is kept, and values beyond its range are limited", () => {
  const net = calibrated(
    `return add(input("x", [3, 4]), t.constant(w.tensor("offset"), { quantization: { scale: 0.01, zeroPoint: 0 } }));`,
  );
  const constant = net.values.find((value) => value.constant)!;
  assert.equal(constant.quantization, { scale: Math.fround(0.01), zeroPoint: 0 });
  assert.equal([...constant.constant!.data!], [-50, 25, 100, 127]);
});

test("operations on constants are computed in the compiler", () => {
  const net = calibrated(
    `const c = t.multiply(t.constant(w.tensor("offset")), t.constant(w.tensor("half")));
     return t.subtract(input("x", [3, 4]), relu(c));`,
  );
  assert.equal(
    net.operations.map(({ kind }) => kind),
    ["subtract"],
  );
  assert.ok(error(net, (x, i) => x - Math.max(0, offsets[i] / 2)) < 0.05);
});

test("a constant of zeros has a scale", () => {
  assert.ok(
    error(calibrated(`return add(input("x", [3, 4]), t.constant(w.tensor("zero")));`), (x) => x) < 0.03,
  );
});

test("a minimum does not clip its input for others who read it", () => {
  const net = calibrated(
    `const x = t.averagePool2d(t.reshape(input("x", [3, 4]), [3, 1, 4]), { size: 1 });
     const low = t.minimum(x, t.constant(w.tensor("half")));
     return add(x, low);`,
  );
  assert.ok(error(net, (x) => x + Math.min(x, 0.5)) < 0.06);
});

test("networks that are only checked have their constants too", () => {
  const net = checkProject({
    model: `export default network("net", {}, () => add(input("x", [3, 4]), t.constant(w.tensor("offset"))));`,
    tensors,
  });
  assert.ok(net.nominal);
  lower(plan(net));
});

test("the same constant twice, and one that nothing reads", () => {
  const net = calibrated(
    `const c = t.constant(w.tensor("half"));
     t.constant(w.tensor("zero"));
     return t.multiply(add(input("x", [3, 4]), c), c);`,
  );
  assert.is(net.values.filter((value) => value.constant).length, 1);
});

test("scales that are too far apart", () => {
  const far = (body: string) => {
    const model = `export default network("net", {}, () => {
      const x = input("x", [3, 4], { quantization: { scale: 1e30, zeroPoint: 0 } });
      return ${body};
    });`;
    try {
      lower(plan(checkProject({ model, tensors })));
    } catch (error) {
      return error instanceof Rejected ? error.diagnostics[0].message : String(error);
    }
    return "";
  };
  const tiny = "{ quantization: { scale: 1e-30, zeroPoint: 0 } }";
  for (const sum of [
    `add(x, x, ${tiny})`,
    `t.multiply(x, x, ${tiny})`,
    `t.mean(x, { axes: [0], ...${tiny} })`,
  ])
    assert.match(far(sum), /: its inputs' scales are (Infinity|1e\+\d+|\d\.\d+e\+\d+) times the result's/);
});

test("faults", () => {
  const says = (body: string, more: Parameters<typeof floats>[] = []) =>
    complaints({
      model: `export default network("net", { calibration: "./c.npy" }, () => { ${body} });`,
      tensors: [...tensors, ...more.map((one) => floats(...one))],
      samples,
    });
  const sum = (name: string) => `return add(input("x", [3, 4]), t.constant(w.tensor("${name}")));`;
  assert.match(says(sum("bad"), [["bad", [4], () => NaN]]), 'MCU2006: tensor "bad" has NaN as its element 0');
  assert.match(says(sum("none"), [["none", [0], () => 0]]), 'MCU2006: tensor "none" has the shape [0]');
  assert.match(says(sum("five"), [["five", [5], () => 0]]), "MCU2002: add: the inputs do not fit together");
  assert.match(says(`return t.constant(w.tensor("zero"));`), 'MCU2024: output "zero" is the same');
  assert.match(
    says(
      `const x = input("x", [3, 4], { ${quantized} }); return { y: relu(x), z: relu(t.constant(w.tensor("zero"))) };`,
    ),
    'MCU2024: output "z" is the same in every inference',
  );
});

test.run();
