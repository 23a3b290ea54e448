/** `tsc-mcu check`: types, shapes, quantisation and limits, without reading more of the weights than their sizes. */

import { checkModel } from "../index.js";
import { reportJson } from "../7-report/index.js";
import { diagnosticsJson } from "../diagnostics/render.js";
import { printJson } from "./failure.js";
import { headline } from "./headline.js";
import type { CheckOptions } from "./options.js";
import { showStage } from "./show.js";
import { collectWarnings } from "./warnings.js";

export async function checkCommand(model: string, options: CheckOptions): Promise<void> {
  if (options.show) return showStage(model, options.show, options, checkModel);
  const warnings = collectWarnings(options);
  const net = await checkModel(model, { ...options, warn: warnings.warn });
  if (options.json) {
    printJson({ ok: true, diagnostics: diagnosticsJson(warnings.all), report: reportJson(net) });
  } else process.stdout.write(`${headline(net)}\n`);
}
