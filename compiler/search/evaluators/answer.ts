/** The lines that an evaluator writes. */

import type { Line } from "./lines.js";

export type Answer =
  | { readonly kind: "ready"; readonly measure?: string }
  | { readonly kind: "score"; readonly id: number; readonly score: number }
  | { readonly kind: "error"; readonly id: number; readonly reason: string }
  | Bad;

/** A line that is none of these. */
export interface Bad {
  readonly kind: "bad";
  /** "a line that is not JSON" */
  readonly problem: string;
  /** The network that it is about, as far as can be seen. */
  readonly id?: number;
  /** It was meant as an answer, as far as can be seen. Other lines are the output of something else, such as training. */
  readonly isAnswer: boolean;
}

export const mostLineBytes = 64 * 1024;

export function answerOf({ text, problem }: Line): Answer {
  const bad = (what: string, id = idIn(text)): Bad => ({
    kind: "bad",
    problem: what,
    id,
    isAnswer: /^\s*\{.*\b(id|score)\b/.test(text.slice(0, 2000)),
  });
  if (problem === "longer") return bad(`a line of more than ${mostLineBytes / 1024} KiB`);
  if (problem === "not UTF-8") return bad("a line that is not UTF-8");
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return bad("a line that is not JSON");
  }
  if (typeof found !== "object" || found === null || Array.isArray(found))
    return bad("JSON that is not an object");
  const { id, score, error, ready, measure } = found as Readonly<Record<string, unknown>>;
  if (ready === true && id === undefined)
    return { kind: "ready", measure: typeof measure === "string" ? printable(measure, 40) : undefined };
  if (typeof id !== "number" || !Number.isSafeInteger(id))
    return bad("an answer without the id of a network", undefined);
  if (error !== undefined && error !== null) {
    const reason = typeof error === "string" ? error : JSON.stringify(error);
    return { kind: "error", id, reason: printable(reason, 1000) };
  }
  if (typeof score !== "number" || !Number.isFinite(score))
    return bad("a score that is not a finite number", id);
  return { kind: "score", id, score };
}

/** Python writes NaN, which is not JSON: the network that it is about is known all the same. */
function idIn(text: string): number | undefined {
  const [, digits] = text.slice(0, 2000).match(/^\s*\{(?:.*[{,\s])?"id"\s*:\s*(\d{1,15})\b/) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Text of others for our terminal: on one line, without what steers it, and not long. */
export function printable(text: string, most: number): string {
  const plain = text
    .slice(0, 4 * most)
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}
