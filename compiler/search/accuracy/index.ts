/**
 * The accuracy of members of a search space with the weights of a super-network (one-shot accuracy; Cai et al., Once-for-All, ICLR
 * 2020): tensors are sliced, batch normalisation is recalibrated, and the network judged in real numbers on validation samples.
 */

import { reject } from "../../diagnostics/diagnostic.js";
import { shapeText } from "../../diagnostics/shape-text.js";
import { openSafetensors } from "../../files/safetensors.js";
import type { TensorFile } from "../../files/tensor-file.js";
import { elements, type Checked } from "../../ir/graph.js";
import type { Member } from "../member.js";
import type { Space } from "../space.js";
import { readData, samplesOf, type Data, type Samples } from "./data.js";
import { isBatchNorm } from "./depths.js";
import { Engine } from "./engine.js";
import { Memory } from "./memory.js";
import { translate, wholeOf } from "./onnx/index.js";
import { keysOf, Prefixes } from "./prefixes.js";
import { planRounds, recalibrate } from "./recalibration.js";
import { outputsOf, type Origin } from "./validation.js";

export interface AccuracyOptions {
  /** The super-network's `.safetensors`. */
  readonly supernet: string;
  /** A folder with `val_inputs.npy`, `val_labels.npy` and `recal_inputs.npy`. */
  readonly data: string;
}

type Network = Pick<Member, "net">;

/** Bytes of values that members have in common, in every worker. */
const mostRemembered = 384 << 20;

/** One call at a time: values of different networks share memory. */
export class Accuracy {
  #prefixes = new Prefixes(mostRemembered);
  #memory = new Memory();

  private constructor(
    readonly space: Space,
    readonly tensors: TensorFile,
    readonly data: Data,
    readonly engine: Engine,
  ) {}

  /** @throws Rejected where the engine or a file is missing, or a file is not what it should be */
  static async open(space: Space, { supernet, data }: AccuracyOptions): Promise<Accuracy> {
    const engine = await Engine.load({ file: space.file });
    return new Accuracy(space, openSafetensors(supernet), readData(data), engine);
  }

  /**
   * The share of validation samples whose largest output is that of their label, in per cent.
   * @throws Rejected where the member cannot be evaluated
   */
  async of(member: Network): Promise<number> {
    const { samples, labels } = this.data;
    const { checked, origin } = await this.#measured(member);
    this.#checkLabels(checked);
    const logits = await outputsOf(this.#setting, checked, samples, origin);
    const classes = logits.length / samples.count;
    let right = 0;
    for (let i = 0; i < samples.count; i++) {
      const own = logits.subarray(i * classes, (i + 1) * classes);
      // What is not a number is nobody's maximum.
      const [label, most] = [labels[i], own.reduce((a, b) => Math.max(a, b))];
      if (own.indexOf(most) === label) right++;
    }
    return (100 * right) / samples.count;
  }

  /**
   * The outputs for samples of its only input, one after the other, each in the network's own order of dimensions.
   * @param inputs [samples, ...the input's shape]
   */
  async logits(member: Network, inputs: Float32Array): Promise<Float32Array> {
    const { checked, origin } = await this.#measured(member);
    const { shape } = checked.values[checked.inputs[0]];
    const samples = samplesOf(inputs, inputs.length / elements(shape), shape);
    // What is remembered is that of the validation samples.
    return outputsOf(this.#setting, checked, samples, { ...origin, prefixes: new Prefixes(0) });
  }

  /**
   * What is wrong with the data, or with every network: before a search says so of each network it draws.
   * @throws Rejected MCU6021 to MCU6025
   */
  check(member: Network): void {
    const checked = this.space.checked(member, this.tensors);
    this.#checkEnds(checked);
    translate(checked, wholeOf(checked), this.space.file);
    this.#checkLabels(checked);
    if (checked.operations.some(isBatchNorm)) this.#recalibrationFor(checked);
  }

  /** The member with the super-network's weights, and statistics of batch normalisation of its own. */
  async recalibrated(member: Network): Promise<Checked> {
    return (await this.#measured(member)).checked;
  }

  async #measured(member: Network): Promise<{ readonly checked: Checked; readonly origin: Origin }> {
    const checked = this.space.checked(member, this.tensors);
    this.#checkEnds(checked);
    const [keys, prefixes] = [keysOf(checked), this.#prefixes];
    const remembered = new Set(prefixes.values.contents.flat());
    this.#memory.reclaim((array) => remembered.has(array));
    if (!checked.operations.some(isBatchNorm)) return { checked, origin: { keys, rounds: [], prefixes } };
    const samples = this.#recalibrationFor(checked);
    const rounds = planRounds(checked, samples, keys);
    const setting = { ...this.#setting, prefixes };
    return {
      checked: await recalibrate(setting, checked, samples, rounds),
      origin: { keys, rounds, prefixes },
    };
  }

  /** Gives back what is remembered of members; sessions of the engine never outlive a call. */
  close(): void {
    this.#prefixes = new Prefixes(0);
    this.#memory = new Memory();
  }

  get #setting() {
    return { engine: this.engine, file: this.space.file, memory: this.#memory };
  }

  #recalibrationFor(checked: Checked): Samples {
    const { recalibration, recalibrationFile: file, samples } = this.data;
    if (!recalibration)
      return reject(
        "MCU6023",
        { file },
        {
          what: "it does not exist",
          expected: `training samples, float32 ${shapeText(["samples", ...samples.shape])}`,
          help: "networks with batchNorm need about 1000 of them: its statistics are measured for each candidate",
        },
      );
    this.#checkShape(checked, recalibration, file);
    return recalibration;
  }

  #checkEnds(checked: Checked): void {
    const { inputs, outputs, values, site } = checked;
    const at = site?.at ?? { file: this.space.file };
    const count = (list: readonly unknown[], what: string) =>
      `it has ${list.length} ${what}${list.length === 1 ? "" : "s"}`;
    if (inputs.length !== 1) reject("MCU6022", at, { what: count(inputs, "input") });
    if (outputs.length !== 1) reject("MCU6022", at, { what: count(outputs, "output") });
    const { shape } = values[outputs[0].value];
    if (elements(shape) !== Math.max(1, ...shape))
      reject("MCU6022", at, { what: `its output has the shape ${shapeText(shape)}` });
    this.#checkShape(checked, this.data.samples, this.data.samplesFile);
  }

  #checkShape({ inputs, values }: Checked, samples: Samples, file: string): void {
    const { shape, name } = values[inputs[0]];
    if (shapeText(shape) === shapeText(samples.shape)) return;
    const what = `its shape is ${shapeText([samples.count, ...samples.shape])}`;
    const expected = `${shapeText(["samples", ...shape])} for input "${name}"`;
    reject("MCU6023", { file }, { what, expected });
  }

  #checkLabels({ outputs, values }: Checked): void {
    const { labels, labelsFile, samples } = this.data;
    const classes = elements(values[outputs[0].value].shape);
    for (let i = 0; i < samples.count; i++) {
      const label = labels[i];
      if (label >= 0 && label < classes) continue;
      reject("MCU6024", { file: labelsFile }, { index: i, label, classes });
    }
  }
}
