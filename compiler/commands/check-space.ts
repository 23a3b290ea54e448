/** `tsc-mcu check` of a search space: how large it is, and what its members need. */

import { alignColumns, type Alignment } from "../7-report/table.js";
import type { Verdict, Cost } from "../search/cost.js";
import { formatTime } from "../limits/format.js";
import { limitText } from "../limits/parse-limits.js";
import { Costs } from "../search/costs.js";
import { recordOf, type Member } from "../search/member.js";
import { randomOf } from "../search/random.js";
import { Space } from "../search/space.js";
import { surveyOf, type Survey } from "../search/survey/index.js";
import { printJson } from "./failure.js";
import { grouped } from "./headline.js";
import type { ModelOptions } from "./options.js";

interface Looked {
  readonly what: string;
  readonly member: Member;
  readonly cost: Cost;
  readonly breaks: Verdict["breaks"];
}

export function checkSpace(file: string, { json, board, linkerScript, limits }: ModelOptions): void {
  const space = new Space(file, { board, linkerScript, limits });
  const survey = surveyOf(space);
  const costs = new Costs(space);
  const look = (what: string, member: Member): Looked => ({
    what,
    member,
    cost: costs.of(member),
    breaks: costs.verdict(member).breaks,
  });
  const members = [
    look("largest", survey.largest),
    look("smallest", survey.smallest),
    look("random", space.random(randomOf(1, "check"))),
  ];
  if (json) printJson({ ok: true, diagnostics: [], space: spaceJson(survey, members) });
  else process.stdout.write(`${spaceText(space, survey, members)}\n`);
}

const alignments: readonly Alignment[] = ["left", "right", "right", "right", "right", "right", "left"];

function spaceJson({ choices, size }: Survey, members: readonly Looked[]): object {
  return {
    choices: choices.map(({ name, domain, grid }) => ({ name, domain, grid })),
    size: size.count.toString(),
    exact: size.isExact,
    members: members.map(({ what, member, cost, breaks }) => ({
      what,
      choices: recordOf(member.values),
      ...cost,
      fits: breaks === undefined,
      breaks,
    })),
  };
}

function spaceText(space: Space, survey: Survey, members: readonly Looked[]): string {
  const { choices, grid, size } = survey;
  const { name, board, limits } = space.checked(survey.largest);
  const count = `${size.isExact ? "" : "about "}${countText(size.count)}`;
  const names = grid.map((one) => `${one.name} (${one.domain.length})`).join(" x ");
  const subSpaces = grid.reduce((product, { domain }) => product * domain.length, 1);
  const rows = members.map(({ what, cost, breaks }) => [
    what,
    grouped(cost.macs),
    grouped(cost.parameters),
    grouped(cost.sram),
    grouped(cost.flash),
    formatTime(cost.seconds),
    breaks === undefined ? "fits" : `breaks ${breaks}`,
  ]);
  return [
    `${name} for ${board.name}: a search space of ${choices.length} choices, ${count} networks`,
    ...(grid.length > 0 ? [`  sub-spaces  ${subSpaces}: ${names}`] : []),
    ...(limits.length > 0 ? [`  limits      ${limits.map(limitText).join("; ")}`] : []),
    ...alignColumns([["", "MACs", "parameters", "sram", "flash", "latency", ""], ...rows], alignments).map(
      (line) => `  ${line}`,
    ),
  ].join("\n");
}

/** 21149413138780456247172 -> "2.1e22" */
function countText(count: bigint): string {
  return count < 10_000_000n ? grouped(Number(count)) : Number(count).toExponential(1).replace("+", "");
}
