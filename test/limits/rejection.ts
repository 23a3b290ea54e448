/** What a call rejects, for tests of messages and places. */

import * as assert from "uvu/assert";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";

/** The diagnostics that `call` is rejected with; it must be. */
export function rejection(call: () => unknown): readonly Diagnostic[] {
  try {
    call();
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics;
    throw error;
  }
  return assert.unreachable("expected a rejection") as never;
}

/** `MCU2112 [kib] unknown unit …` for each diagnostic: code, the text at its place, message. */
export function summaries(text: string, found: readonly Diagnostic[]): string[] {
  return found.map(({ code, place, message }) => {
    const at = place !== undefined && "start" in place ? `[${text.slice(place.start, place.end)}] ` : "";
    return `${code} ${at}${message}`;
  });
}
