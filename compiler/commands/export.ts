/** `tsc-mcu export`: a network, or the super-network of a search space, as Python for training elsewhere. */

import { Model } from "../1-read/index.js";
import { check } from "../2-check/index.js";
import { exportNetwork, exportSpace } from "../export/pytorch/index.js";
import type { OutputFile } from "../files/output-file.js";
import { writeOutputs } from "../files/write-outputs.js";
import { Space } from "../search/space.js";
import { printJson } from "./failure.js";
import { keepForeign } from "./foreign-files.js";
import type { ExportOptions } from "./options.js";

export async function exportCommand(model: string, { output, force, json }: ExportOptions): Promise<void> {
  const files = filesOf(model);
  // Training scripts are there to be edited.
  if (!force)
    for (const { path } of files)
      keepForeign(output, files, path, "--force replaces it, or give another folder with -o");
  const { written, unchanged } = writeOutputs(output, files);
  if (json) return printJson({ ok: true, diagnostics: [], folder: output, written, unchanged });
  const state = written.length === 0 ? "up to date" : `wrote ${written.join(", ")}`;
  process.stdout.write(`${output}: ${state}\n`);
}

function filesOf(model: string): readonly OutputFile[] {
  const { net, choices } = new Model(model).read();
  if (choices.length > 0) return exportSpace(new Space(model));
  return exportNetwork(check(net, { file: model, loadCalibration: false }), net);
}
