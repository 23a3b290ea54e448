/** Layers with weights: their modules, which have the tensors, and how they are called. */

import type { Sides, Window } from "../../ops/attributes.js";
import { activated, type Call, type Seen } from "./call.js";
import { isEqual, literal, paired, type Plain } from "./python.js";
import type { Settings } from "./layers.js";

type Weighted = "conv2d" | "conv2dTranspose" | "depthwiseConv2d" | "dense" | "batchNorm";

/** One number, [vertical, horizontal], [top, bottom, left, right], or "same" where the sizes of images are open. */
export function paddingOf({ node, isSpace }: Pick<Seen, "node" | "isSpace">, sides: Sides): Plain {
  const { top, bottom, left, right } = sides;
  if (isSpace && (node.attributes as { readonly padding?: unknown }).padding === "same") return "same";
  return top === bottom && left === right ? paired([top, left]) : [top, bottom, left, right];
}

export const windowSettings = (seen: Pick<Seen, "node" | "isSpace">, window: Window): Settings => ({
  kernel: paired(window.kernel),
  stride: paired(window.stride),
  padding: paddingOf(seen, window.padding),
  dilation: paired(window.dilation),
});

export const weightedSettings: { [K in Weighted]: (seen: Seen<K>) => Settings } = {
  conv2d(seen) {
    const { weights, bias, activation, ...window } = seen.operation.attributes;
    const [filters, , , depth] = weights.shape;
    const channels = seen.types[0].shape[2];
    return {
      ...{ channels, filters, ...windowSettings(seen, window) },
      ...{ groups: channels / depth, bias: bias !== undefined, activation },
    };
  },
  depthwiseConv2d(seen) {
    const { weights, bias, activation, depthMultiplier, ...window } = seen.operation.attributes;
    const channels = seen.types[0].shape[2];
    const multiplier = weights.shape[2] / channels;
    return {
      ...{ channels, multiplier, ...windowSettings(seen, window) },
      ...{ bias: bias !== undefined, activation },
    };
  },
  conv2dTranspose({ operation, types, output }) {
    const { kernel, stride, padding, weights, bias, activation } = operation.attributes;
    const [height, width, channels] = types[0].shape;
    const beyond = [height, width].map((size, i) => (size - 1) * stride[i] + kernel[i] - output.shape[i]);
    const [bottom, right] = [beyond[0] - padding.top, beyond[1] - padding.left];
    return {
      ...{ channels, filters: weights.shape[0], kernel: paired(kernel), stride: paired(stride) },
      ...{ beyond: [padding.top, bottom, padding.left, right], bias: bias !== undefined, activation },
    };
  },
  dense({ operation, types }) {
    const { weights, bias, activation } = operation.attributes;
    const { shape } = types[0];
    return {
      channels: shape[shape.length - 1],
      units: weights.shape[0],
      bias: bias !== undefined,
      activation,
    };
  },
  batchNorm({ operation }) {
    const { scale, epsilon, activation } = operation.attributes;
    return { channels: scale.shape[0], epsilon, activation };
  },
};

/**
 * The constructor of a layer's module.
 * @param largest settings of the largest tensors
 * @param prefix of the class: `nn.`, or `Elastic` where members take parts of the tensors
 */
export const constructors: {
  [K in Weighted]: (largest: Settings, rank: number, isElastic: boolean) => string;
} = {
  conv2d: (own, _rank, isElastic) =>
    construct(isElastic ? "ElasticConv2d" : "nn.Conv2d", [own.channels, own.filters, own.kernel], {
      ...windowArguments(own, isElastic),
      groups: [own.groups, 1],
      bias: [own.bias, true],
    }),
  depthwiseConv2d: (own, _rank, isElastic) => {
    const filters = (own.channels as number) * (own.multiplier as number);
    return construct(
      isElastic ? "ElasticDepthwiseConv2d" : "nn.Conv2d",
      [own.channels, filters, own.kernel],
      {
        ...windowArguments(own, isElastic),
        groups: [own.channels, 1],
        bias: [own.bias, true],
      },
    );
  },
  conv2dTranspose: (own) => {
    const [, bottom, , right] = own.beyond as number[];
    const added = paired([Math.max(0, -bottom), Math.max(0, -right)]);
    return construct("nn.ConvTranspose2d", [own.channels, own.filters, own.kernel], {
      stride: [own.stride, 1],
      output_padding: [added, 0],
      bias: [own.bias, true],
    });
  },
  dense: (own, _rank, isElastic) =>
    construct(isElastic ? "ElasticLinear" : "nn.Linear", [own.channels, own.units], {
      bias: [own.bias, true],
    }),
  batchNorm: (own, rank, isElastic) =>
    construct(`${isElastic ? "Elastic" : "nn."}BatchNorm${rank === 3 ? 2 : 1}d`, [own.channels], {
      eps: [own.epsilon, 1e-5],
    }),
};

/** nn.Conv2d knows neither four different sides nor "same" with strides: these images are padded before. */
function windowArguments(own: Settings, isElastic: boolean) {
  const isPlain = typeof own.padding === "number" || (own.padding as readonly Plain[]).length === 2;
  return {
    stride: [own.stride, 1],
    padding: [isPlain && own.padding !== "same" ? own.padding : isElastic ? own.padding : 0, 0],
    dilation: [own.dilation, 1],
  } as const;
}

/** Arguments by name are [value, default]. */
function construct(
  name: string,
  positional: readonly Plain[],
  named: Readonly<Record<string, readonly [Plain, Plain]>>,
): string {
  const others = Object.entries(named).filter(([, [value, normal]]) => !isEqual(value, normal));
  const texts = [...positional.map(literal), ...others.map(([key, [value]]) => `${key}=${literal(value)}`)];
  return `${name}(${texts.join(", ")})`;
}

/** F.pad's order. */
export const sidesText = ([top, bottom, left, right]: readonly Plain[]): string =>
  literal([left, right, top, bottom]);

const hasFourSides = (padding: Plain): padding is readonly Plain[] =>
  Array.isArray(padding) && padding.length === 4;

function convolution(call: Call, names: readonly string[]): string {
  if (call.isElastic)
    return activated(
      call,
      `${call.layer}(${[call.x(), ...call.varying([...names, "kernel", "stride", "padding"])].join(", ")})`,
    );
  const padding = call.value("padding");
  const x = hasFourSides(padding) ? `F.pad(${call.x()}, ${sidesText(padding)})` : call.x();
  return activated(call, `${call.layer}(${x})`);
}

export const weightedCalls: { [K in Weighted]: (call: Call) => string } = {
  conv2d: (call) => convolution(call, ["filters"]),
  depthwiseConv2d: (call) => convolution(call, []),
  conv2dTranspose(call) {
    if (call.isElastic) call.unsupported("has sizes that depend on choices");
    const beyond = (call.value("beyond") as number[]).map((one) => Math.max(0, one));
    const whole = `${call.layer}(${call.x()})`;
    return activated(
      call,
      beyond.some((one) => one > 0)
        ? `F.pad(${whole}, ${sidesText(beyond.map((one) => (one > 0 ? -one : 0)))})`
        : whole,
    );
  },
  dense(call) {
    const x = call.last();
    const args = call.isElastic ? call.varying(["units"]) : [];
    return call.first(activated(call, `${call.layer}(${[x, ...args].join(", ")})`));
  },
  batchNorm(call) {
    const [rank] = call.ranks;
    if (rank === 1 || rank === 3) return activated(call, `${call.layer}(${call.x()})`);
    const x = call.postfix();
    return activated(call, `${call.layer}(${x}.flatten(0, -2)).reshape(${x}.shape)`);
  },
};
