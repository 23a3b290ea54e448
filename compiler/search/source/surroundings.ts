/** What a member's model file names beside other model files: weights, calibration samples, its board; and its limits. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Calibration, Net } from "../../../dsl/graph.js";
import { writeNpy } from "../../files/npy.js";
import type { OutputFile } from "../../files/output-file.js";
import { writeSafetensors } from "../../files/safetensors.js";
import type { Space } from "../space.js";
import type { Places } from "./places.js";
import type { Settings } from "./settings.js";
import { weightsNames, type WeightsFiles } from "./tensors.js";

/** Samples of one input of the network, one after the other, without quantisation. */
export interface Samples {
  /** [samples, ...shape of the input] */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Surroundings {
  readonly settings: Settings;
  readonly files: readonly OutputFile[];
}

export function surroundingsOf(
  space: Space,
  net: Net,
  weights: WeightsFiles,
  places: Places,
  samples: ReadonlyMap<string, Samples> | undefined,
): Surroundings {
  const names = weightsNames(net);
  const renamed = new Map(
    names.map((name) => [name, names.length === 1 ? "./weights.safetensors" : places.reference(name)]),
  );
  const network = new Map<string, string>();
  const files: OutputFile[] = [...weights].map(([name, tensors]) => ({
    path: renamed.get(name)!.slice(2),
    content: writeSafetensors(tensors),
  }));
  const { limits } = space.options;
  if (limits !== undefined) network.set("limits", JSON.stringify(limits));
  files.push(...boardFiles(space, net, places, network));
  files.push(...calibrationFiles(net, places, samples, network));
  return { settings: { weights: renamed, sliced: new Set(weights.keys()), network }, files };
}

const isBoardFile = (board: string): boolean => board.endsWith(".mcu");

/** A board of the command line is relative to the working folder, the network's own to the model file. */
function boardFiles(space: Space, net: Net, places: Places, network: Map<string, string>): OutputFile[] {
  const { board } = space.options;
  if (board !== undefined && !isBoardFile(board)) network.set("board", JSON.stringify(board));
  const named = board ?? net.board;
  if (named === undefined || !isBoardFile(named)) return [];
  const file = board === undefined ? places.existing(named) : resolve(board);
  if (file === undefined) return [];
  const reference = `./${places.of(file)}`;
  if (reference !== net.board) network.set("board", JSON.stringify(reference));
  return [{ path: places.of(file), content: readFileSync(file) }];
}

function calibrationFiles(
  { calibration, nodes }: Net,
  places: Places,
  samples: ReadonlyMap<string, Samples> | undefined,
  network: Map<string, string>,
): OutputFile[] {
  const inputs = nodes.filter(({ operator }) => operator === "input").map(({ name }) => name);
  const given = calibration?.files ?? (samples ? defaultFiles(inputs) : undefined);
  if (given === undefined) return [];
  const renamed =
    typeof given === "string"
      ? places.reference(given)
      : Object.fromEntries(Object.entries(given).map(([input, file]) => [input, places.reference(file)]));
  if (!isSameFiles(renamed, calibration?.files))
    network.set("calibration", calibrationText(renamed, calibration));
  const pairs =
    typeof given === "string" ? inputs.map((input) => [input, given] as const) : Object.entries(given);
  return pairs.flatMap(([input, name]): OutputFile[] => {
    const path = places.reference(name).slice(2);
    const own = samples?.get(input);
    if (own) return [{ path, content: writeNpy(own.data, own.shape, "float32") }];
    const file = places.existing(name);
    return file === undefined ? [] : [{ path, content: readFileSync(file) }];
  });
}

/** Whether files are named as before: `calibration.npy` and `./calibration.npy` are the same. */
function isSameFiles(a: Calibration["files"], b: Calibration["files"] | undefined): boolean {
  const normal = (files: Calibration["files"] | undefined): string =>
    JSON.stringify(files, (_, value) => (typeof value === "string" ? value.replace(/^(\.\/)+/, "") : value));
  return normal(a) === normal(b);
}

const defaultFiles = (inputs: readonly string[]): Calibration["files"] =>
  inputs.length === 1
    ? "calibration.npy"
    : Object.fromEntries(inputs.map((input) => [input, `calibration-${input.replace(/\W/g, "_")}.npy`]));

function calibrationText(files: Calibration["files"], calibration: Calibration | undefined): string {
  const method = calibration?.method ?? "default";
  return method === "default" ? JSON.stringify(files) : JSON.stringify({ files, method });
}
