/** Model files for the tests of 1-read, in a folder of their own under the system's temporary one. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { evaluateModel, read } from "../../compiler/1-read/index.js";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import { renderDiagnostics } from "../../compiler/diagnostics/render.js";

/** A space and a letter beyond ASCII: paths like this must work. */
export const folder = mkdtempSync(join(tmpdir(), "tsc-mcu tést "));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);

export function writeModel(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** What a file of the model language exports, by our reading. */
export function evaluateFile(file: string): Record<string, unknown> {
  const exports = [...evaluateModel(file).exports].filter(([, cell]) => typeof cell.value !== "function");
  return Object.fromEntries(exports.map(([name, cell]) => [name, cell.value]));
}

const dsl = (name: string): string =>
  pathToFileURL(fileURLToPath(new URL(`../../dsl/${name}.ts`, import.meta.url))).href;

/** The text of a model with `tsc-mcu` resolved to the sources, so that Node can execute it anywhere. */
export function executable(text: string): string {
  return text
    .replaceAll(/(["'])tsc-mcu\/boards\1/g, `"${dsl("boards")}"`)
    .replaceAll(/(["'])tsc-mcu\1/g, `"${dsl("index")}"`);
}

/** What a file exports when Node executes it. */
export async function executeFile(file: string): Promise<Record<string, unknown>> {
  const module = await import(pathToFileURL(file).href);
  return Object.fromEntries(Object.entries(module).filter(([, value]) => typeof value !== "function"));
}

export function diagnosticsOf(file: string): readonly Diagnostic[] {
  try {
    read(file);
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics;
    throw error;
  }
  return [];
}

/** The diagnostics of a model as the command line prints them. */
export function renderedDiagnosticsOf(file: string): string {
  return renderDiagnostics(diagnosticsOf(file), { folder });
}
