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
    message: shortened(entry.message(parameters)),
    place,
    help: entry.help === undefined ? undefined : shortened(entry.help(parameters)),
    related,
  };
}

/** Messages quote their input, which may be anything. More would bury what they say. */
const mostCharacters = 3000;

/** A text that fits a screen or two, cut in the middle: it begins with what is wrong, and ends with what was expected. */
export function shortened<T extends string | undefined>(text: T): T {
  if (text === undefined || text.length <= mostCharacters) return text;
  const half = mostCharacters / 2;
  return `${text.slice(0, half)} … ${text.slice(-half)}` as T;
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

/** What a part of the compiler rejects without knowing where, as it does in networks that no text was read for, is told of the file. */
export function placedIn<T>(file: string, part: () => T): T {
  try {
    return part();
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    throw new Rejected(error.diagnostics.map((one) => ({ ...one, place: one.place ?? { file } })));
  }
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
    this.#add(diagnostic(code, place, parameters, related));
  }

  /** What was said already is not said again: a call that makes several results fails for each of them. */
  #add(one: Diagnostic): void {
    const isSame = (other: Diagnostic) =>
      other.code === one.code && other.message === one.message && samePlace(other.place, one.place);
    if (one.place === undefined || !this.all.some(isSame)) this.all.push(one);
  }

  /** Runs one part of the stage; what it rejects is collected, and the stage goes on. */
  attempt<T>(part: () => T): T | undefined {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      error.diagnostics.forEach((one) => this.#add(one));
      return undefined;
    }
  }

  stop(): void {
    if (this.all.some((one) => one.severity === "error")) throw new Rejected(this.all);
  }
}

function samePlace(a: Place | undefined, b: Place | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
