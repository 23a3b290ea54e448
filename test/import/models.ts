/** The models of ../shared that the tests import. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const shared = new URL("../../../shared/", import.meta.url);

/** The eight trained networks. */
export const networks = folders("models");
/** The models of one or a few operators. */
export const cases = folders("conformance");

function folders(group: string): readonly string[] {
  const entries = readdirSync(new URL(`${group}/`, shared), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${group}/${entry.name}`);
}

/** Path of a file in one of the folders. */
export const pathOf = (folder: string, file = "model.tflite"): string =>
  fileURLToPath(new URL(`${folder}/${file}`, shared));

export const bytesOf = (folder: string): Uint8Array => new Uint8Array(readFileSync(pathOf(folder)));

export interface Edge {
  /** Where the recorded data is from behind a QUANTIZE: the model's own input or output. */
  readonly model_input?: { readonly dtype: string };
  readonly model_output?: { readonly dtype: string };
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly scale?: number;
  readonly zero_point?: number;
}

export interface Golden {
  /** Conformance only: how often each operator occurs. */
  readonly ops?: Readonly<Record<string, number>>;
  readonly inputs: readonly Edge[];
  readonly outputs: readonly Edge[];
  /** Networks only. */
  readonly layers?: {
    readonly order: readonly {
      readonly op: number;
      readonly opcode: string;
      readonly shape: readonly number[];
      readonly dtype: string;
    }[];
  };
}

export const goldenOf = (folder: string): Golden =>
  JSON.parse(readFileSync(pathOf(folder, "golden.json"), "utf8"));

/** Without the batch, as the DSL sees sizes. */
export const withoutBatch = (shape: readonly number[]): readonly number[] =>
  shape.length > 1 && shape[0] === 1 ? shape.slice(1) : shape;
