/** `tsc-mcu import`: a readable net.ts and weights.safetensors from a .tflite. */

import { withEdges } from "../edges.js";
import { writeOutputs } from "../files/write-outputs.js";
import { importTflite, printProject } from "../import/index.js";
import { printJson } from "./failure.js";
import { keepForeign } from "./foreign-files.js";
import type { ImportOptions } from "./options.js";

export async function importCommand(model: string, options: ImportOptions): Promise<void> {
  const found = importTflite(model);
  const imported = { ...found, net: withEdges(found.net, options) };
  const files = await printProject(imported);
  if (!options.force) {
    keepForeign(options.output, files, "net.ts", "--force replaces it, or give another folder with -o");
  }
  const { written, unchanged } = writeOutputs(options.output, files);
  if (options.json) {
    printJson({
      ok: true,
      diagnostics: [],
      folder: options.output,
      written,
      unchanged,
      name: imported.net.name,
    });
    return;
  }
  const done =
    written.length > 0
      ? `wrote ${written.join(" and ")} to ${options.output}`
      : `${options.output} is up to date`;
  process.stdout.write(`${imported.net.name}: ${imported.net.nodes.length} nodes; ${done}\n`);
}
