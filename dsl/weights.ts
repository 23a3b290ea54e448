import type { Pair } from "./tensor.js";
import { currentSite, DslError, type Span } from "./graph.js";

/** The order of the dimensions in a weights file. */
export type Layout = "pytorch" | "tensorflow";

/** A tensor in a weights file. It is looked up when the network is compiled, not here: no file is read by the DSL. */
export interface TensorReference {
  readonly kind: "tensor";
  /** `.safetensors` file, relative to the model file. */
  readonly file: string;
  readonly name: string;
  readonly layout: Layout;
  /** true: it may be absent from the file (a bias). */
  readonly optional: boolean;
  /** true: the file's tensor may be larger, and the part that the layer's sizes ask for is taken; see `WeightsOptions.elastic`. */
  readonly elastic?: boolean;
  readonly at?: Span;
}

/**
 * int8 quantisation kept in a weights file: the tensors `<name>.output_scale` (float32 [1]) and
 * `<name>.output_zero_point` (int32 [1]). Optional: where absent, calibration decides.
 */
export interface QuantizationReference {
  readonly kind: "quantization";
  readonly file: string;
  readonly name: string;
  readonly optional: boolean;
  /** As a tensor's. */
  readonly elastic?: boolean;
  readonly at?: Span;
}

export interface WeightsOptions {
  /** How the file orders dimensions: `"pytorch"` (state_dict) or `"tensorflow"` (TFLite). */
  readonly layout: Layout;
  /**
   * The file holds a super-network, whose largest tensors all members of a search space share: a layer of given sizes takes the first
   * channels and the centre of the kernel (float32 only). Before training, while there is no such file, the sizes stand alone.
   */
  readonly elastic?: boolean;
}

/** Sizes that weights are expected to have; of a super-network, the part that is taken. */
export interface ConvSizes {
  readonly filters?: number;
  readonly kernel?: Pair;
  /** false: no bias, whatever the file has. */
  readonly bias?: false;
}

export interface DenseSizes {
  readonly units?: number;
  readonly bias?: false;
}

export interface Weights {
  /**
   * Weights of a convolution: `<name>.weight` and, where the file has it, `<name>.bias`. Spread into `conv2d` or `depthwiseConv2d`.
   * Layout pytorch: [out, in, height, width] (depthwise [channels * multiplier, 1, height, width]);
   * tensorflow: [out, height, width, in] (depthwise [height, width, channels * multiplier]), as TFLite stores them.
   * int8 weights need `<name>.weight_scale` (float32 [out] or [1]) and an int32 bias.
   */
  conv(name: string, sizes?: ConvSizes): LayerWeights & Omit<ConvSizes, "bias">;
  /**
   * Weights of a transposed convolution. Layout pytorch: [in, out, height, width]; tensorflow: [out, height, width, in], as TFLite
   * stores them.
   */
  convTranspose(name: string): LayerWeights;
  /** Weights of a dense layer: `<name>.weight` [out, in] (both layouts) and, where the file has it, `<name>.bias` [out]. */
  dense(name: string, sizes?: DenseSizes): LayerWeights & Omit<DenseSizes, "bias">;
  /** BatchNorm's `<name>.weight` (scale), `.bias` (shift), `.running_mean`, `.running_var`, each [channels], float32; epsilon as PyTorch's (1e-5) or Keras' (1e-3). */
  batchNorm(name: string): BatchNormWeights;
  /**
   * An LSTM's `<name>.weight`, `.recurrent_weight` (int8, with `_scale` tensors), `.bias` (int32), `.cell_scale` and output
   * quantisation. Rows are those of the input gate, the forget gate, the cell and the output gate.
   */
  lstm(name: string): LstmWeights;
  /** An SVDF's `<name>.weight` (int8), `.time_weight` (int16), `.bias` (int32), `.state_scale` and output quantisation. */
  svdf(name: string): SvdfWeights;
  /** Output quantisation of an operator without weights: `<name>.output_scale` and `<name>.output_zero_point`. */
  quantization(name: string): { readonly quantization: QuantizationReference };
  /** Any single tensor by its full name. */
  tensor(name: string): TensorReference;
}

export interface LayerWeights {
  readonly weights: TensorReference;
  readonly bias: TensorReference | false;
  readonly quantization: QuantizationReference;
}

export interface LstmWeights extends LayerWeights {
  readonly recurrentWeights: TensorReference;
  readonly cellScale: TensorReference;
}

export interface SvdfWeights extends LayerWeights {
  readonly timeWeights: TensorReference;
  readonly stateScale: TensorReference;
}

export interface BatchNormWeights {
  readonly scale: TensorReference;
  readonly shift: TensorReference;
  readonly mean: TensorReference;
  readonly variance: TensorReference;
  readonly epsilon: number;
}

/**
 * Opens a `.safetensors` file for reference. Nothing is read until the network is compiled.
 * @param file path relative to the model file
 */
export function weights(file: string, options: WeightsOptions): Weights {
  const { layout, elastic = false } = options ?? {};
  if (layout !== "pytorch" && layout !== "tensorflow") {
    throw new DslError(`layout must be "pytorch" or "tensorflow"`, "layout");
  }
  const tensor = (name: string, optional = false): TensorReference => ({
    kind: "tensor",
    file,
    name,
    layout,
    optional,
    elastic,
    at: currentSite()?.at,
  });
  const quantization = (name: string, optional: boolean): QuantizationReference => ({
    kind: "quantization",
    file,
    name,
    optional,
    elastic,
    at: currentSite()?.at,
  });
  const layer = (name: string): LayerWeights => ({
    weights: tensor(`${name}.weight`),
    bias: tensor(`${name}.bias`, true),
    quantization: quantization(name, true),
  });
  const sized = <Sizes extends { readonly bias?: false }>(name: string, sizes?: Sizes) => {
    const { bias, ...given } = sizes ?? ({} as Sizes);
    return { ...given, ...layer(name), ...(bias === false ? { bias } : {}) };
  };
  return {
    conv: sized,
    convTranspose: layer,
    dense: sized,
    batchNorm: (name) => ({
      scale: tensor(`${name}.weight`),
      shift: tensor(`${name}.bias`),
      mean: tensor(`${name}.running_mean`),
      variance: tensor(`${name}.running_var`),
      epsilon: layout === "pytorch" ? 1e-5 : 1e-3,
    }),
    lstm: (name) => ({
      ...layer(name),
      recurrentWeights: tensor(`${name}.recurrent_weight`),
      cellScale: tensor(`${name}.cell_scale`),
    }),
    svdf: (name) => ({
      ...layer(name),
      timeWeights: tensor(`${name}.time_weight`),
      stateScale: tensor(`${name}.state_scale`),
    }),
    quantization: (name) => ({ quantization: quantization(name, false) }),
    tensor: (name) => tensor(name),
  };
}
