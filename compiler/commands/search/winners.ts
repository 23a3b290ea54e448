/** Networks of a search's front as projects of their own, each compiled before it is called a find. */

import { existsSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { diagnostic, reject, Rejected } from "../../diagnostics/diagnostic.js";
import { readNpy } from "../../files/npy.js";
import { openSafetensors } from "../../files/safetensors.js";
import { writeOutputs } from "../../files/write-outputs.js";
import { checkModel, compile } from "../../index.js";
import type { Lowered } from "../../ir/lowered.js";
import { Accuracy } from "../../search/accuracy/index.js";
import { answersText } from "../../search/evaluators/evaluator.js";
import { assignmentOf, type Member } from "../../search/member.js";
import type { EvolutionOutcome, Scored } from "../../search/outcome.js";
import { quantizedAccuracy } from "../../search/quantized-accuracy.js";
import { memberProject, type ProjectOptions } from "../../search/source/index.js";
import type { Subject } from "./subject.js";

export interface Written {
  /** Where net.ts and its files are. */
  readonly folder: string;
  readonly measure: string;
  readonly score: number;
  /** Of the network as it was compiled: bytes, seconds. */
  readonly sram: number;
  readonly flash: number;
  readonly seconds: number;
  /** Per cent of the validation samples, with int8 weights and activations. */
  readonly quantizedAccuracy?: number;
}

/** Samples that a search without calibration of its own takes from those of recalibration. */
const CALIBRATION_SAMPLES = 200;

/**
 * The best network that compiles within the limits, or all of the front: predictions of the search are a few per cent off, so a
 * network at the edge of a limit may be over it.
 * @throws Rejected MCU6014 where none does
 */
export async function writeBest(subject: Subject, { front, measure }: EvolutionOutcome): Promise<Written[]> {
  const { supernet, data, output, front: all } = subject.options;
  const accuracy =
    supernet === undefined ? undefined : await Accuracy.open(subject.space, { supernet, data: data! });
  const written: Written[] = [];
  for (const [index, scored] of front.entries()) {
    const folder = join(output, written.length === 0 ? "best" : join("front", String(index + 1)));
    const found = await write(subject, scored, folder, accuracy);
    if (found) written.push({ folder, measure, score: scored.score, ...found });
    if (found && !all) break;
  }
  if (written.length === 0) reject("MCU6014", { file: subject.space.file }, { count: front.length });
  return written;
}

/** undefined: it does not compile within the limits, which is a warning; nothing is left then. */
async function write(
  subject: Subject,
  { answers }: Scored,
  folder: string,
  accuracy: Accuracy | undefined,
): Promise<Omit<Written, "folder" | "measure" | "score"> | undefined> {
  const { space, options, warnings } = subject;
  const member = space.member(assignmentOf(answers));
  const files = await memberProject(space, member, await projectOptions(subject, member, accuracy));
  const isNew = !existsSync(folder);
  writeOutputs(folder, files);
  const net = join(folder, "net.ts");
  try {
    const lowered = await (accuracy ? compile : checkModel)(net, { linkerScript: options.linkerScript });
    const { constantBytes, codeBytes, seconds } = lowered.totals;
    return {
      sram: lowered.arena.bytes + (lowered.fast?.bytes ?? 0),
      flash: constantBytes + codeBytes,
      seconds,
      quantizedAccuracy: accuracy && (await validated(lowered, options.data!)),
    };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const [first] = error.diagnostics;
    warnings.warn([
      diagnostic("MCU6013", { file: space.file }, { network: answersText(answers), reason: first.message }),
    ]);
    if (isNew) rmSync(folder, { recursive: true, force: true });
    return undefined;
  }
}

async function projectOptions(
  { space, options }: Subject,
  member: Member,
  accuracy: Accuracy | undefined,
): Promise<ProjectOptions> {
  if (!accuracy) return {};
  return {
    checked: await accuracy.recalibrated(member),
    tensors: openSafetensors(options.supernet!),
    calibration: calibrationOf(space.file, member, options.data!),
  };
}

/** undefined: the space has its own. */
function calibrationOf(file: string, { net }: Member, data: string): ProjectOptions["calibration"] {
  const own =
    typeof net.calibration?.files === "string"
      ? [net.calibration.files]
      : Object.values(net.calibration?.files ?? {});
  if (own.length > 0 && own.every((one) => existsSync(resolve(dirname(file), one)))) return undefined;
  const { shape, data: samples } = readNpy(join(data, "recal_inputs.npy"));
  const count = Math.min(shape[0], CALIBRATION_SAMPLES);
  const input = net.nodes.find(({ operator }) => operator === "input")!;
  const part = (samples as Float32Array).slice(0, (samples.length / shape[0]) * count);
  return new Map([[input.name, { shape: [count, ...shape.slice(1)], data: part }]]);
}

async function validated(net: Lowered, data: string): Promise<number> {
  const inputs = readNpy(join(data, "val_inputs.npy")).data as Float32Array;
  const labels = readNpy(join(data, "val_labels.npy")).data;
  return quantizedAccuracy(net, inputs, Array.from(labels, Number));
}
