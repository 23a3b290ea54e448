/** `--show=<stage>`: what a stage made, as text. */

import type { Net } from "../../dsl/graph.js";
import type { OutputFile } from "../files/output-file.js";
import type { Graph } from "../ir/graph.js";
import type { Lowered } from "../ir/lowered.js";
import type { Planned } from "../ir/plan.js";
import { printGraph, printLowered, printNet, printPlan } from "../ir/print.js";
import { printJson } from "./failure.js";
import type { ModelOptions, Stage } from "./options.js";

/** `compile` or `checkModel`: calls `observe` with the result of every stage. */
type Pipeline = (
  model: string,
  options: ModelOptions & { ignoreLimits: true; observe(stage: Stage, result: unknown): void },
) => Lowered | Promise<Lowered>;

/** Shown of each emitted file. */
const shownLines = 60;

export async function showStage(
  model: string,
  stage: Stage,
  options: ModelOptions,
  pipeline: Pipeline,
): Promise<void> {
  const text = await stageText(model, stage, options, pipeline);
  if (options.json) printJson({ ok: true, diagnostics: [], stage, text });
  else process.stdout.write(text);
}

/** A stage that has its result is shown even if a later one rejects the network: that is when one wants to look. */
async function stageText(
  model: string,
  stage: Stage,
  options: ModelOptions,
  pipeline: Pipeline,
): Promise<string> {
  let text: string | undefined;
  const observe = (seen: Stage, result: unknown): void => {
    if (seen === stage) text = printStage(seen, result);
  };
  try {
    const net = await pipeline(model, { ...options, ignoreLimits: true, observe });
    return text ?? (await printLate(stage, net));
  } catch (error) {
    if (text === undefined) throw error;
    return text;
  }
}

function printStage(stage: Stage, result: unknown): string | undefined {
  switch (stage) {
    case "1-read":
      return printNet(result as Net);
    case "2-check":
    case "3-simplify":
      return printGraph(result as Graph);
    case "4-plan":
      return printPlan(result as Planned);
    case "5-lower":
      return printLowered(result as Lowered);
    default:
      return undefined;
  }
}

/** The stages that the pipeline's caller runs. */
async function printLate(stage: Stage, net: Lowered): Promise<string> {
  if (stage === "7-report") return (await import("../7-report/index.js")).reportText(net);
  const { outputFiles } = await import("../index.js");
  return outputFiles(net).map(printFile).join("\n");
}

function printFile({ path, content }: OutputFile): string {
  const lines = String(content).trimEnd().split("\n");
  const rest = lines.length > shownLines ? [`… ${lines.length - shownLines} more lines`] : [];
  return [`==> ${path} <==`, ...lines.slice(0, shownLines), ...rest, ""].join("\n");
}
