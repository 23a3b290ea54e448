/** A text in one of our languages, and how its positions map to places for diagnostics. */

import type { Place, Span } from "../diagnostics/diagnostic.js";

/** UTF-16 code units, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Source<P extends Place | undefined = Place | undefined> {
  readonly text: string;
  place(range: Range): P;
}

/** A whole file. */
export function fileSource(file: string, text: string): Source<Span> {
  return { text, place: ({ start, end }) => ({ file, start, end }) };
}

/**
 * A string inside of a model file, at `at`: its content, or the literal with its quotes. Where the text is not there
 * character by character (escapes, concatenation), every range stands for all of it.
 */
export function embeddedSource(text: string, at: Span | undefined): Source<Span | undefined> {
  const surplus = at === undefined ? -1 : at.end - at.start - text.length;
  if (at === undefined || (surplus !== 0 && surplus !== 2)) return { text, place: () => at };
  const first = at.start + surplus / 2;
  return { text, place: ({ start, end }) => ({ file: at.file, start: first + start, end: first + end }) };
}

export const cover = (first: Range, last: Range): Range => ({ start: first.start, end: last.end });
