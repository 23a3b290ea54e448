/** One operator of a TensorFlow Lite graph on its way into the DSL: what a translator may ask, with every check on the way. */

import { reject } from "../diagnostics/diagnostic.js";
import { constant, type QuantizationReference, type Weights } from "../../dsl/index.js";
import type { StoredTensor } from "../files/tensor-file.js";
import type { MemoryTensors } from "./memory-tensors.js";
import type { TfliteOperator, TfliteTensor } from "./model.js";
import { print, stepOf, withoutBatch, type Step, type Value } from "./values.js";
import { readOptions, type Options, type OptionsTable } from "./schema.js";

/** What all calls of one import share. */
export interface Surroundings {
  readonly file: string;
  readonly tensors: readonly TfliteTensor[];
  /** Values by the index of their tensor. */
  readonly values: Map<number, Value>;
  readonly stored: MemoryTensors;
  readonly weights: Weights;
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

  /** An input that is computed, or an int8 constant: a node of its own, one for all its readers. */
  operand(index: number): Value {
    const tensor = this.inputTensor(index);
    if (!tensor?.data) return this.value(index);
    const known = this.around.values.get(tensor.index);
    if (known) return known;
    this.constant(index, `input ${index}`, ["int8"]);
    const { stored, weights, values } = this.around;
    const { scale, zeroPoint } = this.stepOfInput(index);
    const role = index === 0 ? "left" : index === 1 ? "operand" : `operand_${index}`;
    const name = `${this.name}.${role}`;
    const shape = withoutBatch(tensor.shape);
    stored.addConstant(name, tensor, shape);
    stored.addQuantization(name, scale, zeroPoint);
    const value = { tensor: constant(weights.tensor(name), weights.quantization(name)), shape };
    values.set(tensor.index, value);
    return value;
  }

  /** The quantisation of an int8 input. */
  stepOfInput(index: number): Step {
    const tensor = this.inputTensor(index) ?? this.fail(`input ${index} is missing`, "a tensor");
    return stepOf(tensor, this.around.file);
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

  /** An input that the operator keeps from one inference to the next. */
  variable(index: number, role: string, dtypes: readonly string[]): TfliteTensor {
    const tensor = this.inputTensor(index) ?? this.fail(`it has no ${role}`, `a variable as input ${index}`);
    this.checkType(tensor, role, dtypes);
    if (!tensor.isVariable || tensor.data)
      this.fail(`its ${role}, "${tensor.name}", is not variable`, "a variable");
    return tensor;
  }

  /** The tensor that stands for a value inside of the operator; undefined where the model has none. */
  intermediate(index: number): TfliteTensor | undefined {
    return this.around.tensors[this.operator.intermediates[index] ?? -1];
  }

  /** Scale and zero point of an int8 tensor. */
  step(tensor: TfliteTensor): Step {
    return stepOf(tensor, this.around.file);
  }

  /** The one scale of a tensor whose zero point is 0. */
  scale(tensor: TfliteTensor): number {
    const { scale, zeroPoint } = this.step(tensor);
    if (zeroPoint !== 0) this.fail(`"${tensor.name}" has the zero point ${zeroPoint}`, "0");
    return scale;
  }

  /** Adds `<layer>.<name>` to the weights. */
  store(
    name: string,
    dtype: StoredTensor["dtype"],
    shape: readonly number[],
    data: StoredTensor["data"],
  ): void {
    this.around.stored.add({ name: `${this.name}.${name}`, dtype, shape, data });
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

  /** A small constant of int8 values, at least one. */
  int8s(index: number, role: string): Int8Array {
    const { bytes } = this.constant(index, role, ["int8"]).data!;
    return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Every result has the quantisation of an input. */
  checkSteps(input: number): void {
    const { scale, zeroPoint } = this.stepOfInput(input);
    for (const index of this.operator.outputs) {
      const tensor = this.around.tensors[index];
      this.checkType(tensor, "output", ["int8"]);
      const step = stepOf(tensor, this.around.file);
      if (step.scale !== scale || step.zeroPoint !== zeroPoint)
        this.fail(`the result "${tensor.name}" has another quantisation than the input`, "the same");
    }
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
   * @param bias which input is the bias
   */
  storeWeights(
    weights: TfliteTensor,
    shape: readonly number[],
    channels: number,
    dimension: number,
    biasInput = 2,
  ): void {
    const { scales, zeroPoints } = this.weightSteps(weights, channels, dimension);
    if (zeroPoints.some((one) => one !== 0))
      this.fail(`its weights have the zero point ${zeroPoints.find((one) => one !== 0)}`, "0");
    const { stored } = this.around;
    stored.addConstant(`${this.name}.weight`, weights, shape);
    stored.add({ name: `${this.name}.weight_scale`, dtype: "F32", shape: [scales.length], data: scales });
    if (this.inputTensor(biasInput)) {
      const bias = this.constant(biasInput, "bias", ["int32"]);
      if (bias.data!.bytes.length !== 4 * channels)
        this.fail(`its bias is ${print(bias.shape)}`, `[${channels}]`);
      stored.addConstant(`${this.name}.bias`, bias, [channels]);
    }
    this.storeQuantization("int8");
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

  checkOutput(...dtypes: readonly string[]): void {
    this.checkType(this.output, "output", dtypes);
  }

  /** Stores the result's quantisation, for operators whose weights bring it along. */
  storeQuantization(...dtypes: readonly string[]): void {
    this.checkOutput(...dtypes);
    const { scale, zeroPoint } = stepOf(this.output, this.around.file);
    this.around.stored.addQuantization(this.name, scale, zeroPoint);
  }

  /** The option that gives the result its quantisation. @param dtypes that it may have */
  quantization(...dtypes: readonly string[]): { readonly quantization: QuantizationReference } {
    this.storeQuantization(...(dtypes.length > 0 ? dtypes : ["int8"]));
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
