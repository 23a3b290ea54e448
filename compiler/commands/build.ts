/** `tsc-mcu build`: the C files, their build files, report.json and report.html, written whole or not at all. */

import { reportJson } from "../7-report/index.js";
import { diagnosticsJson } from "../diagnostics/render.js";
import { writeOutputs } from "../files/write-outputs.js";
import { sharedArenas } from "../6-emit/together.js";
import { compile, outputFiles, outputFilesTogether, reportTogether } from "../index.js";
import type { Lowered } from "../ir/lowered.js";
import { arenasOf } from "../ir/plan.js";
import { printJson } from "./failure.js";
import { keepForeign } from "./foreign-files.js";
import { grouped, headline } from "./headline.js";
import type { BuildOptions } from "./options.js";
import { showStage } from "./show.js";
import { collectWarnings } from "./warnings.js";

export async function buildCommand(models: readonly string[], options: BuildOptions): Promise<void> {
  if (options.show) {
    for (const model of models) await showStage(model, options.show, options, compile);
    return;
  }
  const warnings = collectWarnings(options);
  const nets: Lowered[] = [];
  for (const model of models) nets.push(await compile(model, { ...options, warn: warnings.warn }));
  const files =
    nets.length === 1 ? outputFiles(nets[0], options) : outputFilesTogether(nets, models, options);
  keepForeign(
    options.output,
    files,
    "CMakeLists.txt",
    "give a folder for the network alone with -o",
    (text) => text.startsWith("# Network "),
  );
  const { written, unchanged } = writeOutputs(options.output, files);
  if (options.json) {
    printJson({
      ok: true,
      diagnostics: diagnosticsJson(warnings.all),
      folder: options.output,
      written,
      unchanged,
      ...(nets.length === 1 ? { report: reportJson(nets[0]) } : reportTogether(nets)),
    });
  } else {
    const heads = nets.map((net) => `${headline(net)}\n`).join("");
    process.stdout.write(`${heads}${sharedText(nets)}${writtenText(options.output, written, unchanged)}\n`);
  }
}

/** What one arena for all of a memory saves; "" where nothing is shared. */
function sharedText(nets: readonly Lowered[]): string {
  const lines = sharedArenas(nets).map(({ bytes, type, header, memory, networks }) => {
    const apart = nets
      .filter(({ name }) => networks.includes(name))
      .flatMap((net) => arenasOf(net).filter((arena) => arena.memory === memory))
      .reduce((sum, arena) => sum + arena.bytes, 0);
    const sizes = `${grouped(bytes)} bytes in ${memory}`;
    return `shared arena ${sizes} (${type} in ${header}; apart ${grouped(apart)}): ${networks.join(", ")}\n`;
  });
  return lines.join("");
}

function writtenText(folder: string, written: readonly string[], unchanged: readonly string[]): string {
  if (written.length === 0) return `${folder} is up to date (${unchanged.length} files)`;
  const rest = unchanged.length > 0 ? `; ${unchanged.length} files were up to date` : "";
  return `wrote ${written.join(", ")} to ${folder}${rest}`;
}
