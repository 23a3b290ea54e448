/** The networks of the bench: models with recorded outputs, and the project's examples. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { caseFolders } from "../conformance/corpus.js";

export interface Benched {
  readonly name: string;
  /** `.tflite` or `.ts`. */
  readonly model: string;
  /** With golden.json; absent: the host's results are the reference. */
  readonly recording?: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** @throws an ordinary Error for a path that is none */
export function networksOf(paths: readonly string[]): Benched[] {
  return paths.length > 0 ? paths.flatMap(networksAt) : [...sharedModels(), ...examples()];
}

function sharedModels(): Benched[] {
  const folder = join(root, "..", "shared", "models");
  return existsSync(folder) ? networksAt(folder) : [];
}

/** Those with weights: not search spaces, nor networks that are sizes alone. */
function examples(): Benched[] {
  const folder = join(root, "examples");
  return readdirSync(folder)
    .map((name) => join(folder, name, "net.ts"))
    .filter((net) => existsSync(net))
    .map(fileNetwork);
}

/** A model file, a folder with one, or a folder of such folders. */
function networksAt(path: string): Benched[] {
  if (!existsSync(path)) throw new Error(`there is no ${path}`);
  if (statSync(path).isFile()) return [fileNetwork(path)];
  const net = join(path, "net.ts");
  const folders = caseFolders(path);
  if (folders.length > 0) return folders.map(({ folder }) => fileNetwork(join(folder, "model.tflite")));
  if (existsSync(net)) return [fileNetwork(net)];
  throw new Error(`${path} has no model.tflite and no net.ts`);
}

function fileNetwork(model: string): Benched {
  const folder = dirname(model);
  const named = /^(model\.tflite|net\.ts)$/.test(basename(model)) ? folder : model;
  const name = basename(named).replace(/\.(tflite|ts)$/, "");
  const recorded = model.endsWith(".tflite") && existsSync(join(folder, "golden.json"));
  return { name, model, ...(recorded ? { recording: folder } : {}) };
}
