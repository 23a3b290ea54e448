export * from "./layers.js";
export * from "./layers/recurrent.js";
export * from "./layers/activations.js";
export * from "./layers/binary.js";
export * from "./layers/reductions.js";
export * from "./layers/data-movement.js";
export { choose, makeDivisible, range, type Choice, type Choosable } from "./choices.js";
export { network, type Board, type NetworkOptions } from "./network.js";
export {
  weights,
  type BatchNormWeights,
  type ConvSizes,
  type DenseSizes,
  type Layout,
  type LayerWeights,
  type LstmWeights,
  type QuantizationReference,
  type SvdfWeights,
  type TensorReference,
  type Weights,
  type WeightsOptions,
} from "./weights.js";
export type { Activation, DType, Padding, Pair, Quantization, Tensor } from "./tensor.js";
export type * from "./signatures.js";
export type { Calibration, Net } from "./graph.js";
