export * from "./layers.js";
export { network, type Board, type NetworkOptions } from "./network.js";
export {
  weights,
  type BatchNormWeights,
  type Layout,
  type LayerWeights,
  type QuantizationReference,
  type TensorReference,
  type Weights,
} from "./weights.js";
export type { Activation, DType, Padding, Pair, Quantization, Tensor } from "./tensor.js";
export type * from "./signatures.js";
export type { Calibration, Net } from "./graph.js";
