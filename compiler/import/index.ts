/** `.tflite` -> `Net`, and -> the model file and weights that a person would have written for it. */

import { readBytes } from "../files/read-file.js";
import { buildNet, type Imported } from "./graph.js";
import { readModel } from "./model.js";

export type { Imported } from "./graph.js";
export { printProject } from "./print.js";

/** TensorFlow Lite's flatbuffers end at 2 GB; models for microcontrollers at a few MB. */
const maxModelBytes = 256 << 20;

/** Reads a TensorFlow Lite model. Rejects with MCU30xx, at the byte at fault. */
export function importTflite(file: string): Imported {
  return buildNet(readModel(readBytes(file, undefined, undefined, maxModelBytes), file));
}
