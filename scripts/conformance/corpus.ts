/** A folder of models with recorded inputs and outputs, laid out as ../shared/conformance and ../shared/models are. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readNpy, type NpyData } from "../../compiler/files/npy.js";
import { elements } from "../../compiler/ir/graph.js";
import type { Lowered } from "../../compiler/index.js";
import type { TensorArray, Tensors } from "../../compiler/run/callable.js";

export interface CaseFolder {
  readonly name: string;
  readonly folder: string;
}

/** The part of golden.json that is read. */
interface Golden {
  readonly inputs: readonly { readonly file: string }[];
  readonly outputs: readonly { readonly file: string }[];
  /** "reset before every case", or that the cases are consecutive calls. */
  readonly state?: string;
}

export interface Recording {
  readonly inputs: readonly Tensors[];
  readonly outputs: readonly Tensors[];
  readonly resetsBeforeEach: boolean;
}

/** Every subfolder with a model.tflite, in the order of index.json where there is one; `folder` itself if it has a model. */
export function caseFolders(folder: string): CaseFolder[] {
  const hasModel = ({ folder: at }: CaseFolder): boolean => existsSync(join(at, "model.tflite"));
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => ({ name, folder: join(folder, name) }))
    .filter(hasModel)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (found.length === 0) return [{ name: folder, folder }].filter(hasModel);
  const index = join(folder, "index.json");
  if (!existsSync(index)) return found;
  const order: readonly { readonly name: string }[] = JSON.parse(readFileSync(index, "utf8"));
  const listed = new Map(order.map(({ name }, place) => [name, place]));
  const place = ({ name }: CaseFolder): number => listed.get(name) ?? listed.size;
  return found.sort((a, b) => place(a) - place(b));
}

/** @throws an ordinary Error where the recording does not fit the network */
export function readRecording({ folder }: CaseFolder, net: Lowered): Recording {
  const golden: Golden = JSON.parse(readFileSync(join(folder, "golden.json"), "utf8"));
  const read = (files: Golden["inputs"], ids: readonly number[]): Tensors[] => {
    if (files.length !== ids.length)
      throw new Error(`golden.json has ${files.length} tensors, the network ${ids.length}`);
    const columns = files.map(({ file }, i) => readTensor(folder, file, net.values[ids[i]]));
    const count = columns[0].length;
    if (columns.some((column) => column.length !== count)) throw new Error("the numbers of cases differ");
    return Array.from({ length: count }, (_, i) => columns.map((column) => column[i]));
  };
  return {
    inputs: read(golden.inputs, net.inputs),
    outputs: read(
      golden.outputs,
      net.outputs.map(({ value }) => value),
    ),
    resetsBeforeEach: golden.state === undefined || /reset before every/.test(golden.state),
  };
}

/** One array a case. */
function readTensor(
  folder: string,
  file: string,
  { shape, dtype }: Lowered["values"][number],
): TensorArray[] {
  // A network that computes on floats at its edges may have the int8 tensors behind them recorded too.
  const float = file.replace(/\.npy$/, "_float.npy");
  const isEdge = dtype === "float32" && existsSync(join(folder, float));
  const array = readNpy(join(folder, isEdge ? float : file));
  if (array.dtype !== dtype) throw new Error(`${file} is ${array.dtype}, the network's tensor ${dtype}`);
  const data = asTensorArray(array.data);
  const size = elements(shape);
  if (size === 0 || data.length % size !== 0)
    throw new Error(`${file} is [${array.shape.join(", ")}], the network's tensor [${shape.join(", ")}]`);
  return Array.from({ length: data.length / size }, (_, i) => data.slice(i * size, (i + 1) * size));
}

/** int64 is held as int32, as everywhere in the compiler. */
function asTensorArray(data: NpyData): TensorArray {
  if (data instanceof BigInt64Array) return Int32Array.from(data, Number);
  return data as TensorArray;
}

/** The first difference of the recorded outputs from those of a run, or undefined. */
export function difference(
  found: readonly Tensors[],
  wanted: readonly Tensors[],
  names: readonly string[],
): string | undefined {
  for (const [index, tensors] of wanted.entries()) {
    for (const [output, expected] of tensors.entries()) {
      const actual = found[index][output];
      const at = expected.findIndex((value, i) => !Object.is(value, actual[i]));
      if (at < 0 && expected.length === actual.length) continue;
      const count = expected.filter((value, i) => !Object.is(value, actual[i])).length;
      return `case ${index}, ${names[output]}[${at}] is ${actual[at]}, expected ${expected[at]} (${count} of ${expected.length} differ)`;
    }
  }
  return undefined;
}
