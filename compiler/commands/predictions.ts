/** The classes with the highest scores: what `run` prints without `--output`. */

import { reject } from "../diagnostics/diagnostic.js";
import { readBytes } from "../files/read-file.js";
import { elementCount, type CallableTensor, type TensorArray } from "../run/callable.js";
import { dequantized } from "../run/real-values.js";

export interface Prediction {
  readonly class: number;
  readonly label?: string;
  /** Real-valued. */
  readonly score: number;
}

const shownClasses = 5;

/** Best first; among equals the lower class, as numpy.argmax has it. */
export function predictions(
  data: TensorArray,
  output: CallableTensor,
  labels?: readonly string[],
): Prediction[] {
  const scores = dequantized(data, output);
  return Array.from(scores, (score, index) => ({ class: index, label: labels?.[index], score }))
    .sort((a, b) => b.score - a.score || a.class - b.class)
    .slice(0, shownClasses);
}

export function predictionText(list: readonly Prediction[]): string {
  return list.map((one) => `${one.label ?? `class ${one.class}`} ${one.score.toPrecision(4)}`).join("   ");
}

/** One label a line, as many as the output has classes; rejects with MCU5015 otherwise. */
export function readLabels(file: string, output: CallableTensor): string[] {
  const labels = new TextDecoder().decode(readBytes(file)).split(/\r?\n/);
  while (labels.length > 0 && labels[labels.length - 1] === "") labels.pop();
  const classes = elementCount(output);
  if (labels.length !== classes) reject("MCU5015", { file }, { labels: labels.length, classes });
  return labels;
}
