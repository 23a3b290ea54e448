/** Pooling, resizing, and what moves elements without computing with them. */

import { activated, aligned, dimensionOf, heldOrder, type Call, type Seen } from "./call.js";
import { literal, type Plain } from "./python.js";
import type { Settings } from "./layers.js";
import { sidesText, windowSettings } from "./weighted.js";

export const poolSettings = (seen: Seen<"averagePool2d" | "maxPool2d">): Settings => ({
  ...windowSettings(seen, seen.operation.attributes),
  activation: seen.operation.attributes.activation,
});

/** F.pad's argument for a padding that pooling itself does not know; undefined: it does. */
function foreignPadding(call: Call): string | undefined {
  const padding = call.has("padding") ? call.constant("padding") : undefined;
  if (padding === "same") return call.use("same_padding", call.x(), call.text("kernel"), call.text("stride"));
  const half = (side: Plain, i: number) => 2 * (side as number) <= pairOf(call.constant("kernel") ?? 0)[i];
  if (padding === undefined) return undefined;
  if (Array.isArray(padding) && padding.length === 4) return sidesText(padding);
  const [vertical, horizontal] = pairOf(padding);
  // PyTorch's pooling wants paddings of at most half a window.
  return [vertical, horizontal].every(half)
    ? undefined
    : sidesText([vertical, vertical, horizontal, horizontal]);
}

const pairOf = (value: Plain): readonly number[] =>
  (Array.isArray(value) ? value : [value, value]) as readonly number[];

function pool(
  call: Call,
  name: string,
  options: string,
  padded: (sides: string, window: string) => string,
): string {
  const window = `${call.text("kernel")}, ${call.text("stride")}`;
  const sides = foreignPadding(call);
  if (sides) return activated(call, padded(sides, window));
  const padding = call.constant("padding") === 0 ? "" : `, ${call.text("padding")}${options}`;
  return activated(call, `${name}(${call.x()}, ${window}${padding})`);
}

export const maxPool2d = (call: Call): string =>
  pool(
    call,
    "F.max_pool2d",
    "",
    (sides, window) => `F.max_pool2d(F.pad(${call.x()}, ${sides}, value=float("-inf")), ${window})`,
  );

export const averagePool2d = (call: Call): string =>
  pool(call, "F.avg_pool2d", ", count_include_pad=False", (sides, window) =>
    call.use("average_pool", call.x(), window, sides),
  );

export const shapeSettings = ({ output }: Seen): Settings => ({ shape: output.shape });

/** The result's sizes without the batch; of one dimension, whatever there is. */
export const reshapeSettings = ({ output: { shape } }: Seen): Settings =>
  shape.length === 1 ? {} : { shape };

export const reshape = (call: Call): string => {
  const x = call.ranks[0] === 3 ? call.last() : call.postfix();
  if (call.outputRank === 1 && call.ranks[0] > 0) return `${x}.flatten(1)`;
  return call.first(`${x}.reshape(-1, *${call.has("shape") ? call.text("shape") : "()"})`);
};

export const broadcastTo = (call: Call): string => {
  const shape = call.value("shape") as readonly number[];
  const sizes = heldOrder(shape.length).map((axis) => shape[axis]);
  const x = aligned(call, 0, shape.length);
  return `${x}.expand(${[-1, ...sizes].join(", ")})`;
};

export const transpose = (call: Call): string => {
  const permutation = call.value("permutation") as readonly number[];
  const rank = permutation.length;
  const dimensions = heldOrder(rank).map((axis) => dimensionOf(permutation[axis], rank));
  return `${call.postfix()}.permute(${[0, ...dimensions].join(", ")})`;
};

export const concatenate = (call: Call): string => {
  const inputs = Array.from({ length: call.count }, (_, index) => call.x(index));
  return `torch.cat((${inputs.join(", ")}${inputs.length === 1 ? "," : ""}), dim=${dimensionOf(call.value("axis") as number, call.outputRank)})`;
};

/** Begin, end and step of every dimension, counted from the end where it goes backwards. */
export const sliceSettings = ({ operation, types, output }: Seen<"slice" | "split">): Settings => {
  const { begin, strides } = operation.attributes;
  const [{ shape }] = types;
  const stretches = begin.map((first, i) => {
    const step = Math.abs(strides[i]);
    const from = strides[i] < 0 ? shape[i] - 1 - first : first;
    const isWhole = step === 1 && from === 0 && output.shape[i] === shape[i];
    return isWhole ? [] : [from, from + (output.shape[i] - 1) * step + 1, step];
  });
  return { stretches, backwards: strides.flatMap((stride, i) => (stride < 0 ? [i] : [])) };
};

export const slice = (call: Call): string => {
  const [rank] = call.ranks;
  const stretches = call.value("stretches") as readonly (readonly number[])[];
  const backwards = (call.value("backwards") as readonly number[]).map((axis) => dimensionOf(axis, rank));
  const parts = heldOrder(rank).map((axis) => {
    const [from, end, step] = stretches[axis];
    return from === undefined ? ":" : `${from}:${end}${step === 1 ? "" : `:${step}`}`;
  });
  while (parts.at(-1) === ":") parts.pop();
  const x = backwards.length === 0 ? call.postfix() : `${call.postfix()}.flip(${literal(backwards)})`;
  return parts.length === 0 ? x : `${x}[${[":", ...parts].join(", ")}]`;
};

export const gather = (call: Call): string => {
  const dimension = dimensionOf(call.value("axis") as number, call.ranks[0]);
  const indices = `[${(call.value("indices") as readonly number[]).join(", ")}]`;
  return `${call.postfix()}[${":, ".repeat(dimension)}${indices}]`;
};

export const tile = (call: Call): string => {
  const repeats = call.value("repeats") as readonly number[];
  return `${call.postfix()}.repeat(${[1, ...heldOrder(repeats.length).map((axis) => repeats[axis])].join(", ")})`;
};

type Sides = readonly (readonly [number, number])[];

/** F.pad counts dimensions from the last one. */
export const pad = (call: Call): string => {
  const paddings = call.value("paddings") as Sides;
  const sides = heldOrder(paddings.length).map((axis) => paddings[axis]);
  while (sides.length > 1 && sides[0].join() === "0,0") sides.shift();
  const value = call.value("value");
  const given = value === 0 ? "" : `, value=${literal(value)}`;
  return `F.pad(${call.x()}, ${literal(sides.reverse().flat())}${given})`;
};

export const mirrorPad = (call: Call): string => {
  const paddings = call.value("paddings") as Sides;
  const edge = literal(call.value("repeatsEdge"));
  return paddings.reduce((x, [before, after], axis) => {
    if (before + after === 0) return x;
    return call.use("mirrored", x, `${dimensionOf(axis, paddings.length)}, ${before}, ${after}, ${edge}`);
  }, call.x());
};

export const blocks =
  (name: "space_to_depth" | "depth_to_space") =>
  (call: Call): string =>
    call.use(name, call.x(), call.text("blockSize"));

export const resizeSettings = (seen: Seen<"resizeNearest" | "resizeBilinear">): Settings => ({
  size: seen.output.shape.slice(0, 2),
  ...seen.operation.attributes,
});

export const resizeBilinear = (call: Call): string => {
  const flags = ["alignCorners", "halfPixelCenters"].map((name) => literal(call.value(name)));
  return call.use("resize_bilinear", call.x(), call.text("size"), ...flags);
};

export const resizeNearest = (call: Call): string => {
  const flags = ["alignCorners", "halfPixelCenters"].map((name) => literal(call.value(name)));
  return call.use("resize_nearest", call.x(), call.text("size"), ...flags);
};
