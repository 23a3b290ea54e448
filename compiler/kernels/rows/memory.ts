/** Pieces of a segment's scratch, placed: what lasts, and what is needed only at times within a tick, in each other's place. */

export interface Piece {
  /** The layer or tensor whose rows or work it holds. */
  readonly name: string;
  readonly kind: "ring" | "lines" | "rows" | "work";
  readonly bytes: number;
  /** Rows of the tensor that fit. */
  readonly rows: number | undefined;
  /** In the scratch, bytes; a multiple of 4. */
  readonly offset: number;
}

/** A piece without its place. */
export interface Need {
  readonly name: string;
  readonly kind: Piece["kind"];
  readonly bytes: number;
  readonly rows: number | undefined;
  /** When within a tick it is in use, both included. */
  readonly from: number;
  readonly to: number;
}

export interface Memory {
  /** In the order of the needs. */
  readonly pieces: readonly Piece[];
  readonly bytes: number;
}

/** What is in use all the time comes first; then the largest, each at the lowest place that is free while it is in use. */
export function placeAll(needs: readonly Need[]): Memory {
  const offsets = new Array<number>(needs.length).fill(0);
  let lasting = 0;
  const others: number[] = [];
  for (let i = 0; i < needs.length; i++) {
    if (needs[i].to < Infinity) others.push(i);
    else {
      offsets[i] = lasting;
      lasting += roundUp(needs[i].bytes);
    }
  }
  others.sort((a, b) => needs[b].bytes - needs[a].bytes || a - b);
  let bytes = lasting;
  for (let position = 0; position < others.length; position++) {
    const i = others[position];
    const size = roundUp(needs[i].bytes);
    let offset = lasting;
    // Until nothing that is in use at the same time is in the way.
    for (let k = 0; k < position; k++) {
      const other = others[k];
      if (needs[other].from > needs[i].to || needs[i].from > needs[other].to) continue;
      const end = offsets[other] + roundUp(needs[other].bytes);
      if (offsets[other] >= offset + size || end <= offset) continue;
      offset = end;
      k = -1;
    }
    offsets[i] = offset;
    bytes = Math.max(bytes, offset + size);
  }
  const pieces = needs.map(({ name, kind, bytes, rows }, i) => ({
    name,
    kind,
    bytes,
    rows,
    offset: offsets[i],
  }));
  return { pieces, bytes };
}

const roundUp = (bytes: number): number => (bytes + 3) & ~3;
