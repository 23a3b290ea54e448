/** Whether a project that was written for a member is that member: it is read and checked like any model. */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Net } from "../../../dsl/graph.js";
import { Model } from "../../1-read/index.js";
import { check } from "../../2-check/index.js";
import { Rejected } from "../../diagnostics/diagnostic.js";
import type { OutputFile } from "../../files/output-file.js";
import { temporaryFolder } from "../../files/temporary-folder.js";
import type { Checked } from "../../ir/graph.js";
import type { Space } from "../space.js";
import { isSameGraph, isSameNet } from "./same.js";

/** @returns what is wrong with the project; undefined: nothing */
export function faultOf(
  files: readonly OutputFile[],
  net: Net,
  checked: Checked,
  space: Space,
): string | undefined {
  return inFolder(files, (folder) => {
    try {
      const file = join(folder, "net.ts");
      const { net: read, choices } = new Model(file).read();
      if (choices.length > 0) return `it still asks for "${choices[0].name}"`;
      if (!isSameNet(read, net)) return "it is another network";
      const { linkerScript, limits } = space.options;
      const found = check(read, { file, linkerScript, loadCalibration: false });
      if (found.board.name !== checked.board.name) return "its board is another one";
      if (read.limits !== (limits ?? net.limits)) return "its limits are others";
      return isSameGraph(found, checked) ? undefined : "its weights are others";
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const [first] = error.diagnostics;
      return `${first.code}: ${first.message}`;
    }
  });
}

function inFolder<T>(files: readonly OutputFile[], work: (folder: string) => T): T {
  const folder = temporaryFolder();
  try {
    for (const { path, content } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
