/** MCU5xxx — the command line, outputs, compilers and the emulator. */

import { entry } from "./entry.js";

const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

export interface AtInput {
  readonly input: string;
}

export const toolMessages = {
  MCU5001: entry<{ path: string; reason: string }>({
    message: ({ path, reason }) => `cannot write ${path}: ${reason}; nothing was written`,
    help: () => "give a folder that can be created or written with -o",
  }),
  MCU5002: entry<{ file: string; help: string }>({
    message: ({ file }) => `the folder has a ${file} of its own; nothing was written`,
    help: ({ help }) => help,
  }),
  MCU5010: entry<AtInput & { actual: readonly number[]; expected: readonly number[] }>({
    message: ({ input, actual, expected }) =>
      `the array has shape ${shapeText(actual)}, but input "${input}" takes ${shapeText(expected)}, with or without a leading number of cases`,
    help: ({ expected }) => `save it with shape ${shapeText(["n" as never, ...expected])}`,
  }),
  MCU5011: entry<AtInput & { actual: string; expected: string }>({
    message: ({ input, actual, expected }) =>
      `the array is ${actual}, but input "${input}" takes ${expected}`,
    help: () => "convert it with numpy's astype()",
  }),
  MCU5012: entry<AtInput & { available: readonly string[] }>({
    message: ({ input, available }) =>
      `the network has no input "${input}"; its inputs are ${available.join(", ")}`,
  }),
  MCU5013: entry<AtInput>({
    message: ({ input }) => `no data for input "${input}"`,
    help: ({ input }) => `add --input ${input}=<file>.npy`,
  }),
  MCU5014: entry<AtInput & { cases: number; expected: number }>({
    message: ({ input, cases, expected }) =>
      `input "${input}" has ${cases} cases, the one before has ${expected}; all inputs need the same number`,
  }),
  MCU5015: entry<{ labels: number; classes: number }>({
    message: ({ labels, classes }) =>
      `the file has ${labels} labels, the network ${classes} classes; expected one label a line`,
  }),
  MCU5016: entry<{ outputs: readonly string[] }>({
    message: ({ outputs }) =>
      `the network has several outputs (${outputs.join(", ")}); expected one --output for each`,
    help: ({ outputs }) => outputs.map((name) => `--output ${name}=<file>.npy`).join(" "),
  }),
  MCU5017: entry<{ output: string; available: readonly string[] }>({
    message: ({ output, available }) =>
      `the network has no output "${output}"; its outputs are ${available.join(", ")}`,
  }),
  MCU5018: entry<{ option: string; name: string }>({
    message: ({ option, name }) => `${option} is given twice for "${name}"; expected one file`,
  }),
  MCU5019: entry<{ option: string; given: number; names: readonly string[] }>({
    message: ({ option, given, names }) =>
      `${option} is given ${given} times, for ${names.length === 1 ? "one input" : `${names.length} inputs`} (${names.join(", ")})`,
  }),
  MCU5020: entry<{ program: string; purpose: string; install: string }>({
    message: ({ program, purpose }) => `${program} was not found; it is needed ${purpose}`,
    help: ({ install }) => `install it: ${install}`,
  }),
  MCU5021: entry<{ program: string; output: string }>({
    message: ({ program, output }) =>
      `${program} did not compile the generated C${output === "" ? ", and printed nothing" : `:\n${output}`}`,
    help: ({ program }) =>
      `if ${program} is a C11 compiler, this is a fault of tsc-mcu: please report it with the text above`,
  }),
  MCU5022: entry<{ what: string; output: string }>({
    message: ({ what, output }) => `the program ended with ${what}${output === "" ? "" : `:\n${output}`}`,
    help: () => "this is a fault of tsc-mcu: please report it with the model",
  }),
  MCU5024: entry<{ folder: string; reason: string }>({
    message: ({ folder, reason }) => `cannot work in the temporary folder ${folder}: ${reason}`,
    help: () => "set TMPDIR to a folder that can be written",
  }),
  MCU5023: entry<{ seconds: number }>({
    message: ({ seconds }) => `the program was stopped after ${seconds} s`,
    help: () => "give fewer cases with --cases",
  }),
  MCU5030: entry<{ name: string; other: string }>({
    message: ({ name, other }) =>
      `the network is called "${name}", as that of ${other} is; expected names of their own for networks in one firmware`,
    help: () => "names are the first argument of network(), or the file's where it is a .tflite",
  }),
  MCU5031: entry<{ name: string; networks: readonly [string, string] }>({
    message: ({ name, networks: [first, second] }) =>
      `the networks "${first}" and "${second}" would both define ${name}; expected names that do not continue each other`,
    help: ({ networks: [, second] }) => `give "${second}" another name`,
  }),
};
