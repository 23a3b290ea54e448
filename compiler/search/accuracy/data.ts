/** What candidates are judged on: `.npy` files in a folder. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { reject } from "../../diagnostics/diagnostic.js";
import { shapeText } from "../../diagnostics/shape-text.js";
import { readNpy } from "../../files/npy.js";
import { elements } from "../../ir/graph.js";
import { toChannelsFirst } from "./onnx/builder.js";

/** Samples one after the other, each with its channels first. */
export interface Samples {
  readonly count: number;
  /** Of one sample, channels last, as networks have it. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Data {
  readonly samples: Samples;
  readonly samplesFile: string;
  /** The class of each sample. */
  readonly labels: ArrayLike<number>;
  readonly labelsFile: string;
  /** Training samples from which the statistics of batch normalisation are measured. */
  readonly recalibration?: Samples;
  readonly recalibrationFile: string;
}

/**
 * Reads `val_inputs.npy` (float32, [samples, ...the input's shape]), `val_labels.npy` (whole numbers, [samples]) and
 * `recal_inputs.npy` (as val_inputs), which networks without batchNorm can do without.
 * @throws Rejected
 */
export function readData(folder: string): Data {
  const [samplesFile, labelsFile, recalibrationFile] = [
    "val_inputs.npy",
    "val_labels.npy",
    "recal_inputs.npy",
  ].map((name) => join(folder, name));
  const samples = readSamples(samplesFile);
  const labels = readLabels(labelsFile, samples.count);
  const recalibration = existsSync(recalibrationFile) ? readSamples(recalibrationFile) : undefined;
  return { samples, samplesFile, labels, labelsFile, recalibration, recalibrationFile };
}

/** Samples of any shape; whether a network takes them is for whoever knows the network to say. */
export function samplesOf(data: Float32Array, count: number, shape: readonly number[]): Samples {
  const size = elements(shape);
  if (shape.length < 2 || shape.at(-1) === 1) return { count, shape, data };
  const result = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += size)
    result.set(toChannelsFirst(data.subarray(at, at + size), shape), at);
  return { count, shape, data: result };
}

function readSamples(file: string): Samples {
  const { shape, data } = readNpy(file);
  const fail = (what: string, expected: string, help?: string): never =>
    reject("MCU6023", { file }, { what, expected, help });
  if (!(data instanceof Float32Array)) {
    const help = "save them as the network was trained on them: scaled to its range, .astype(numpy.float32)";
    return fail("its elements are integers", "float32", help);
  }
  const [count, ...own] = shape;
  if (shape.length === 0 || data.length === 0)
    fail(`its shape is ${shapeText(shape)}`, "at least one sample");
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) fail(`sample ${Math.floor(wrong / elements(own))} has ${data[wrong]}`, "finite numbers");
  return samplesOf(data, count, own);
}

function readLabels(file: string, count: number): ArrayLike<number> {
  const { shape, data } = readNpy(file);
  const fail = (what: string, expected: string): never => reject("MCU6023", { file }, { what, expected });
  if (shape.length !== 1 || shape[0] !== count)
    fail(`its shape is ${shapeText(shape)}`, `${shapeText([count])}, a label for each of val_inputs.npy`);
  if (data instanceof Float32Array)
    return fail("its elements are not integers", "numbers of classes, from 0");
  return Array.from(data, Number);
}
