/** What makes each operator into Python: the settings that its text depends on, its module if it has weights, and its call. */

import type { OperatorKind } from "../../ops/attributes.js";
import type { Call, Seen } from "./call.js";
import * as elements from "./element-wise.js";
import { Diagnostics } from "../../diagnostics/diagnostic.js";
import type { Layer, Settings } from "./layers.js";
import * as moving from "./moving.js";
import { constructors, weightedCalls, weightedSettings } from "./weighted.js";

export interface Translator<K extends OperatorKind = OperatorKind> {
  /** Default: the operator's attributes. */
  settings?(seen: Seen<K>): Settings;
  /** The constructor of its module, with the largest tensors. */
  module?(largest: Settings, rank: number, isElastic: boolean): string;
  call(call: Call): string;
}

type Table = { readonly [K in OperatorKind]?: Translator<K> };

const none = (): Settings => ({});
const plain = (call: (call: Call) => string) => ({ settings: none, call });

/** Left out: recurrent layers, which exist quantised only, and what TensorFlow writes around dilated convolutions. */
const translators: Table = {
  conv2d: { settings: weightedSettings.conv2d, module: constructors.conv2d, call: weightedCalls.conv2d },
  depthwiseConv2d: {
    settings: weightedSettings.depthwiseConv2d,
    module: constructors.depthwiseConv2d,
    call: weightedCalls.depthwiseConv2d,
  },
  conv2dTranspose: {
    settings: weightedSettings.conv2dTranspose,
    module: constructors.conv2dTranspose,
    call: weightedCalls.conv2dTranspose,
  },
  dense: { settings: weightedSettings.dense, module: constructors.dense, call: weightedCalls.dense },
  batchNorm: {
    settings: weightedSettings.batchNorm,
    module: constructors.batchNorm,
    call: weightedCalls.batchNorm,
  },
  add: { call: elements.infix("+") },
  subtract: { call: elements.infix("-") },
  multiply: { call: elements.infix("*") },
  maximum: plain(elements.binary("torch.maximum")),
  minimum: plain(elements.binary("torch.minimum")),
  squaredDifference: plain(elements.squaredDifference),
  matmul: { call: elements.matmul },
  averagePool2d: { settings: moving.poolSettings, call: moving.averagePool2d },
  maxPool2d: { settings: moving.poolSettings, call: moving.maxPool2d },
  mean: { call: elements.reduction("mean") },
  reduceMax: { call: elements.reduction("amax") },
  reduceMin: { call: elements.reduction("amin") },
  argMax: { call: elements.position("argmax") },
  argMin: { call: elements.position("argmin") },
  pad: { call: moving.pad },
  mirrorPad: { call: moving.mirrorPad },
  reshape: { settings: moving.reshapeSettings, call: moving.reshape },
  expandDims: { settings: moving.reshapeSettings, call: moving.reshape },
  squeeze: { settings: moving.reshapeSettings, call: moving.reshape },
  broadcastTo: { settings: moving.shapeSettings, call: moving.broadcastTo },
  transpose: { call: moving.transpose },
  concatenate: { call: moving.concatenate },
  slice: { settings: moving.sliceSettings, call: moving.slice },
  split: { settings: moving.sliceSettings, call: moving.slice },
  gather: { call: moving.gather },
  tile: { call: moving.tile },
  spaceToDepth: { call: moving.blocks("space_to_depth") },
  depthToSpace: { call: moving.blocks("depth_to_space") },
  resizeNearest: { settings: moving.resizeSettings, call: moving.resizeNearest },
  resizeBilinear: { settings: moving.resizeSettings, call: moving.resizeBilinear },
  softmax: { call: elements.softmax },
  logSoftmax: plain(elements.overChannels("F.log_softmax")),
  l2Normalize: plain(elements.overChannels("F.normalize")),
  relu: plain(elements.applied("F.relu(")),
  relu6: plain(elements.applied("F.relu6(")),
  reluN1To1: plain(elements.applied("F.hardtanh(")),
  leakyRelu: { call: elements.leakyRelu },
  prelu: plain(elements.prelu),
  elu: plain(elements.applied("F.elu(")),
  gelu: { call: elements.gelu },
  hardSwish: plain(elements.applied("F.hardswish(")),
  sigmoid: plain(elements.applied("torch.sigmoid(")),
  tanh: plain(elements.applied("torch.tanh(")),
  exp: plain(elements.applied("torch.exp(")),
  log: plain(elements.log),
  sqrt: plain(elements.method(".clamp(min=0).sqrt()")),
  rsqrt: plain(elements.rsqrt),
  abs: plain(elements.applied("torch.abs(")),
  // In real numbers, quantisation changes nothing.
  quantize: plain((call) => call.x()),
  dequantize: plain((call) => call.x()),
};

export const translatorOf = (kind: string): Translator | undefined =>
  Object.hasOwn(translators, kind) ? (translators[kind as OperatorKind] as Translator) : undefined;

/** What the Python of a layer depends on. Images that come in have a size. */
export function settingsOf(
  seen: Omit<Seen, "operation"> & { readonly operation?: Seen["operation"] },
): Settings {
  const { operation, types, output } = seen;
  const ranks = { ranks: types.map(({ shape }) => shape.length), outputRank: output.shape.length };
  if (!operation)
    return { ...ranks, ...(output.shape.length === 3 ? { size: output.shape.slice(0, 2) } : {}) };
  const own = translatorOf(operation.kind)?.settings ?? elements.attributesOf;
  return { ...ranks, ...own({ ...seen, operation }) };
}

/** @throws Rejected MCU6061 at the layers that have no Python */
export function checkTranslated(layers: readonly Layer[]): void {
  const diagnostics = new Diagnostics();
  for (const { kind, node } of layers) {
    if (kind === "input" || kind === "constant" || translatorOf(kind)) continue;
    diagnostics.report("MCU6061", node.site?.at, {
      operator: node.operator,
      layer: node.name,
      what: "has no counterpart in PyTorch that this export knows",
    });
  }
  diagnostics.stop();
}
