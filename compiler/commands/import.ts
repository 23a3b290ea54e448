/** `tsc-mcu import`: a readable net.ts and weights.safetensors from a .tflite. */

import { writeOutputs } from "../files/write-outputs.js";
import { importTflite, printProject } from "../import/index.js";
import { printJson } from "./failure.js";
import type { ImportOptions } from "./options.js";

export async function importCommand(model: string, options: ImportOptions): Promise<void> {
  const imported = importTflite(model);
  const files = await printProject(imported);
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
  const names = files.map((file) => file.path).join(" and ");
  process.stdout.write(
    `${imported.net.name}: ${imported.net.nodes.length} nodes; wrote ${names} to ${options.output}\n`,
  );
}
