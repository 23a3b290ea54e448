/** Shapes in messages. */

/** `[8, 8, 16]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
