/** Spaces in temporary folders, and what to ask of a member's project. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import type { Net } from "../../../dsl/graph.js";
import { Model } from "../../../compiler/1-read/index.js";
import type { OutputFile } from "../../../compiler/files/output-file.js";

const folders: string[] = [];

/** Writes files into a new folder; `../` is a folder of its own, too. */
export function written(files: readonly OutputFile[]): string {
  const whole = mkdtempSync(join(tmpdir(), "tsc-mcu-source-"));
  folders.push(whole);
  const folder = join(whole, "model");
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

export const filesOf = (texts: Readonly<Record<string, string>>): readonly OutputFile[] =>
  Object.entries(texts).map(([path, content]) => ({ path, content }));

export function removeAll(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** What a network is, without where it was written: as text. */
export function textOf(net: Net): string {
  const index = new Map(net.nodes.map((node, i) => [node, i]));
  const nodes = net.nodes.map(({ operator, name, inputs, attributes }) => ({
    operator,
    name,
    inputs: inputs.map((input) => index.get(input.node)),
    attributes,
  }));
  const outputs = net.outputs.map(({ name, value }) => [name, index.get(value.node)]);
  const leftOut = new Set(["at", "site", "file", "elastic"]);
  return JSON.stringify(
    [net.name, nodes, outputs],
    (key, value) => (leftOut.has(key) ? undefined : value),
    1,
  );
}

/** Reads a written project: its types are right, and it asks nothing. */
export function readPlain(folder: string): Net {
  const { net, choices } = new Model(join(folder, "net.ts")).read(({ name }) => {
    throw new Error(`${name} is asked`);
  });
  assert.is(choices.length, 0);
  return net;
}
