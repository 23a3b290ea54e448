/** One operator of a TensorFlow Lite graph on its way into the DSL: what a translator may ask, with every check on the way. */

import { reject } from "../diagnostics/diagnostic.js";
import type { QuantizationReference, Tensor, Weights } from "../../dsl/index.js";
import type { MemoryTensors } from "./memory-tensors.js";
import type { TfliteOperator, TfliteTensor } from "./model.js";
import { readOptions, type Options, type OptionsTable } from "./schema.js";

/** A value of the network being built, with its sizes as the DSL sees them. */
export interface Value {
  readonly tensor: Tensor<any, any>;
  readonly shape: readonly number[];
}

/** Scale and zero point of an int8 activation. */
export interface Step {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** What all calls of one import share. */
export interface Surroundings {
  readonly file: string;
  readonly tensors: readonly TfliteTensor[];
  /** Values by the index of their tensor. */
  readonly values: Map<number, Value>;
  readonly stored: MemoryTensors;
  readonly weights: Weights;
}

/** A tensor's sizes without the batch, where there is one: the leading 1 of a tensor with more dimensions. */
export function withoutBatch(shape: readonly number[]): readonly number[] {
  return hasBatch(shape) ? shape.slice(1) : shape;
}

export function hasBatch(shape: readonly number[]): boolean {
  return shape.length > 1 && shape[0] === 1;
}

/** The quantisation of an int8 activation; rejects with MCU3036 where it is not one scale and one zero point. */
export function stepOf(tensor: TfliteTensor, file: string): Step {
  const { name, quantization: given, at } = tensor;
  const fail = (what: string, expected: string): never =>
    reject("MCU3036", { file, offset: at }, { tensor: name, what, expected });
  if (!given || given.isCustom) return fail("is int8 without scale and zero point", "both");
  if (given.scales.length !== 1 || given.zeroPoints.length !== 1) {
    return fail(
      `has ${given.scales.length} scales and ${given.zeroPoints.length} zero points`,
      "one of each",
    );
  }
  const [scale, zeroPoint] = [given.scales[0], given.zeroPoints[0]];
  if (!(scale > 0 && scale < Infinity)) fail(`has the scale ${scale}`, "a finite number above 0");
  if (!(zeroPoint >= -128 && zeroPoint <= 127)) fail(`has the zero point ${zeroPoint}`, "-128 to 127");
  return { scale, zeroPoint };
}

export class Call {
  constructor(
    readonly operator: TfliteOperator,
    /** The name of the layer, should it need one. */
    readonly name: string,
    private readonly around: Surroundings,
  ) {}

  get weights(): Weights {
    return this.around.weights;
  }

  fail(what: string, expected: string, help?: string): never {
    const { name, index, at } = this.operator;
    reject(
      "MCU3034",
      { file: this.around.file, offset: at },
      { operator: name, index, what, expected, help },
    );
  }

  /** The operator's options, all 0 where it has none. */
  options<T extends OptionsTable>(schema: T): Options<T> {
    const { options, optionsTag } = this.operator;
    if (optionsTag !== 0 && optionsTag !== schema.tag)
      this.fail(`options of kind ${optionsTag}`, `kind ${schema.tag}`);
    return readOptions(optionsTag === 0 ? undefined : options, schema);
  }

  /** The tensor behind an input; undefined where it is left out. */
  inputTensor(index: number): TfliteTensor | undefined {
    return this.around.tensors[this.operator.inputs[index] ?? -1];
  }

  get output(): TfliteTensor {
    return this.around.tensors[this.operator.outputs[0]];
  }

  /** An input that is computed: int8 unless `dtypes` says otherwise. */
  value(index: number, dtypes: readonly string[] = ["int8"]): Value {
    const tensor = this.inputTensor(index) ?? this.fail(`input ${index} is missing`, "a tensor");
    if (tensor.data) this.fail(`input ${index}, "${tensor.name}", is constant`, "a computed tensor");
    this.checkType(tensor, `input ${index}`, dtypes);
    const place = "operators come after those whose results they use";
    return (
      this.around.values.get(tensor.index) ??
      this.fail(`nothing has computed input ${index}, "${tensor.name}", yet`, place)
    );
  }

  /** An input of [height, width, channels]. */
  image(index: number): Value {
    const value = this.value(index);
    const { shape } = this.inputTensor(index)!;
    if (shape.length !== 4 || shape[0] !== 1)
      this.fail(`input ${index} is ${print(shape)}`, "[1, height, width, channels]");
    return value;
  }

  /** A constant input. */
  constant(index: number, role: string, dtypes: readonly string[]): TfliteTensor {
    const tensor = this.inputTensor(index) ?? this.fail(`it has no ${role}`, `a constant as input ${index}`);
    this.checkType(tensor, role, dtypes);
    if (!tensor.data) this.fail(`its ${role}, "${tensor.name}", is not constant`, "a constant");
    if (tensor.isSparse) this.fail(`its ${role}, "${tensor.name}", is stored sparsely`, "dense weights");
    return tensor;
  }

  /** A small constant of integers: axes, paddings, a permutation. */
  integers(index: number, role: string, atMost = 16): number[] {
    const { dtype, data } = this.constant(index, role, ["int32", "int64"]);
    const { bytes } = data!;
    const size = dtype === "int64" ? 8 : 4;
    const count = bytes.length / size;
    if (count > atMost) this.fail(`its ${role} has ${count} elements`, `at most ${atMost}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: count }, (_, at) =>
      size === 8 ? Number(view.getBigInt64(8 * at, true)) : view.getInt32(4 * at, true),
    );
  }

  private checkType(tensor: TfliteTensor, role: string, dtypes: readonly string[]): void {
    const { file } = this.around;
    const { name: operator, index, at } = this.operator;
    const { name, dtype } = tensor;
    if (dtypes.includes(dtype)) return;
    const expected = dtypes.join(" or ");
    reject("MCU3033", { file, offset: at }, { operator, index, role, tensor: name, dtype, expected });
  }

  /**
   * Stores int8 weights with their scales, and the bias if there is one.
   * @param shape of the weights in the weights file
   * @param channels output channels
   * @param dimension of the model's weights that holds them
   */
  storeWeights(weights: TfliteTensor, shape: readonly number[], channels: number, dimension: number): void {
    const { scales, zeroPoints } = this.weightSteps(weights, channels, dimension);
    if (zeroPoints.some((one) => one !== 0))
      this.fail(`its weights have the zero point ${zeroPoints.find((one) => one !== 0)}`, "0");
    const { stored } = this.around;
    stored.addConstant(`${this.name}.weight`, weights, shape);
    stored.add({ name: `${this.name}.weight_scale`, dtype: "F32", shape: [scales.length], data: scales });
    if (this.inputTensor(2)) {
      const bias = this.constant(2, "bias", ["int32"]);
      if (bias.data!.bytes.length !== 4 * channels)
        this.fail(`its bias is ${print(bias.shape)}`, `[${channels}]`);
      stored.addConstant(`${this.name}.bias`, bias, [channels]);
    }
    this.storeQuantization();
  }

  private weightSteps(weights: TfliteTensor, channels: number, dimension: number) {
    const {
      scales,
      zeroPoints,
      dimension: given,
      isCustom,
    } = weights.quantization ?? this.fail("its weights have no scales", "scales");
    if (isCustom) this.fail("its weights have a quantisation of a custom kind", "scales");
    if (scales.length !== 1 && scales.length !== channels)
      this.fail(`its weights have ${scales.length} scales`, `1 or ${channels}`);
    if (scales.length > 1 && given !== dimension)
      this.fail(`its weights have scales along dimension ${given}`, `${dimension}`);
    const wrong = scales.find((scale) => !(scale > 0 && scale < Infinity));
    if (wrong !== undefined) this.fail(`its weights have the scale ${wrong}`, "finite numbers above 0");
    return { scales, zeroPoints };
  }

  checkOutput(dtype: string): void {
    this.checkType(this.output, "output", [dtype]);
  }

  private storeQuantization(): void {
    this.checkOutput("int8");
    const { scale, zeroPoint } = stepOf(this.output, this.around.file);
    this.around.stored.addQuantization(this.name, scale, zeroPoint);
  }

  /** The option that gives the result its quantisation. */
  quantization(): { readonly quantization: QuantizationReference } {
    this.storeQuantization();
    return this.weights.quantization(this.name);
  }

  /** The same, or nothing where the result has the quantisation that it gets by itself: default the first input's. */
  quantizationUnless(natural: Step = stepOf(this.inputTensor(0)!, this.around.file)): {
    readonly quantization?: QuantizationReference;
  } {
    return this.hasStep(natural) ? {} : this.quantization();
  }

  /** true: the result has this quantisation; default the first input's. */
  hasStep(step: Step = stepOf(this.inputTensor(0)!, this.around.file)): boolean {
    this.checkOutput("int8");
    const { scale, zeroPoint } = stepOf(this.output, this.around.file);
    return scale === step.scale && zeroPoint === step.zeroPoint;
  }
}

export function print(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
