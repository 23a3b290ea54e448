/** Aligned columns for terminals. */

export type Alignment = "left" | "right";

/** Rows of equal length; two spaces between columns, none at the ends of lines. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): string[] {
  const widths = alignments.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => {
    const cells = row.map((cell, i) =>
      alignments[i] === "left" ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
    );
    return cells.join("  ").trimEnd();
  });
}

/** At most `width` characters; `…` stands for the middle that is left out. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - end)}…${text.slice(text.length - end)}`;
}
