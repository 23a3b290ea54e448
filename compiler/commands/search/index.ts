/** `tsc-mcu search`: the best network of a space that keeps the limits, written as a model file. */

import { assignmentOf, type Assignment } from "../../search/member.js";
import { gridSummary, gridText } from "../../search/report/index.js";
import { Space } from "../../search/space.js";
import { surveyOf } from "../../search/survey/index.js";
import { diagnosticsJson } from "../../diagnostics/render.js";
import { printJson } from "../failure.js";
import { collectWarnings } from "../warnings.js";
import { fixedAnswers } from "./fixed.js";
import type { SearchOptions } from "./options.js";
import { stage1 } from "./stage1.js";

import { stage2 } from "./stage2.js";
import type { Subject } from "./subject.js";

export async function searchCommand(file: string, options: SearchOptions): Promise<void> {
  const { board, linkerScript, limits, stage, json } = options;
  const space = new Space(file, { board, linkerScript, limits });
  const survey = surveyOf(space);
  const network = space.checked(survey.largest);
  const warnings = collectWarnings(options);
  const subject: Subject = { space, survey, network, options, warnings };
  let fixed: Assignment = fixedAnswers(options.fix, survey.choices);
  process.once("SIGINT", () => {
    process.stderr.write("\nstopped: the same command goes on from here\n");
    process.exit(130);
  });
  const grid =
    stage === "1" || (stage === undefined && survey.grid.length > 0) ? await stage1(subject) : undefined;
  if (grid && !json) process.stdout.write(`${gridText(grid)}\n`);
  // What is fixed by hand stays so.
  if (grid) fixed = new Map([...assignmentOf(grid.subSpaces[0].grid), ...fixed]);
  const found = stage === "1" ? undefined : await stage2(subject, fixed);
  if (json) {
    printJson({
      ok: true,
      diagnostics: diagnosticsJson(warnings.all),
      ...(grid ? { stage1: gridSummary(grid) } : {}),
      ...(found ? { stage2: found } : {}),
    });
  }
}
