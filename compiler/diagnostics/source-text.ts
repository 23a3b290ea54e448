/** The text of source files, by lines, as TypeScript counts them. */

import { readFileSync, statSync } from "node:fs";

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

export class SourceText {
  /** Offset of the first character of every line. */
  private readonly starts: readonly number[];

  constructor(readonly text: string) {
    const starts = [0];
    for (const end of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(end.index + end[0].length);
    this.starts = starts;
  }

  /** The file's text, or undefined where it cannot be read (it may be gone by now). */
  static open(file: string): SourceText | undefined {
    try {
      return statSync(file).isFile() ? new SourceText(readFileSync(file, "utf8")) : undefined;
    } catch {
      return undefined;
    }
  }

  /** @param offset is clamped to the text */
  position(offset: number): Position {
    const at = Math.min(Math.max(offset, 0), this.text.length);
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - this.starts[low] + 1 };
  }

  /** @param line from 1 */
  line(line: number): string {
    const end = line < this.starts.length ? this.starts[line] : this.text.length;
    return this.text.slice(this.starts[line - 1], end).replace(/[\r\n\u2028\u2029]+$/, "");
  }
}
