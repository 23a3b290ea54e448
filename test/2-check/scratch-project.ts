/** A project in a temporary folder: a model file, its weights and its samples; and what the compiler says about it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { read } from "../../compiler/1-read/index.js";
import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { Rejected, type Place } from "../../compiler/diagnostics/diagnostic.js";
import { writeNpy } from "../../compiler/files/npy.js";
import { writeSafetensors } from "../../compiler/files/safetensors.js";
import type { StoredTensor } from "../../compiler/files/tensor-file.js";
import type { Simplified } from "../../compiler/ir/graph.js";

export interface Project {
  /** What stands between the imports and the end of the file. */
  readonly model: string;
  readonly tensors?: readonly StoredTensor[];
  /** `.npy` files by name. */
  readonly samples?: Readonly<Record<string, Uint8Array>>;
}

const imports = `import * as t from "tsc-mcu";
import { network, input, conv2d, depthwiseConv2d, dense, add, softmax, maxPool2d, relu, batchNorm, weights } from "tsc-mcu";
const w = weights("./weights.safetensors", { layout: "pytorch" });
void [t, input, conv2d, depthwiseConv2d, dense, add, softmax, maxPool2d, relu, batchNorm, w];
`;

/** Checks and simplifies the project, calibration included. */
export function compileProject(project: Project): Simplified {
  return inFolder(project, compileFile);
}

function compileFile(file: string): Simplified {
  return simplify(check(read(file), { file, loadCalibration: true }), { calibrate: true });
}

/** Sizes only: no calibration, no need for weights. */
export function checkProject(project: Project): Simplified {
  return inFolder(project, (file) =>
    simplify(check(read(file), { file, loadCalibration: false }), { calibrate: false }),
  );
}

/** What is odd about the project, and does not stop it. */
export function warnings(project: Project): string {
  return inFolder(project, (file) => {
    const lines: string[] = [];
    check(read(file), {
      file,
      loadCalibration: false,
      warn: (all) => lines.push(...all.map((one) => render(one, file))),
    });
    return lines.join("\n");
  });
}

/** The diagnostics of the project, a line each: code, message, the underlined text, and whatever is related. */
export function complaints(project: Project): string {
  return inFolder(project, (file) => {
    try {
      compileFile(file);
    } catch (error) {
      if (error instanceof Rejected) return error.diagnostics.map((one) => render(one, file)).join("\n");
      throw error;
    }
    return "";
  });
}

function render(
  { code, message, place, help, related }: Rejected["diagnostics"][number],
  file: string,
): string {
  const source = readFileSync(file, "utf8");
  const quote = (at: Place | undefined) => (at && "start" in at ? source.slice(at.start, at.end) : "nowhere");
  return [
    `${code}: ${message}`,
    `  at ${quote(place)}`,
    ...(help === undefined ? [] : [`  help: ${help}`]),
    ...related.map((one) => `  also: ${one.message}: ${quote(one.place)}`),
  ].join("\n");
}

function inFolder<T>({ model, tensors = [], samples = {} }: Project, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-"));
  try {
    const file = join(folder, "net.ts");
    writeFileSync(file, imports + model);
    writeFileSync(join(folder, "weights.safetensors"), writeSafetensors(tensors));
    for (const [name, bytes] of Object.entries(samples)) writeFileSync(join(folder, name), bytes);
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function floats(
  name: string,
  shape: readonly number[],
  value: (index: number) => number = () => 0.5,
): StoredTensor {
  const size = shape.reduce((product, one) => product * one, 1);
  return { name, dtype: "F32", shape, data: Float32Array.from({ length: size }, (_, i) => value(i)) };
}

export function int8s(name: string, shape: readonly number[]): StoredTensor {
  const size = shape.reduce((product, one) => product * one, 1);
  return { name, dtype: "I8", shape, data: Int8Array.from({ length: size }, (_, i) => (i % 11) - 5) };
}

export function int32s(name: string, shape: readonly number[], value = 100): StoredTensor {
  const size = shape.reduce((product, one) => product * one, 1);
  return { name, dtype: "I32", shape, data: new Int32Array(size).fill(value) };
}

/** float32 samples, all values alike. */
export function samplesOf(shape: readonly number[], value = 0.5): Uint8Array {
  const size = shape.reduce((product, one) => product * one, 1);
  return writeNpy(new Float32Array(size).fill(value), shape, "float32");
}
