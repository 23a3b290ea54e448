/** The reference models of ../shared, compiled, with their inputs and the outputs of TFLite's reference kernels. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  compile,
  outputFiles,
  reportJson,
  type CompileOptions,
  type Lowered,
  type OutputFile,
} from "../../compiler/index.js";
import { readNpy } from "../../compiler/files/npy.js";
import { elements } from "../../compiler/ir/graph.js";
import type { Callable, TensorArray, Tensors } from "../../compiler/run/callable.js";

const folder = new URL("../../../shared/models/", import.meta.url);

export const hasModels = existsSync(folder);

export const modelNames = [
  "ad01_int8",
  "kws_ref_model",
  "mcunet_in4",
  "mcunet_vww",
  "micro_speech_quantized",
  "person_detect",
  "pretrainedResnet_quant",
  "vww_96_int8",
] as const;

export type ModelName = (typeof modelNames)[number];

export interface CompiledModel {
  readonly net: Lowered;
  readonly files: readonly OutputFile[];
  readonly callable: Callable;
  readonly cases: readonly Tensors[];
  readonly expected: readonly Tensors[];
}

export function modelPath(name: ModelName, file: string): string {
  return fileURLToPath(new URL(`${name}/${file}`, folder));
}

/** @param file the model's file; left out, the `.tflite` itself */
export async function compileModel(
  name: ModelName,
  file = modelPath(name, "model.tflite"),
  options: CompileOptions = {},
): Promise<CompiledModel> {
  const net = await compile(file, { board: "mps2-an500", ...options });
  const read = (what: string, value: number): Tensors[] => {
    const { dtype, shape } = net.values[value];
    // mcunet_vww computes on floats at its edges; its other files hold the int8 tensors behind them.
    const { data } = readNpy(modelPath(name, `${what}${dtype === "float32" ? "_float" : ""}.npy`));
    const size = elements(shape);
    return Array.from({ length: data.length / size }, (_, i) => [
      data.slice(i * size, (i + 1) * size) as TensorArray,
    ]);
  };
  return {
    net,
    files: outputFiles(net),
    callable: reportJson(net) as Callable,
    cases: read("inputs", net.inputs[0]),
    expected: read("outputs", net.outputs[0].value),
  };
}

/** The first case and element that differs, or undefined. */
export function difference(actual: readonly Tensors[], expected: readonly Tensors[]): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} cases, expected ${expected.length}`;
  for (let i = 0; i < expected.length; i++) {
    const [[found], [wanted]] = [actual[i], expected[i]];
    const at = wanted.findIndex((one, k) => !Object.is(one, found[k]));
    if (at >= 0) return `case ${i}, element ${at}: ${found[at]}, expected ${wanted[at]}`;
  }
  return undefined;
}

export const golden = (name: ModelName) => JSON.parse(readFileSync(modelPath(name, "golden.json"), "utf8"));
