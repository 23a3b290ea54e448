/** How a command ends when it cannot do what it was asked: exit code 1 (the input's fault) or 3 (ours). */

import type { Diagnostic, Rejected } from "../diagnostics/diagnostic.js";
import { diagnosticsJson, renderDiagnostics } from "../diagnostics/render.js";
import { exitCodes } from "./exit-codes.js";

/** Prints the diagnostics (with `--json` on standard output, as one object) and returns the exit code. */
export function reportRejected({ diagnostics }: Rejected, json: boolean): number {
  if (json) {
    printJson({ ok: false, diagnostics: diagnosticsJson(diagnostics) });
  } else {
    const rendered = renderDiagnostics(diagnostics, { colour: wantsColour() });
    process.stderr.write(`${rendered}\n${summary(diagnostics)}\n`);
  }
  return exitCodes.rejected;
}

/** Wrong usage: commander has printed what is wrong; programs get it as JSON, too. */
export function reportUsage(message: string, json: boolean): number {
  if (json) printJson({ ok: false, diagnostics: [], usage: message });
  return exitCodes.usage;
}

/** Colours on terminals only, and never against https://no-color.org. */
export const wantsColour = (): boolean => process.stderr.isTTY === true && !process.env.NO_COLOR;

/** As tsc ends its output: "Found 2 errors." */
export function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return `Found ${count(errors, "error")}${warnings > 0 ? ` and ${count(warnings, "warning")}` : ""}.`;
}

/** Everything that a report of the bug needs; returns the exit code. */
export function reportBug(error: unknown, version: string, args: readonly string[], json: boolean): number {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const command = ["tsc-mcu", ...args].join(" ");
  if (json) printJson({ ok: false, bug: { version, node: process.version, command, stack } });
  process.stderr.write(
    `This is a fault of tsc-mcu, not of your input. Please report it with the text below and, if you can, the model.

    version: ${version}, Node ${process.version}, ${process.platform}
    command: ${command}
    ${stack.split("\n").join("\n    ")}
`,
  );
  return exitCodes.bug;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
