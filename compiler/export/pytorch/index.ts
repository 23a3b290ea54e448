/**
 * Networks for training elsewhere: readable PyTorch, whose tensors the model file's `weights()` reads back.
 *
 *     Checked, Net ─ layers.ts (what each layer's Python depends on) ─ network.ts ─ Program ─ body.ts, module-file.ts → model.py
 *     Space ─ observations.ts (many members as layers) ─ space-program.ts, expressions.ts (what follows from which choice)
 *           ─ Program ─ body.ts, module-file.ts, supernet-file.ts → supernet.py
 */

import type { Net } from "../../../dsl/graph.js";
import type { OutputFile } from "../../files/output-file.js";
import type { Checked } from "../../ir/graph.js";
import type { Space } from "../../search/space.js";
import { surveyOf } from "../../search/survey/index.js";
import { evaluateFile } from "./evaluation.js";
import { hiddenOf } from "./hidden.js";
import { hasLogits } from "./module-file.js";
import { modelFile } from "./model-file.js";
import { programOf } from "./network.js";
import { Observations } from "./observations.js";
import { classNameLike } from "./python.js";
import type { Program } from "./program.js";
import { spaceProgramOf } from "./space-program.js";
import { supernetFile } from "./supernet-file.js";
import { tensorsFile } from "./tensors-file.js";
import { trainSupernetFile } from "./supernet-training.js";
import { trainFile, type Training } from "./training.js";

/**
 * `model.py` and what it needs; `train.py` too for a network of one input that tells classes apart.
 * @param checked of `net`
 * @throws Rejected MCU6061 at layers that PyTorch does not have
 */
export function exportNetwork(checked: Checked, net: Net): OutputFile[] {
  const program = programOf(checked, net);
  const training = trainingOf(program, checked);
  return [
    { path: "model.py", content: modelFile(program) },
    { path: "tensors.py", content: tensorsFile },
    ...(training ? [{ path: "train.py", content: trainFile(training) }] : []),
  ];
}

/**
 * `supernet.py` and what it needs; `train_supernet.py` and `evaluate.py` too where members have one input and tell classes apart.
 * @throws Rejected MCU6060 where one program cannot be all members, MCU6061, MCU6001 where there is nothing to choose, and what is
 * wrong with a member
 */
export function exportSpace(space: Space): OutputFile[] {
  const { largest, smallest } = surveyOf(space);
  const observations = new Observations(space, [largest, smallest]);
  const answers = { largest: largest.values, smallest: smallest.values, choices: observations.choices };
  let { program, tables } = spaceProgramOf(observations);
  let supernet = supernetFile({ program, tables, ...answers });
  // Writing an expression may take a look at more members.
  for (let seen = 0; seen < observations.all.length;) {
    seen = observations.all.length;
    ({ program, tables } = spaceProgramOf(observations));
    supernet = supernetFile({ program, tables, ...answers });
  }
  const training = trainingOf(program, space.checked(largest));
  const isSorted = hiddenOf(program).length > 0;
  return [
    { path: "supernet.py", content: supernet },
    { path: "tensors.py", content: tensorsFile },
    ...(training
      ? [
          { path: "train_supernet.py", content: trainSupernetFile({ ...training, isSorted }) },
          { path: "evaluate.py", content: evaluateFile(training) },
        ]
      : []),
  ];
}

/** What the scripts need to know; undefined for several inputs or outputs, and for outputs that are no scores of classes. */
function trainingOf(program: Program, checked: Checked): Training | undefined {
  const [input, ...others] = checked.inputs.map((id) => checked.values[id]);
  const [output, ...more] = checked.outputs.map(({ value }) => checked.values[value]);
  if (others.length + more.length > 0 || output.shape.length !== 1 || output.dtype === "int32")
    return undefined;
  const logits = hasLogits(program) ? "model.logits" : "model";
  const step = input.dtype === "uint8" ? input.quantization : undefined;
  return { className: classNameLike(program.name), shape: input.shape, step, logits };
}
