/** What the tool has to say about its input. Bugs of the compiler are ordinary exceptions, never diagnostics. */

import type { Span } from "../../dsl/graph.js";
import { catalogue, type Code, type Parameters } from "./catalogue.js";

export type { Span };

/** A place in a text file (`Span`), in a binary file (`offset` in bytes), or a file as a whole. */
export type Place = Span | { readonly file: string; readonly offset?: number };

export interface Diagnostic {
  /** `MCU2101`, or TypeScript's own `TS2345`. */
  readonly code: string;
  readonly severity: "error" | "warning";
  /** What is wrong, and what was expected. */
  readonly message: string;
  readonly place?: Place;
  /** What would help. */
  readonly help?: string;
  /** Other places that are part of the story: the limit that is violated, the layer that made the tensor. */
  readonly related: readonly Related[];
}

export interface Related {
  readonly message: string;
  readonly place?: Place;
}

/** Makes a diagnostic of the catalogue; parameters are checked by the code's own type. */
export function diagnostic<C extends Code>(
  code: C,
  place: Place | undefined,
  parameters: Parameters<C>,
  related: readonly Related[] = [],
): Diagnostic {
  const entry = catalogue[code] as {
    message: (p: any) => string;
    help?: (p: any) => string | undefined;
    severity?: "warning";
  };
  return {
    code,
    severity: entry.severity ?? "error",
    message: entry.message(parameters),
    place,
    help: entry.help?.(parameters),
    related,
  };
}

/** Ends a stage: thrown with everything the stage found, caught by compiler/index.ts and the command line. */
export class Rejected extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((one) => `${one.code}: ${one.message}`).join("\n"));
    this.name = "Rejected";
  }
}

/** Throws one diagnostic at once, for faults after which the stage cannot go on. */
export function reject<C extends Code>(
  code: C,
  place: Place | undefined,
  parameters: Parameters<C>,
  related: readonly Related[] = [],
): never {
  throw new Rejected([diagnostic(code, place, parameters, related)]);
}

/** Collects the diagnostics of one stage; `stop()` at its end throws if there were errors. */
export class Diagnostics {
  readonly all: Diagnostic[] = [];

  report<C extends Code>(
    code: C,
    place: Place | undefined,
    parameters: Parameters<C>,
    related: readonly Related[] = [],
  ): void {
    this.all.push(diagnostic(code, place, parameters, related));
  }

  /** Runs one part of the stage; what it rejects is collected, and the stage goes on. */
  attempt<T>(part: () => T): T | undefined {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      this.all.push(...error.diagnostics);
      return undefined;
    }
  }

  stop(): void {
    if (this.all.some((one) => one.severity === "error")) throw new Rejected(this.all);
  }
}
