/** A command as users type it, divided into a program and its arguments; no shell is involved. */

import { reject } from "../../diagnostics/diagnostic.js";

/**
 * Words are divided by blanks. Quotes, single or double, keep blanks in a word; a backslash keeps a quote, a blank or a backslash
 * outside single quotes, and is itself before anything else, as in Windows' paths.
 * @throws Rejected MCU6049
 */
export function splitCommand(command: string): [program: string, ...args: string[]] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < command.length; i++) {
    const one = command[i];
    if (one === "\\" && quote !== "'" && /["'\\\s]/.test(command[i + 1] ?? ""))
      word = (word ?? "") + command[++i];
    else if (quote !== "") {
      if (one === quote) quote = "";
      else word += one;
    } else if (one === '"' || one === "'") {
      quote = one;
      word ??= "";
    } else if (!/\s/.test(one)) word = (word ?? "") + one;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (quote !== "") reject("MCU6049", undefined, { command, problem: `has no end of its ${quote}` });
  if (word !== undefined) words.push(word);
  const [program, ...args] = words;
  if (!program) return reject("MCU6049", undefined, { command, problem: "names no program" });
  return [program, ...args];
}
