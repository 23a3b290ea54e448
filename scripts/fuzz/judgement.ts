/** Whether the tool's answer to an input is one: success, or diagnostics that are complete. */

import { readFileSync, existsSync } from "node:fs";
import { catalogue } from "../../compiler/diagnostics/catalogue.js";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import { renderDiagnostics } from "../../compiler/diagnostics/render.js";
import type { Input } from "./inputs.js";
import type { Readers } from "./readers.js";

export interface Judgement {
  /** "accepted", or the first code. */
  readonly code: string;
  /** What is wrong with the answer. */
  readonly fault?: string;
}

export async function judge(readers: Readers, input: Input): Promise<Judgement> {
  try {
    await readers.read(input.format, input.bytes);
    return { code: "accepted" };
  } catch (error) {
    if (!(error instanceof Rejected)) return { code: "crash", fault: stackOf(error) };
    const { diagnostics } = error;
    try {
      const { length } = renderDiagnostics(diagnostics, { colour: false });
      if (length > mostRendered * diagnostics.length)
        return { code: "long", fault: `${length} characters for ${diagnostics.length} diagnostics` };
    } catch (renderError) {
      return { code: "crash", fault: `rendering ${error.message}: ${stackOf(renderError)}` };
    }
    if (diagnostics.length === 0) return { code: "none", fault: "rejected without a diagnostic" };
    const fault = diagnostics.map((one) => faultOf(one, input)).find((one) => one !== undefined);
    return { code: diagnostics[0].code, fault };
  }
}

const stackOf = (error: unknown): string => String((error instanceof Error && error.stack) || error);

function faultOf(one: Diagnostic, { bytes }: Input): string | undefined {
  const { code, message, place } = one;
  const said = `${code}: ${message}`;
  if (!(code in catalogue) && !/^TS\d+$/.test(code)) return `unknown code ${said}`;
  if (message.trim() === "") return `${code} without a message`;
  const hole = message.match(/\bundefined\b|\[object \w+/)?.[0];
  // Messages quote their input, which may well say `undefined`; those of 1-read and TypeScript quote values and types, which may be that.
  if (hole !== undefined && /^MCU[^1]/.test(code) && !Buffer.from(bytes).includes(hole))
    return `a hole in the message: ${said}`;
  if (message.length > mostCharacters)
    return `a message of ${message.length} characters: ${said.slice(0, 200)}`;
  if (!place || place.file === "") return `no place: ${said}`;
  if ("start" in place) {
    const length = existsSync(place.file) ? readFileSync(place.file, "utf8").length : bytes.length;
    const fits = 0 <= place.start && place.start <= place.end && place.end <= Math.max(length, bytes.length);
    return fits ? undefined : `a place outside of the file, ${place.start} to ${place.end}: ${said}`;
  }
  const { offset } = place;
  if (offset !== undefined && !(Number.isInteger(offset) && offset >= 0 && offset <= bytes.length))
    return `a place outside of the file, ${offset}: ${said}`;
  return undefined;
}

/** More would fill the screen. */
const mostCharacters = 4000;
const mostRendered = 8000;
