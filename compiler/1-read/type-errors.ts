/** What TypeScript's own checker found, as our diagnostics: code, message and place stay its own. */

import {
  diagnostic,
  shortened,
  type Diagnostic,
  type Related,
  type Span,
} from "../diagnostics/diagnostic.js";
import { isRelative } from "./resolution.js";
import { ts, type TS } from "./typescript.js";

/** Codes of "cannot find name", some of which advise to install types for Node: of no use to a model. */
const unknownNames: ReadonlySet<number> = new Set([
  2304, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593,
]);

/** Codes of "cannot find module". */
const unknownModules: ReadonlySet<number> = new Set([2307, 2591, 2732, 2792, 2882, 7016]);

/** Names that exist where JavaScript usually runs, so that their use is no slip of the pen. */
const hostNames: ReadonlySet<string> = new Set(
  (
    "process require module exports global window self document navigator console fetch Buffer URL performance crypto " +
    "setTimeout setInterval setImmediate queueMicrotask structuredClone TextEncoder TextDecoder WebSocket Worker " +
    "XMLHttpRequest WebAssembly localStorage Intl Atomics SharedArrayBuffer Proxy Reflect WeakRef __dirname __filename"
  ).split(" "),
);

/** @param model the model's files: places in our declarations say nothing to its author */
export function fromTypescript(error: TS.Diagnostic, model: ReadonlyMap<string, unknown>): Diagnostic {
  const place = placeOf(error);
  const text = place && error.file!.text.slice(place.start, place.end);
  const specifier = text?.match(/^["'](.*)["']$/)?.[1];
  if (specifier !== undefined && unknownModules.has(error.code) && !isRelative(specifier)) {
    return diagnostic("MCU1004", place, { specifier });
  }
  if (text !== undefined && unknownNames.has(error.code) && hostNames.has(text)) {
    return diagnostic("MCU1002", place, { name: text });
  }
  return {
    code: `TS${error.code}`,
    severity: "error",
    message: flatten(error.messageText),
    place,
    related: (error.relatedInformation ?? []).flatMap((one): Related[] => {
      const where = placeOf(one);
      return where && model.has(where.file) ? [{ message: flatten(one.messageText), place: where }] : [];
    }),
  };
}

const flatten = (text: string | TS.DiagnosticMessageChain): string =>
  shortened(ts.flattenDiagnosticMessageText(text, "\n"));

function placeOf(error: TS.DiagnosticRelatedInformation): Span | undefined {
  if (!error.file || error.start === undefined) return undefined;
  return { file: error.file.fileName, start: error.start, end: error.start + (error.length ?? 0) };
}
