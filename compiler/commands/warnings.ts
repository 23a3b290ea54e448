/** What is odd about a model and does not stop it. */

import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { renderDiagnostics } from "../diagnostics/render.js";
import { wantsColour } from "./failure.js";
import type { OutputOptions } from "./options.js";

export interface Warnings {
  readonly all: readonly Diagnostic[];
  /** For `CompileOptions.warn`. */
  warn(diagnostics: readonly Diagnostic[]): void;
}

/** Prints warnings on standard error as they come; with `--json` they are only kept, for the answer. */
export function collectWarnings({ json }: OutputOptions): Warnings {
  const all: Diagnostic[] = [];
  const warn = (diagnostics: readonly Diagnostic[]): void => {
    all.push(...diagnostics);
    if (json || diagnostics.length === 0) return;
    process.stderr.write(`${renderDiagnostics(diagnostics, { colour: wantsColour() })}\n`);
  };
  return { all, warn };
}
