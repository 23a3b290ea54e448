import { elements } from "../../ir/graph.js";
import { shapeText } from "../../diagnostics/shape-text.js";
import { show, wholeNumber, type Asker } from "./options.js";
import type { ResolveContext } from "../operator.js";

/** Blocks of more elements would be as many loops. */
const mostElements = 256;

/** Sizes of a block along the dimensions behind the first. */
export function blockOption(
  context: Asker & {
    readonly node: Pick<ResolveContext<"batchToSpace" | "spaceToBatch">["node"], "attributes">;
  },
  shape: readonly number[],
): readonly number[] {
  const block: unknown = context.node.attributes.block;
  const isBlock =
    Array.isArray(block) &&
    block.length >= 1 &&
    block.length < shape.length &&
    block.every((size) => wholeNumber(size, 1)) &&
    elements(block) <= mostElements;
  if (isBlock) return [...block];
  const expected = `sizes for dimensions 1 to at most ${shape.length - 1}, at most ${mostElements} elements in all`;
  return context.fail("block", `block is ${show(block)} on an input of shape ${shapeText(shape)}`, expected);
}
