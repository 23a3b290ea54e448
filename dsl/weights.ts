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
  readonly at?: Span;
}

export interface Weights {
  /**
   * Weights of a convolution: `<name>.weight` and, where the file has it, `<name>.bias`. Spread into `conv2d` or `depthwiseConv2d`.
   * Layout pytorch: [out, in, height, width] (depthwise [channels * multiplier, 1, height, width]);
   * tensorflow: [out, height, width, in] (depthwise [height, width, channels * multiplier]), as TFLite stores them.
   * int8 weights need `<name>.weight_scale` (float32 [out] or [1]) and an int32 bias.
   */
  conv(name: string): LayerWeights;
  /** Weights of a dense layer: `<name>.weight` [out, in] (both layouts) and, where the file has it, `<name>.bias` [out]. */
  dense(name: string): LayerWeights;
  /** BatchNorm's `<name>.weight` (scale), `.bias` (shift), `.running_mean`, `.running_var`, each [channels], float32; epsilon as PyTorch's (1e-5) or Keras' (1e-3). */
  batchNorm(name: string): BatchNormWeights;
  /** Output quantisation of an operator without weights: `<name>.output_scale` and `<name>.output_zero_point`. */
  quantization(name: string): { readonly quantization: QuantizationReference };
  /** Any single tensor by its full name. */
  tensor(name: string): TensorReference;
}

export interface LayerWeights {
  readonly weights: TensorReference;
  readonly bias: TensorReference;
  readonly quantization: QuantizationReference;
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
 * @param options.layout how the file orders dimensions: `"pytorch"` (state_dict) or `"tensorflow"` (TFLite)
 */
export function weights(file: string, options: { readonly layout: Layout }): Weights {
  const layout = options?.layout;
  if (layout !== "pytorch" && layout !== "tensorflow") {
    throw new DslError(`layout must be "pytorch" or "tensorflow"`, "layout");
  }
  const tensor = (name: string, optional = false): TensorReference => ({
    kind: "tensor",
    file,
    name,
    layout,
    optional,
    at: currentSite()?.at,
  });
  const quantization = (name: string, optional: boolean): QuantizationReference => ({
    kind: "quantization",
    file,
    name,
    optional,
    at: currentSite()?.at,
  });
  const layer = (name: string): LayerWeights => ({
    weights: tensor(`${name}.weight`),
    bias: tensor(`${name}.bias`, true),
    quantization: quantization(name, true),
  });
  return {
    conv: layer,
    dense: layer,
    batchNorm: (name) => ({
      scale: tensor(`${name}.weight`),
      shift: tensor(`${name}.bias`),
      mean: tensor(`${name}.running_mean`),
      variance: tensor(`${name}.running_var`),
      epsilon: layout === "pytorch" ? 1e-5 : 1e-3,
    }),
    quantization: (name) => ({ quantization: quantization(name, false) }),
    tensor: (name) => tensor(name),
  };
}
