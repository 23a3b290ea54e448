/** `[25, 5, 64]`; sizes that may be anything (-1) are `any`. */
export function shapeText(shape: readonly (number | string)[]): string {
  return `[${shape.map((size) => (size === -1 ? "any" : String(size))).join(", ")}]`;
}
