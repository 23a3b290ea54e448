/** MCU3xxx — binary files: .safetensors, .npy, .tflite. */

import { entry } from "./entry.js";

/** What an operator of a `.tflite` is called in messages: `CONV_2D (operator 3)`. */
export interface AtOperator {
  readonly operator: string;
  readonly index: number;
}

export const fileMessages = {
  MCU3001: entry<{ file: string; reason: string; help?: string }>({
    message: ({ file, reason }) => `cannot read ${file}: ${reason}`,
    help: ({ help }) => help,
  }),
  MCU3002: entry<{ file: string; bytes: number; atMost: number }>({
    message: ({ file, bytes, atMost }) => `${file} has ${bytes} bytes; at most ${atMost} are read`,
  }),
  MCU3010: entry<{ what: string; expected: string; help?: string }>({
    message: ({ what, expected }) => `not a safetensors file: ${what}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU3011: entry<{ tensor: string; what: string; expected: string }>({
    message: ({ tensor, what, expected }) => `tensor "${tensor}": ${what}; expected ${expected}`,
    help: () => "the file was cut short or written by a faulty tool; save it again",
  }),
  MCU3020: entry<{ what: string; expected: string }>({
    message: ({ what, expected }) => `not a .npy file: ${what}; expected ${expected}`,
    help: () => "write it with numpy.save(file, array)",
  }),
  MCU3021: entry<{ what: string; expected: string; help?: string }>({
    message: ({ what, expected }) => `.npy file: ${what}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU3030: entry<{ what: string; expected: string }>({
    message: ({ what, expected }) => `not a TensorFlow Lite model: ${what}; expected ${expected}`,
    help: () => "convert the model with tf.lite.TFLiteConverter and give the file that convert() returned",
  }),
  MCU3031: entry<{ what: string; bytes: number }>({
    message: ({ what, bytes }) => `the model is truncated or damaged: ${what} (the file has ${bytes} bytes)`,
    help: () => "copy or convert the model again",
  }),
  MCU3032: entry<AtOperator & { supported?: readonly string[] }>({
    message: ({ operator, index }) => `operator ${index} is ${operator}, which is not supported`,
    help: ({ supported }) => supported && `supported are ${supported.join(", ")}`,
  }),
  MCU3033: entry<AtOperator & { role: string; tensor: string; dtype: string; expected: string }>({
    message: ({ operator, index, role, tensor, dtype, expected }) =>
      `${operator} (operator ${index}): its ${role} "${tensor}" is ${dtype}; expected ${expected}`,
    help: () =>
      "convert with full integer quantisation: a representative dataset, TFLITE_BUILTINS_INT8, inference_input_type and inference_output_type int8",
  }),
  MCU3034: entry<AtOperator & { what: string; expected: string; help?: string }>({
    message: ({ operator, index, what, expected }) =>
      `${operator} (operator ${index}): ${what}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU3035: entry<{ what: string; expected: string; help?: string }>({
    message: ({ what, expected }) => `the model ${what}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU3036: entry<{ tensor: string; what: string; expected: string; help?: string }>({
    message: ({ tensor, what, expected }) => `tensor "${tensor}" ${what}; expected ${expected}`,
    help: ({ help }) => help,
  }),
};
