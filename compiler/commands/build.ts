/** `tsc-mcu build`: the C files, their build files and report.json, written whole or not at all. */

import { reportJson } from "../7-report/index.js";
import { writeOutputs } from "../files/write-outputs.js";
import { compile, outputFiles } from "../index.js";
import { printJson } from "./failure.js";
import { headline } from "./headline.js";
import type { BuildOptions } from "./options.js";
import { showStage } from "./show.js";

export async function buildCommand(model: string, options: BuildOptions): Promise<void> {
  if (options.show) return showStage(model, options.show, options, compile);
  const net = await compile(model, options);
  const { written, unchanged } = writeOutputs(options.output, outputFiles(net));
  if (options.json) {
    printJson({
      ok: true,
      diagnostics: [],
      folder: options.output,
      written,
      unchanged,
      report: reportJson(net),
    });
  } else {
    process.stdout.write(`${headline(net)}\n${writtenText(options.output, written, unchanged)}\n`);
  }
}

function writtenText(folder: string, written: readonly string[], unchanged: readonly string[]): string {
  if (written.length === 0) return `${folder} is up to date (${unchanged.length} files)`;
  const rest = unchanged.length > 0 ? `; ${unchanged.length} files were up to date` : "";
  return `wrote ${written.join(", ")} to ${folder}${rest}`;
}
