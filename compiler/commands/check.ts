/** `tsc-mcu check`: types, shapes, quantisation and limits, without reading more of the weights than their sizes. */

import { checkModel, paretoOf } from "../index.js";
import { paretoPoint, paretoText, reportJson } from "../7-report/index.js";
import { Rejected } from "../diagnostics/diagnostic.js";
import { diagnosticsJson } from "../diagnostics/render.js";
import { printJson } from "./failure.js";
import { headline } from "./headline.js";
import type { CheckOptions } from "./options.js";
import { showStage } from "./show.js";
import { collectWarnings } from "./warnings.js";

export async function checkCommand(model: string, options: CheckOptions): Promise<void> {
  try {
    await checkNetwork(model, options);
  } catch (error) {
    if (!isSpace(error) || options.pareto || options.show) throw error;
    (await import("./check-space.js")).checkSpace(model, options);
  }
}

/** Whether what was taken for a network turned out to be a search space. */
const isSpace = (error: unknown): boolean =>
  error instanceof Rejected && error.diagnostics.some(({ code }) => code === "MCU6002");

async function checkNetwork(model: string, options: CheckOptions): Promise<void> {
  if (options.pareto) return pareto(model, options);
  if (options.show) return showStage(model, options.show, options, checkModel);
  const warnings = collectWarnings(options);
  const net = await checkModel(model, { ...options, warn: warnings.warn });
  if (options.json) {
    printJson({ ok: true, diagnostics: diagnosticsJson(warnings.all), report: reportJson(net) });
  } else process.stdout.write(`${headline(net)}\n`);
}

/** What memory costs in time: plans from the fastest to the smallest. */
async function pareto(model: string, options: CheckOptions): Promise<void> {
  const points = (await paretoOf(model, options)).map(paretoPoint);
  if (options.json) printJson({ ok: true, pareto: points });
  else process.stdout.write(paretoText(points));
}
