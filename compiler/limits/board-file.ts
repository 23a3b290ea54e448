/** Board files: `.mcu` text to a `Board`. */

import { Diagnostics, reject, type Diagnostic } from "../diagnostics/diagnostic.js";
import type { Board, Region } from "../targets/board.js";
import {
  beginsAfter,
  parseBudget,
  type BoardSyntax,
  type Name,
  type SettingSyntax,
} from "./budget-grammar.js";
import { nearest } from "./nearest.js";
import { fileSource, type Source } from "./source.js";
import { maxCharacters, type Explain } from "./syntax.js";
import { figure } from "./units.js";

const settingNames = ["core", "clock", "icache", "dcache", "sram", "flash", "power"];
const cores = ["cortex-m7"] as const;

type RegionSyntax = Extract<SettingSyntax, { kind: "region" }>;
type FigureSyntax = Extract<SettingSyntax, { kind: "figure" }>;

/** Reads a board. Rejects with everything that is wrong; a syntax error is the only one of its file. */
export function parseBoard(file: string, text: string): Board {
  const source = fileSource(file, text);
  const diagnostics = new Diagnostics();
  if (text.length > maxCharacters.board) {
    diagnostics.report(
      "MCU2116",
      { file },
      { language: "board file", characters: text.length, atMost: maxCharacters.board },
    );
    diagnostics.stop();
  }
  const syntax = parseBudget(source, "board file", (parser) => parser.board(), explain(source));
  checkRepetition(syntax, source, diagnostics);
  const board = diagnostics.attempt(() => boardOf(syntax, source, diagnostics));
  if (board !== undefined) checkOverlap(board.regions, regionsOf(syntax), source, diagnostics);
  diagnostics.stop();
  return board!;
}

/** A word where a setting could begin is an unknown setting; after the board nothing follows. */
const explain =
  (source: Source): Explain =>
  ({ name, token, context }, before) => {
    if (name === "NotAllInputParsedException") return "the end";
    const { image, startOffset: start } = token;
    if (context.ruleStack.at(-1) !== "board" || !beginsAfter(before)) return undefined;
    if (before === undefined || !/^[A-Za-z_]/.test(image)) return undefined;
    const place = source.place({ start, end: start + image.length });
    return reject("MCU2131", place, {
      setting: image,
      known: settingNames,
      nearest: nearest(image, settingNames),
    });
  };

function boardOf(syntax: BoardSyntax, source: Source, diagnostics: Diagnostics): Board {
  checkCore(syntax, source, diagnostics);
  const optional = (keyword: string) =>
    syntax.settings.find((one) => one.keyword.text === keyword) as FigureSyntax | undefined;
  const cache = (keyword: string) => {
    const setting = optional(keyword);
    return setting && diagnostics.attempt(() => figure(setting.value, keyword, "size", source));
  };
  const clock = optional("clock");
  const clockHz =
    clock && diagnostics.attempt(() => figure(clock.value, "clock", "frequency", source, "positive"));
  if (clock === undefined)
    diagnostics.report("MCU2133", source.place(syntax.name.at), {
      what: "a `clock`",
      example: "clock 216 MHz",
    });
  const regions = regionsOf(syntax).flatMap((one) => diagnostics.attempt(() => regionOf(one, source)) ?? []);
  if (!regionsOf(syntax).some((one) => one.keyword.text === "sram")) {
    const example = "sram SRAM1 240 KiB at 0x20010000";
    diagnostics.report("MCU2133", source.place(syntax.name.at), { what: "an `sram` region", example });
  }
  return {
    name: syntax.name.text,
    core: "cortex-m7",
    clockHz: clockHz ?? NaN,
    icacheBytes: cache("icache") ?? 0,
    dcacheBytes: cache("dcache") ?? 0,
    regions,
    activePower: diagnostics.attempt(() => powerOf(syntax, source)),
  };
}

function checkCore(syntax: BoardSyntax, source: Source, diagnostics: Diagnostics): void {
  const core = syntax.settings.find((one) => one.kind === "core");
  if (core === undefined)
    diagnostics.report("MCU2133", source.place(syntax.name.at), {
      what: "a `core`",
      example: "core cortex-m7",
    });
  else if (!(cores as readonly string[]).includes(core.name.text)) {
    diagnostics.report("MCU2134", source.place(core.name.at), { core: core.name.text, known: cores });
  }
}

function powerOf(syntax: BoardSyntax, source: Source): Board["activePower"] {
  const power = syntax.settings.find((one) => one.kind === "power");
  if (power === undefined) return undefined;
  return {
    watts: figure(power.value, "power", "power", source, "positive"),
    source: power.source.text.slice(1, -1),
  };
}

const regionsOf = ({ settings }: BoardSyntax): readonly RegionSyntax[] =>
  settings.filter((one) => one.kind === "region");

function regionOf(syntax: RegionSyntax, source: Source): Region {
  const bytes = figure(syntax.size, `the size of ${syntax.name.text}`, "size", source, "positive integer");
  const origin =
    syntax.origin && figure(syntax.origin, `the address of ${syntax.name.text}`, "count", source);
  const missCycles =
    syntax.miss && figure(syntax.miss, `a cache line from ${syntax.name.text}`, "count", source);
  return {
    name: syntax.name.text,
    kind: syntax.keyword.text as "sram" | "flash",
    bytes,
    origin,
    tightlyCoupled: syntax.tightlyCoupled,
    ...(missCycles === undefined ? {} : { missCycles }),
  };
}

/** Settings but for regions occur once, and regions have one name each. */
function checkRepetition(syntax: BoardSyntax, source: Source, diagnostics: Diagnostics): void {
  const seen = new Map<string, Name>();
  for (const setting of syntax.settings) {
    const name = setting.kind === "region" ? setting.name : setting.keyword;
    const key = setting.kind === "region" ? `region ${name.text}` : `\`${name.text}\``;
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, name);
    else
      diagnostics.report("MCU2132", source.place(name.at), { what: key }, [
        { message: "the first", place: source.place(earlier.at) },
      ]);
  }
}

/** Two memories at one address would make a plan's sums wrong. */
function checkOverlap(
  regions: readonly Region[],
  syntax: readonly RegionSyntax[],
  source: Source,
  diagnostics: Diagnostics,
): void {
  const placed = regions.filter((one) => one.origin !== undefined).sort((a, b) => a.origin! - b.origin!);
  const nameOf = (region: Region) =>
    source.place(syntax.find((one) => one.name.text === region.name)!.name.at);
  for (let i = 1; i < placed.length; i++) {
    const [before, region] = [placed[i - 1], placed[i]];
    if (before.origin! + before.bytes <= region.origin!) continue;
    const related: Diagnostic["related"] = [{ message: `${before.name} is here`, place: nameOf(before) }];
    diagnostics.report("MCU2135", nameOf(region), { region: region.name, other: before.name }, related);
  }
}
