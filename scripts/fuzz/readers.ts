/** What the tool does with a file of each format, as far as hostile input can reach. */

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { read } from "../../compiler/1-read/index.js";
import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { readNpy } from "../../compiler/files/npy.js";
import { parseSafetensors } from "../../compiler/files/safetensors.js";
import type { TensorFile } from "../../compiler/files/tensor-file.js";
import { outputFiles, type Lowered } from "../../compiler/index.js";
import { buildNet } from "../../compiler/import/graph.js";
import { printProject, type Imported } from "../../compiler/import/index.js";
import { readModel } from "../../compiler/import/model.js";
import { parseBoard } from "../../compiler/limits/board-file.js";
import { parseRegions } from "../../compiler/limits/linker-script.js";
import { parseLimits } from "../../compiler/limits/index.js";
import { packageRoot } from "../../compiler/package-root.js";
import { placedIn } from "../../compiler/diagnostics/diagnostic.js";
import type { Net } from "../../dsl/graph.js";
import type { Format } from "./seeds.js";

/** The file's name in diagnostics; models are written to a folder of that name's. */
export const fileNames: Record<Format, string> = {
  tflite: "model.tflite",
  safetensors: "weights.safetensors",
  npy: "array.npy",
  mcu: "board.mcu",
  ld: "app.ld",
  limits: "net.ts",
  ts: "net.ts",
  json: "table.json",
};

/** Every so many: prettier takes longer than all the rest. */
const printedShare = 64;

export class Readers {
  private readonly folder = mkdtempSync(join(tmpdir(), "tsc-mcu-fuzz-"));
  private count = 0;
  private example: Net | undefined;

  constructor() {
    const example = join(packageRoot(), "examples", "keywords");
    for (const name of ["weights.safetensors", "calibration.npy"])
      copyFileSync(join(example, name), join(this.folder, name));
    writeFileSync(join(this.folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(this.folder, "table.json"), "[1, 2]");
    mkdirSync(join(this.folder, "json"));
    const reader = `import { input, network, reshape } from "tsc-mcu";\nimport table from "./table.json";
export default network("n", {}, () => reshape(input("x", [2, 2]), table as unknown as number[]));\n`;
    writeFileSync(join(this.folder, "json", "net.ts"), reader);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The name under which diagnostics speak of the file of this format. */
  fileOf(format: Format): string {
    if (format === "ts") return join(this.folder, fileNames.ts);
    if (format === "json") return join(this.folder, "json", fileNames.json);
    return fileNames[format];
  }

  async read(format: Format, bytes: Uint8Array): Promise<void> {
    const text = () => new TextDecoder().decode(bytes);
    const file = this.fileOf(format);
    switch (format) {
      case "tflite":
        return this.importModel(bytes, file);
      case "safetensors":
        return this.useWeights(parseSafetensors(bytes, file));
      case "npy":
        return void readNpy(bytes, undefined, file);
      case "mcu":
        return void parseBoard(file, text());
      case "ld":
        return void parseRegions(file, text());
      case "limits":
        return void parseLimits(text(), { file, start: 0, end: text().length });
      case "ts":
        writeFileSync(file, bytes);
        return void compileNet(read(file), file);
      case "json":
        writeFileSync(file, bytes);
        return void compileNet(read(join(this.folder, "json", "net.ts")), file);
    }
  }

  private async importModel(bytes: Uint8Array, file: string): Promise<void> {
    const imported = buildNet(readModel(bytes, file));
    const lowered = compileNet(imported.net, file, imported);
    if (this.count++ % printedShare !== 0) return;
    outputFiles(lowered);
    await printProject(imported);
  }

  /** Every tensor, and the example's network with them in place of its own. */
  private useWeights(tensors: TensorFile): void {
    for (const name of tensors.names) tensors.get(name);
    const model = join(packageRoot(), "examples", "keywords", "net.ts");
    this.example ??= read(model);
    compileNet(this.example, tensors.file, { tensors });
  }
}

/** Sizes only where numbers are not known: what is computed from them afterwards is as large as they are. */
function compileNet(net: Net, file: string, imported?: Partial<Imported>): Lowered {
  const board = "mps2-an500";
  const checked = check(net, { ...imported, file, board, loadCalibration: false });
  return placedIn(file, () => lower(plan(simplify(checked, { calibrate: false }))));
}
