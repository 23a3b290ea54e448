/** `tsc-mcu search`: the best network of a space that keeps the limits, written as a model file. */

import { assignmentOf, type Assignment } from "../../search/member.js";
import { gridSummary, gridText } from "../../search/report/index.js";
import type { GridOutcome } from "../../search/outcome.js";
import { Space } from "../../search/space.js";
import { surveyOf } from "../../search/survey/index.js";
import { diagnosticsJson } from "../../diagnostics/render.js";
import { printJson } from "../failure.js";
import { collectWarnings } from "../warnings.js";
import { fixedAnswers } from "./fixed.js";
import type { SearchOptions } from "./options.js";
import { stage1 } from "./stage1.js";
import { stage2, type Stage2 } from "./stage2.js";
import { stoppable } from "./stopping.js";
import type { Subject } from "./subject.js";

interface Found {
  readonly grid?: GridOutcome;
  readonly found?: Stage2;
}

async function stages(subject: Subject, fixed: Assignment): Promise<Found> {
  const { survey, options } = subject;
  const { stage, json } = options;
  const hasFirst = stage === "1" || (stage === undefined && survey.grid.length > 0);
  const grid = hasFirst ? await stage1(subject, fixed) : undefined;
  if (grid && !json) process.stdout.write(`${gridText(grid)}\n`);
  if (stage === "1") return { grid };
  const inside = grid ? assignmentOf(grid.subSpaces[0].grid) : new Map();
  return { grid, found: await stage2(subject, new Map([...inside, ...fixed])) };
}

export async function searchCommand(file: string, options: SearchOptions): Promise<void> {
  const { board, linkerScript, limits, json } = options;
  const space = new Space(file, { board, linkerScript, limits });
  const survey = surveyOf(space);
  const network = space.checked(survey.largest);
  const warnings = collectWarnings(options);
  const subject: Subject = { space, survey, network, options, warnings };
  const fixed = fixedAnswers(options.fix, survey.choices);
  const { grid, found } = await stoppable(() => stages(subject, fixed));
  if (json) {
    printJson({
      ok: true,
      diagnostics: diagnosticsJson(warnings.all),
      ...(grid ? { stage1: gridSummary(grid) } : {}),
      ...(found ? { stage2: found } : {}),
    });
  }
}
