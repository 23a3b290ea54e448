/** Prints syntax as it stands in its file, comments and all, except for what is to be printed in another way. */

import { ts, type TS } from "../../1-read/typescript.js";

export type Print = (node: TS.Node) => string;

/** @param replace the new text of a node; undefined: as it is, but for its parts */
export function printerOf(source: TS.SourceFile, replace: (node: TS.Node) => string | undefined): Print {
  const print: Print = (node) => replace(node) ?? printParts(node, source, print);
  return print;
}

export function printParts(node: TS.Node, source: TS.SourceFile, print: Print): string {
  const parts: TS.Node[] = [];
  ts.forEachChild(node, (child) => void parts.push(child));
  parts.sort((a, b) => a.pos - b.pos);
  let text = "";
  let at = node.getStart(source);
  for (const part of parts) {
    const start = part.getStart(source);
    // Nothing stands there: an end of file, a missing node.
    if (start < at) continue;
    text += source.text.slice(at, start) + print(part);
    at = part.end;
  }
  return text + source.text.slice(at, node.end);
}

/** Comments before a thing that goes: those that an empty line keeps apart from it, and the one behind what stands before. */
export function detachedComments(trivia: string): string {
  const lines = trivia.split("\n");
  const lastEmpty = lines.findLastIndex(
    (line, index) => index > 0 && index < lines.length - 1 && line.trim() === "",
  );
  const kept = lines.slice(0, Math.max(1, lastEmpty + 1)).join("\n");
  // What comes next may stand on the same line.
  return lines[0].includes("//") && lastEmpty < 0 ? `${kept}\n` : kept;
}

/** Without the comment on the same line: it was about what stood there and goes with it. */
export function afterLine(trivia: string): string {
  const end = trivia.indexOf("\n");
  return end < 0 ? trivia : trivia.slice(end);
}
