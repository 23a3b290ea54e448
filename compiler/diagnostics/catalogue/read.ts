/** MCU1xxx — 1-read: reading model files. */

import { entry } from "./entry.js";

const importable = "a model imports tsc-mcu, tsc-mcu/boards, and .ts and .json files by a relative path";

export const readMessages = {
  /** `what` with its verb: "classes are". */
  MCU1001: entry<{ what: string; help: string }>({
    message: ({ what }) => `${what} not part of the model language`,
    help: ({ help }) => help,
  }),
  MCU1002: entry<{ name: string }>({
    message: ({ name }) => `'${name}' is not part of the model language`,
    help: () =>
      "a model sees its own names, its imports, and Math, Object, Array, Number, String, JSON, Map and Set",
  }),
  MCU1003: entry<{ key: string; of: string; help?: string }>({
    message: ({ key, of }) => `'${key}' of ${of} is not part of the model language`,
    help: ({ help }) => help,
  }),
  MCU1004: entry<{ specifier: string }>({
    message: ({ specifier }) => `"${specifier}" cannot be imported: ${importable}`,
  }),
  MCU1005: entry<{ why: string }>({
    message: ({ why }) => `cannot read the model file: ${why}`,
  }),
  MCU1006: entry<{ specifier: string }>({
    message: ({ specifier }) =>
      `imports go in a circle: "${specifier}" imports this file, itself or through others`,
    help: () => "move what both files need into a third one",
  }),
  MCU1007: entry<{ found: string }>({
    message: ({ found }) => `the model's default export must be what network(…) returned, found ${found}`,
    help: () => `end the file with: export default network("name", {}, () => { … });`,
  }),
  MCU1008: entry<{}>({
    message: () => "the JSON file is empty; expected a value",
  }),
  MCU1010: entry<{ steps: number }>({
    message: ({ steps }) =>
      `endless loop: reading the model was stopped after ${steps} steps, most of them here`,
    help: () => "make the loop end after a number of rounds that the model knows",
  }),
  MCU1011: entry<{ depth: number }>({
    message: ({ depth }) => `runaway recursion: calls are nested more than ${depth} deep`,
    help: () => "give the recursion a case in which it does not call itself, or write a loop",
  }),
  MCU1012: entry<{ steps: number }>({
    message: ({ steps }) => `the model takes too long to read: it was stopped after ${steps} steps`,
    help: () =>
      "a model should only describe its layers; compute large tables elsewhere and keep them in a .json file",
  }),
  MCU1013: entry<{ what: string; limit: number }>({
    message: ({ what, limit }) => `${what} longer than ${limit} would be made here`,
    help: () => "large data belongs into the weights file",
  }),
  MCU1014: entry<{}>({
    message: () => "the source is nested too deeply to be read",
    help: () => "give parts of the expression names of their own",
  }),
  MCU1015: entry<{ seconds: number }>({
    message: ({ seconds }) => `the types of the model take more than ${seconds} seconds to check`,
    help: () => "models need no types of their own beyond Tensor and simple interfaces",
  }),
  /** An Error that the model threw; `text` is its message. */
  MCU1020: entry<{ text: string }>({
    message: ({ text }) => text || "the model threw an error without a message",
  }),
  /** A `DslError`; `text` is its message. */
  MCU1021: entry<{ text: string }>({ message: ({ text }) => text }),
  MCU1022: entry<{ name: string; why: string }>({
    message: ({ name, why }) => `${name} cannot be called with these values: ${why}`,
  }),
  MCU1030: entry<{ key: string; value: string }>({
    message: ({ key, value }) => `cannot read '${key}' of ${value}`,
    help: () => "use ?. where the value may be missing",
  }),
  MCU1031: entry<{ name: string; found: string }>({
    message: ({ name, found }) => `${name} is ${found}, not a function`,
  }),
  MCU1032: entry<{ found: string }>({
    message: ({ found }) => `expected something to iterate over (an array, string, Map or Set), got ${found}`,
  }),
  MCU1033: entry<{ what: string; why: string }>({
    message: ({ what, why }) => `cannot change ${what}: ${why}`,
  }),
  MCU1034: entry<{ found: string; where: string }>({
    message: ({ found, where }) => `${found} cannot be used ${where}`,
  }),
  MCU1035: entry<{ name: string }>({
    message: ({ name }) => `'${name}' is used before it has a value`,
  }),
};
