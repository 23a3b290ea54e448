/** Lines of a stream of bytes that may be anything: of any length, in any encoding. */

export interface Line {
  /** At most `mostBytes` of it; bytes that are not UTF-8 are U+FFFD. */
  readonly text: string;
  readonly problem?: "longer" | "not UTF-8";
}

/**
 * What takes the pieces of a stream, in constant memory.
 * @param take is given each line without its end
 * @returns takes the next piece; undefined: the stream has ended
 */
export function lineReader(
  mostBytes: number,
  take: (line: Line) => void,
): (piece: Uint8Array | undefined) => void {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  let isLonger = false;
  const add = (piece: Uint8Array): void => {
    const part = piece.subarray(0, mostBytes - bytes);
    if (part.length < piece.length) isLonger = true;
    // A copy: the piece itself may be large, and only this of it is to be kept.
    if (part.length > 0) kept.push(part.slice());
    bytes += part.length;
  };
  const end = (): void => {
    const line = lineOf(Buffer.concat(kept), isLonger);
    [kept, bytes, isLonger] = [[], 0, false];
    take(line);
  };
  return (piece) => {
    if (piece === undefined) {
      if (bytes > 0) end();
      return;
    }
    let start = 0;
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, start)) {
      add(piece.subarray(start, at));
      end();
      start = at + 1;
    }
    add(piece.subarray(start));
  };
}

function lineOf(bytes: Uint8Array, isLonger: boolean): Line {
  const text = new TextDecoder().decode(bytes).replace(/\r$/, "");
  if (isLonger) return { text, problem: "longer" };
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text };
  } catch {
    return { text, problem: "not UTF-8" };
  }
}
