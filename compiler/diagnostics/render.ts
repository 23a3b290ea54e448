/**
 * Diagnostics as text, in the form of `tsc --pretty`, and as JSON:
 *
 *     net.ts:8:30 - error MCU2101: …
 *
 *     8   limits: `sram <= 32 KiB`,
 *                  ~~~~~~~~~~~~~~
 *       help: …
 *
 *       net.ts:14:9 - the layer at the peak
 *       14   let x = conv2d(…
 *                    ~~~~~~~~
 */

import { relative, sep } from "node:path";
import pico from "picocolors";
import type { Diagnostic, Place, Span } from "./diagnostic.js";
import { SourceText, type Position } from "./source-text.js";

export interface RenderOptions {
  /** Default false. */
  readonly colour?: boolean;
  /** What paths are relative to; default the working directory. */
  readonly folder?: string;
}

type Colours = ReturnType<typeof pico.createColors>;

/** Longer source lines are cut around the place. */
const MAX_LINE = 120;
const TAB = "    ";

/** One diagnostic, without a final line break. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const colours = pico.createColors(options.colour ?? false);
  const { severity, code, message, place, help, related } = diagnostic;
  const mark = severity === "error" ? colours.red : colours.yellow;
  const title = `${mark(severity)} ${colours.gray(`${code}:`)} ${clean(message)}`;
  const source = place && "start" in place ? SourceText.open(place.file) : undefined;
  const parts = [place ? `${renderPlace(place, source, colours, options)} - ${title}` : title];
  const excerpt = renderExcerpt(place, source, colours, mark);
  if (excerpt.length > 0) parts.push("", ...excerpt);
  if (help !== undefined) parts.push(...indent(`help: ${clean(help)}`, "  "));
  for (const one of related) {
    const text = one.place && "start" in one.place ? SourceText.open(one.place.file) : undefined;
    const head = one.place ? `${renderPlace(one.place, text, colours, options)} - ` : "";
    parts.push("", ...indent(head + clean(one.message), "  "));
    parts.push(...renderExcerpt(one.place, text, colours, colours.cyan).map((line) => `  ${line}`));
  }
  return parts.join("\n");
}

/** All diagnostics, an empty line between them, with a final line break. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  return `${diagnostics.map((one) => renderDiagnostic(one, options)).join("\n\n")}\n`;
}

export interface PlaceJson {
  /** Relative to the working directory. */
  readonly file: string;
  /** From 1; absent for binary files and where the text cannot be read. */
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** Bytes in a binary file. */
  readonly offset?: number;
}

export interface DiagnosticJson {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly help?: string;
  readonly place?: PlaceJson;
  readonly related: readonly { readonly message: string; readonly place?: PlaceJson }[];
}

/** For `--json`: plain data, with lines and columns instead of offsets. */
function diagnosticJson(diagnostic: Diagnostic, options: RenderOptions = {}): DiagnosticJson {
  const { code, severity, message, help, place, related } = diagnostic;
  return {
    code,
    severity,
    message,
    help,
    place: place && placeJson(place, options),
    related: related.map((one) => ({
      message: one.message,
      place: one.place && placeJson(one.place, options),
    })),
  };
}

export function diagnosticsJson(
  diagnostics: readonly Diagnostic[],
  options: RenderOptions = {},
): readonly DiagnosticJson[] {
  return diagnostics.map((one) => diagnosticJson(one, options));
}

function placeJson(place: Place, options: RenderOptions): PlaceJson {
  const file = shownPath(place.file, options);
  if (!("start" in place)) return place.offset === undefined ? { file } : { file, offset: place.offset };
  const source = SourceText.open(place.file);
  if (!source) return { file };
  const start = source.position(place.start);
  const end = source.position(place.end);
  return { file, ...start, endLine: end.line, endColumn: end.column };
}

function renderPlace(
  place: Place,
  source: SourceText | undefined,
  colours: Colours,
  options: RenderOptions,
): string {
  const file = colours.cyan(clean(shownPath(place.file, options)));
  if (source && "start" in place) {
    const { line, column } = source.position(place.start);
    return `${file}:${colours.yellow(String(line))}:${colours.yellow(String(column))}`;
  }
  const offset = "start" in place ? undefined : place.offset;
  return offset === undefined ? file : `${file}:${colours.yellow(`0x${offset.toString(16)}`)}`;
}

/** Inside of the folder relative to it, elsewhere absolute; with `/` everywhere. */
function shownPath(file: string, { folder = process.cwd() }: RenderOptions): string {
  return (relative(folder, file) || file).split(sep).join("/");
}

/** The lines of a span with marks below; of more than four lines, the first and the last two. */
function renderExcerpt(
  place: Place | undefined,
  source: SourceText | undefined,
  colours: Colours,
  mark: (text: string) => string,
): string[] {
  if (!source || !place || !("start" in place)) return [];
  const [start, end] = ends(place, source);
  const gutter = String(end.line).length;
  const result: string[] = [];
  for (let line = start.line; line <= end.line; line++) {
    if (line === start.line + 2 && end.line - start.line >= 4) {
      result.push(`${colours.inverse("...".padStart(gutter))}`);
      line = end.line - 1;
    }
    const text = source.line(line);
    const from = line === start.line ? start.column - 1 : text.length - text.trimStart().length;
    const to = line === end.line ? end.column - 1 : text.length;
    const { shown, offset, length } = cut(text, from, Math.max(from, to));
    const blank = " ".repeat(gutter);
    result.push(`${colours.inverse(String(line).padStart(gutter))} ${shown}`.trimEnd());
    result.push(`${colours.inverse(blank)} ${" ".repeat(offset)}${mark("~".repeat(length))}`.trimEnd());
  }
  return result;
}

/** First and last position. A span that ends at the start of a line ends with the line before it. */
function ends(span: Span, source: SourceText): [Position, Position] {
  const start = source.position(span.start);
  const end = source.position(Math.max(span.start, span.end));
  if (end.line === start.line || end.column > 1) return [start, end];
  const line = end.line - 1;
  return [start, { line, column: source.line(line).length + 1 }];
}

/** The part of a line that is shown, and where in it the marks go (at least one). */
function cut(text: string, from: number, to: number): { shown: string; offset: number; length: number } {
  const widen = (part: string): string => clean(part).replaceAll("\t", TAB);
  const before = widen(text.slice(0, from));
  const inside = widen(text.slice(from, to));
  const after = widen(text.slice(to));
  if (before.length + inside.length + after.length <= MAX_LINE) {
    return { shown: before + inside + after, offset: before.length, length: Math.max(1, inside.length) };
  }
  const ahead = before.length > MAX_LINE / 3 ? `…${before.slice(-Math.floor(MAX_LINE / 3))}` : before;
  const middle = inside.length > MAX_LINE - ahead.length ? inside.slice(0, MAX_LINE - ahead.length) : inside;
  const rest = inside.slice(middle.length) + after;
  const space = MAX_LINE - ahead.length - middle.length;
  const behind = rest.length > space ? `${rest.slice(0, space)}…` : rest;
  return { shown: ahead + middle + behind, offset: ahead.length, length: Math.max(1, middle.length) };
}

const indent = (text: string, by: string): string[] => text.split("\n").map((line) => by + line);

/** Control characters of a file would reach the terminal. */
function clean(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
