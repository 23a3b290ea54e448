/** What a user reads: the exact message, the text it underlines, and the help, for every fault that 2-check and 3-simplify know. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeNpy } from "../../compiler/files/npy.js";
import { complaints, floats, int32s, int8s, samplesOf, type Project } from "./scratch-project.js";

/** The whole of what is said about the project. */
function says(name: string, project: Project, expected: string): void {
  test(name, () => assert.is(complaints(project), expected));
}

const body = (lines: string, options = "{}") =>
  `export default network("net", ${options}, () => {\n${lines}\n});\n`;

says(
  "a residual add of two shapes, with the layers that made them",
  {
    model: body(`const x = input("x", [8, 8, 3]);
      const left = conv2d(x, { name: "left", filters: 8, kernel: 3, padding: "same" });
      const right = conv2d(x, { name: "right", filters: 8, kernel: 3, padding: "same", stride: 2 });
      return softmax(add(left, right));`),
  },
  `MCU2002: add: the inputs do not fit together, [8, 8, 8] (left) and [4, 4, 8] (right); expected the same shape, or sizes of 1 where they differ
  at add(left, right)
  help: check stride, padding and filters of the branch that the residual skips
  also: "left" is [8, 8, 8], made here: conv2d(x, { name: "left", filters: 8, kernel: 3, padding: "same" })
  also: "right" is [4, 4, 8], made here: conv2d(x, { name: "right", filters: 8, kernel: 3, padding: "same", stride: 2 })`,
);

says(
  "a missing tensor, and one like it",
  {
    model: body(`return conv2d(input("x", [8, 8, 3]), w.conv("sten"));`),
    tensors: [floats("stem.weight", [4, 3, 3, 3])],
  },
  `MCU2003: there is no tensor "sten.weight" in ./weights.safetensors
  at w.conv("sten")
  help: did you mean "stem.weight"?`,
);

says(
  "a missing tensor unlike any",
  {
    model: body(`return conv2d(input("x", [8, 8, 3]), w.conv("block1.expand"));`),
    tensors: [floats("stem.weight", [4, 3, 3, 3]), floats("stem.bias", [4])],
  },
  `MCU2003: there is no tensor "block1.expand.weight" in ./weights.safetensors
  at w.conv("block1.expand")
  help: it has "stem.weight", "stem.bias"`,
);

says(
  "weights of the wrong shape",
  {
    model: body(`return conv2d(input("x", [8, 8, 3]), w.conv("stem"));`),
    tensors: [floats("stem.weight", [4, 5, 7, 7])],
  },
  `MCU2004: tensor "stem.weight" is [4, 5, 7, 7]; expected [any, 3, any, any] (out, in, height, width)
  at w.conv("stem")`,
);

says(
  "weights in the other layout",
  {
    model: body(`return conv2d(input("x", [8, 8, 3]), w.conv("stem"));`),
    tensors: [floats("stem.weight", [4, 5, 5, 3])],
  },
  `MCU2004: tensor "stem.weight" is [4, 5, 5, 3]; expected [any, 3, any, any] (out, in, height, width)
  at w.conv("stem")
  help: the shape fits the other layout: weights("./weights.safetensors", { layout: "tensorflow" })`,
);

says(
  "weights in half precision, and a bias of integers beside float weights",
  {
    model: body(`const x = input("x", [8]);
      return { a: dense(x, w.dense("half")), b: dense(x, w.dense("mixed")) };`),
    tensors: [
      { name: "half.weight", dtype: "I16", shape: [2, 8], data: new Int16Array(16) },
      floats("mixed.weight", [2, 8]),
      int32s("mixed.bias", [2]),
    ],
  },
  `MCU2005: tensor "half.weight" is int16; expected float32 or int8
  at w.dense("half")
MCU2001: dense: the bias is int32 and the weights are float32; expected a bias of float32
  at w.dense("mixed")`,
);

says(
  "weights that are not finite",
  {
    model: body(`return dense(input("x", [2]), w.dense("fc"));`),
    tensors: [floats("fc.weight", [2, 2], (i) => (i === 3 ? NaN : 1))],
  },
  `MCU2006: tensor "fc.weight" has NaN as its element 3; expected finite numbers
  at w.dense("fc")`,
);

says(
  "int8 weights with a wrong number of scales",
  {
    model: body(`return dense(input("x", [8]), w.dense("fc"));`),
    tensors: [int8s("fc.weight", [4, 8]), floats("fc.weight_scale", [3])],
  },
  `MCU2006: tensor "fc.weight_scale" has 3 elements; expected 4, one an output channel, or 1 for all
  at w.dense("fc")`,
);

says(
  "quantisation that is none",
  {
    model: body(`const x = input("x", [8], { quantization: { scale: 0, zeroPoint: 0 } });
      const y = input("y", [8], { quantization: { scale: 1, zeroPoint: 200 } });
      return { x: softmax(x), y: softmax(y) };`),
  },
  `MCU2007: quantization: scale is 0; expected a finite number greater than 0
  at 0
  help: real = scale * (q - zeroPoint), q from -128 to 127
MCU2007: quantization: zeroPoint is 200; expected an integer from -128 to 127
  at 200
  help: real = scale * (q - zeroPoint), q from -128 to 127`,
);

says(
  "quantisation that the operator does not have",
  {
    model: body(`const x = input("x", [4, 4, 1], { quantization: { scale: 0.5, zeroPoint: 0 } });
      return maxPool2d(x, { size: 2, quantization: { scale: 0.25, zeroPoint: 0 } });`),
  },
  `MCU2008: maxPool2d: the result's quantisation is scale 0.25, zero point 0; expected scale 0.5, zero point 0, as its input has
  at { scale: 0.25, zeroPoint: 0 }
  help: leave \`quantization\` out here`,
);

const small = { model: "", tensors: [floats("fc.weight", [2, 3])] };
const fc = `return dense(input("x", [3]), w.dense("fc"));`;

says(
  "float weights without calibration",
  { ...small, model: body(fc) },
  `MCU2009: the quantisation of x and of 1 other layer is not known; expected calibration samples or an explicit quantisation
  at {}
  help: give representative inputs, \`calibration: "./calibration.npy"\` in the options of network(), or \`quantization: { scale, zeroPoint }\` in each layer`,
);

says(
  "an int32 bias of unknown scale",
  {
    model: body(fc),
    tensors: [int8s("fc.weight", [2, 3]), floats("fc.weight_scale", [2]), int32s("fc.bias", [2])],
  },
  `MCU2010: fc has an int32 bias, whose scale depends on the quantisation of the input; expected that to be given
  at w.dense("fc")
  help: give the layer before it \`quantization: { scale, zeroPoint }\`, or take float32 weights and bias`,
);

says(
  "calibration samples of another shape",
  { ...small, model: body(fc, `{ calibration: "./c.npy" }`), samples: { "c.npy": samplesOf([10, 4]) } },
  `MCU2011: calibration file ./c.npy is [10, 4]; expected [samples, 3], for the shape of input "x"
  at "./c.npy"`,
);

says(
  "calibration samples of bytes",
  {
    ...small,
    model: body(fc, `{ calibration: "./c.npy" }`),
    samples: { "c.npy": writeNpy(new Uint8Array(6), [2, 3], "uint8") },
  },
  `MCU2012: calibration file ./c.npy is uint8; expected float32
  at "./c.npy"
  help: save them as the network was trained on them: scaled to its range, .astype(numpy.float32)`,
);

says(
  "calibration samples that are not finite",
  {
    ...small,
    model: body(fc, `{ calibration: "./c.npy" }`),
    samples: { "c.npy": samplesOf([2, 3], Infinity) },
  },
  `MCU2012: calibration file ./c.npy is not finite: sample 0 has Infinity; expected finite numbers
  at "./c.npy"
  help: look for divisions by zero in the preprocessing`,
);

const twoInputs = `const x = input("x", [3]);
  const y = input("y", [3]);
  return add(x, y);`;

says(
  "one calibration file for two inputs",
  { model: body(twoInputs, `{ calibration: "./c.npy" }`) },
  `MCU2013: calibration: one file for 2 inputs; expected an object with a file for each, { x: "./c.npy", … }
  at "./c.npy"
  help: the network's inputs are "x", "y"`,
);

says(
  "calibration files for two inputs with different counts",
  {
    model: body(twoInputs, `{ calibration: { x: "./x.npy", y: "./y.npy" } }`),
    samples: { "x.npy": samplesOf([2, 3]), "y.npy": samplesOf([5, 3]) },
  },
  `MCU2013: calibration: ./y.npy has 5 samples and ./x.npy 2; expected as many for every input
  at { x: "./x.npy", y: "./y.npy" }
  help: the network's inputs are "x", "y"`,
);

says(
  "an input that no output needs",
  {
    model: body(
      `input("x", [3]);\n return softmax(input("y", [3], { quantization: { scale: 1, zeroPoint: 0 } }));`,
    ),
  },
  `MCU2014: input "x" is not used by any output; expected every input to matter
  at input("x", [3])
  help: remove it, or return what is computed from it`,
);

says(
  "an input with a size of nothing",
  { model: body(`return softmax(input("x", [8, 0]));`) },
  `MCU2015: input: its shape is [8, 0]; expected at most 6 whole sizes greater than 0, without the batch, such as [height, width, channels]
  at [8, 0]`,
);

says(
  "weights larger than anything",
  { model: body(`return dense(input("x", [1000000]), { units: 1000000 });`) },
  `MCU2016: a constant of dense would have 1000000000000 elements; expected at most 67108864
  at dense(input("x", [1000000]), { units: 1000000 })
  help: no microcontroller holds that much; check filters, units and kernel`,
);

says(
  "numbers asked of a network that is not trained",
  {
    model: body(`const x = conv2d(input("x", [8, 8, 3]), { name: "stem", filters: 8, kernel: 3 });
      return conv2d(x, { filters: 2, kernel: 1 });`),
  },
  `MCU2018: stem and 1 other layer cannot be computed without weights; expected trained ones
  at conv2d(input("x", [8, 8, 3]), { name: "stem", filters: 8, kernel: 3 })
  help: \`tsc-mcu check\` needs none; to build or run the network, train it and spread its weights in: \`const w = weights("./weights.safetensors", { layout: "pytorch" })\`, then \`...w.conv("name")\``,
);

says(
  "a variance below zero",
  {
    model: body(
      `return batchNorm(dense(input("x", [3]), w.dense("fc")), w.batchNorm("bn"));`,
      `{ calibration: "./c.npy" }`,
    ),
    tensors: [
      floats("fc.weight", [2, 3]),
      ...["weight", "bias", "running_mean"].map((name) => floats(`bn.${name}`, [2])),
      floats("bn.running_var", [2], () => -1),
    ],
    samples: { "c.npy": samplesOf([2, 3]) },
  },
  `MCU2017: fc: the weights or the bias of channel 0 are not finite, or too large, once folded; expected finite numbers
  at dense(input("x", [3]), w.dense("fc"))
  help: check the weights file: a variance below 0 or a huge factor comes from training that diverged`,
);

says(
  "a fault is told once, not again by all that depends on it",
  {
    model: body(`let x = conv2d(input("x", [8, 8, 3]), w.conv("stem"));
      for (let i = 0; i < 3; i++) x = conv2d(x, { filters: 4, kernel: 1 });
      return x;`),
  },
  `MCU2003: there is no tensor "stem.weight" in ./weights.safetensors
  at w.conv("stem")
  help: the file has no tensors`,
);

test.run();
