/** The weights files of a network: each opened once, tensors looked up by name. */

import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { reject, Rejected, type Place } from "../diagnostics/diagnostic.js";
import { openSafetensors } from "../files/safetensors.js";
import type { StoredTensor, TensorFile } from "../files/tensor-file.js";
import { nearest } from "../limits/nearest.js";

/** What names a tensor: a `TensorReference` or a `QuantizationReference` of the DSL. */
interface Reference {
  readonly file: string;
  readonly optional: boolean;
  /** Of a super-network: the file need not exist before training. */
  readonly elastic?: boolean;
}

export interface Tensors {
  /** Rejects where the tensor is missing; undefined where `reference.optional` or `reference.elastic` allows that. */
  find(reference: Reference, name: string, at: Place | undefined): StoredTensor | undefined;
}

/** The tensors of `.safetensors` files, paths relative to the model file. */
export function tensorsOfFiles(modelFile: string): Tensors {
  const opened = new Map<string, TensorFile | undefined>();
  const open = (file: string, at: Place | undefined): TensorFile => {
    if (!opened.has(file)) {
      opened.set(file, undefined);
      opened.set(file, openSafetensors(resolve(dirname(modelFile), file), at, file));
    }
    const known = opened.get(file);
    // The first reference was told what is wrong with the file; the others only fail.
    if (!known) throw new Rejected([]);
    return known;
  };
  const isUntrained = ({ elastic, file }: Reference) =>
    elastic === true && !existsSync(resolve(dirname(modelFile), file));
  return {
    find: (reference, name, at) =>
      isUntrained(reference) ? undefined : findIn(open(reference.file, at), reference, name, at),
  };
}

/** The tensors of an imported network, whatever file its references name. */
export function tensorsOf(imported: TensorFile): Tensors {
  return { find: (reference, name, at) => findIn(imported, reference, name, at) };
}

function findIn(
  file: TensorFile,
  reference: Reference,
  name: string,
  at: Place | undefined,
): StoredTensor | undefined {
  const tensor = file.get(name);
  if (tensor || reference.optional) return tensor;
  const { names } = file;
  return reject("MCU2003", at ?? { file: file.file }, {
    tensor: name,
    file: reference.file,
    similar: nearest(name, names.filter((one) => one.length <= 100).slice(0, 2000)),
    names,
  });
}
