/** Calibration samples: one `.npy` a network input, [samples, ...shape]. */

import { dirname, resolve } from "node:path";
import type { Calibration, Net } from "../../dsl/graph.js";
import { reject, type Place } from "../diagnostics/diagnostic.js";
import { readNpy, type NpyArray } from "../files/npy.js";
import { elements, type CalibrationSamples, type Value, type ValueId } from "../ir/graph.js";
import { shapeText } from "../diagnostics/shape-text.js";

/** A network input by the name that the model file gives it. */
export interface NamedInput {
  readonly name: string;
  readonly id: ValueId;
  readonly value: Value;
}

export function readCalibration(
  net: Net,
  inputs: readonly NamedInput[],
  modelFile: string,
): CalibrationSamples | undefined {
  const { calibration, site } = net;
  if (!calibration) return undefined;
  const at = site?.attributes.calibration ?? site?.at ?? { file: modelFile };
  const samples = filesByInput(calibration, inputs, at).map(({ input, file }) => {
    const array = readNpy(resolve(dirname(modelFile), file), at, file);
    return { input, file, count: array.shape[0], data: reals(array, input, file, at) };
  });
  const [first] = samples;
  const other = samples.find(({ count }) => count !== first.count);
  if (other) {
    const what = `${other.file} has ${other.count} samples and ${first.file} ${first.count}`;
    reject("MCU2013", at, {
      what,
      expected: "as many for every input",
      inputs: inputs.map(({ name }) => name),
    });
  }
  return {
    method: calibration.method,
    count: first.count,
    inputs: new Map(samples.map(({ input, data }) => [input.id, data])),
    site,
  };
}

function filesByInput({ files }: Calibration, inputs: readonly NamedInput[], at: Place) {
  const names = inputs.map(({ name }) => name);
  if (typeof files === "string") {
    if (inputs.length === 1) return [{ input: inputs[0], file: files }];
    const expected = `an object with a file for each, { ${names[0]}: "${files}", … }`;
    return reject("MCU2013", at, { what: `one file for ${inputs.length} inputs`, expected, inputs: names });
  }
  const unknown = Object.keys(files).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    reject("MCU2013", at, {
      what: `there is no input "${unknown}"`,
      expected: "names of inputs",
      inputs: names,
    });
  }
  return inputs.map((input) => {
    const file = Object.hasOwn(files, input.name) ? files[input.name] : undefined;
    if (typeof file === "string") return { input, file };
    return reject("MCU2013", at, {
      what: `no file for input "${input.name}"`,
      expected: "one for every input",
      inputs: names,
    });
  });
}

/** The samples as real values. int8 samples are taken for the input's own int8 values, where its quantisation is given. */
function reals(array: NpyArray, input: NamedInput, file: string, at: Place): Float32Array {
  const { shape, quantization } = input.value;
  const [count, ...rest] = array.shape;
  if (rest.length !== shape.length || rest.some((size, i) => size !== shape[i]) || count < 1) {
    const expected = shapeText(["samples", ...shape]);
    reject("MCU2011", at, { file, found: shapeText(array.shape), expected, input: input.name });
  }
  const { data } = array;
  const matches = data instanceof (input.value.dtype === "uint8" ? Uint8Array : Int8Array);
  if (matches && quantization) {
    return Float32Array.from(data, (q) => quantization.scale * (q - quantization.zeroPoint));
  }
  if (!(data instanceof Float32Array)) {
    const help =
      array.dtype === "int8"
        ? `int8 samples need the quantisation of input "${input.name}": input(…, { quantization: { scale, zeroPoint } })`
        : "save them as the network was trained on them: scaled to its range, .astype(numpy.float32)";
    return reject("MCU2012", at, { file, found: array.dtype, expected: "float32", help });
  }
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const found = `not finite: sample ${Math.floor(wrong / elements(shape))} has ${data[wrong]}`;
    reject("MCU2012", at, {
      file,
      found,
      expected: "finite numbers",
      help: "look for divisions by zero in the preprocessing",
    });
  }
  return data;
}
