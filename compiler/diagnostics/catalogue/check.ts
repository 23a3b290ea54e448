/** MCU20xx — 2-check and 3-simplify: shapes, dtypes, weights, quantisation. */

import { entry } from "./entry.js";

const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

export const checkMessages = {
  MCU2001: entry<{ operator: string; what: string; expected: string; help?: string }>({
    message: ({ operator, what, expected }) => `${operator}: ${what}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU2002: entry<{ operator: string; left: string; right: string; expected?: string }>({
    message: ({ operator, left, right, expected }) =>
      `${operator}: the inputs do not fit together, ${left} and ${right}; expected ` +
      (expected ?? "the same shape, or sizes of 1 where they differ"),
    help: ({ operator }) =>
      operator === "add"
        ? "check stride, padding and filters of the branch that the residual skips"
        : undefined,
  }),
  MCU2003: entry<{ tensor: string; file: string; similar?: string; names: readonly string[] }>({
    message: ({ tensor, file }) => `there is no tensor "${tensor}" in ${file}`,
    help: ({ similar, names }) => {
      if (similar !== undefined) return `did you mean "${similar}"?`;
      if (names.length === 0) return "the file has no tensors";
      const shown = list(names.slice(0, 8));
      return names.length <= 8 ? `it has ${shown}` : `it has ${shown} and ${names.length - 8} more`;
    },
  }),
  MCU2004: entry<{ tensor: string; found: string; expected: string; dimensions: string; help?: string }>({
    message: ({ tensor, found, expected, dimensions }) =>
      `tensor "${tensor}" is ${found}; expected ${expected} (${dimensions})`,
    help: ({ help }) => help,
  }),
  MCU2005: entry<{ tensor: string; found: string; expected: string; help?: string }>({
    message: ({ tensor, found, expected }) => `tensor "${tensor}" is ${found}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU2006: entry<{ tensor: string; what: string; expected: string }>({
    message: ({ tensor, what, expected }) => `tensor "${tensor}" ${what}; expected ${expected}`,
  }),
  MCU2007: entry<{ what: string; expected: string }>({
    message: ({ what, expected }) => `quantization: ${what}; expected ${expected}`,
    help: () => "real = scale * (q - zeroPoint), q from -128 to 127",
  }),
  MCU2008: entry<{ operator: string; found: string; expected: string; reason: string }>({
    message: ({ operator, found, expected, reason }) =>
      `${operator}: the result's quantisation is ${found}; expected ${expected}, ${reason}`,
    help: () => "leave `quantization` out here",
  }),
  MCU2009: entry<{ layer: string; others: number }>({
    message: ({ layer, others }) =>
      `the quantisation of ${layer}${others > 0 ? ` and of ${others} other layer${others > 1 ? "s" : ""}` : ""} is not known; ` +
      "expected calibration samples or an explicit quantisation",
    help: () =>
      'give representative inputs, `calibration: "./calibration.npy"` in the options of network(), or `quantization: { scale, zeroPoint }` in each layer',
  }),
  MCU2010: entry<{ layer: string }>({
    message: ({ layer }) =>
      `${layer} has an int32 bias, whose scale depends on the quantisation of the input; expected that to be given`,
    help: () =>
      "give the layer before it `quantization: { scale, zeroPoint }`, or take float32 weights and bias",
  }),
  MCU2011: entry<{ file: string; found: string; expected: string; input: string }>({
    message: ({ file, found, expected, input }) =>
      `calibration file ${file} is ${found}; expected ${expected}, for the shape of input "${input}"`,
  }),
  MCU2012: entry<{ file: string; found: string; expected: string; help: string }>({
    message: ({ file, found, expected }) => `calibration file ${file} is ${found}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU2013: entry<{ what: string; expected: string; inputs: readonly string[] }>({
    message: ({ what, expected }) => `calibration: ${what}; expected ${expected}`,
    help: ({ inputs }) => `the network's inputs are ${list(inputs)}`,
  }),
  MCU2014: entry<{ input: string }>({
    message: ({ input }) => `input "${input}" is not used by any output; expected every input to matter`,
    help: () => "remove it, or return what is computed from it",
  }),
  MCU2015: entry<{ what: string; expected: string }>({
    message: ({ what, expected }) => `input: ${what}; expected ${expected}`,
  }),
  MCU2016: entry<{ what: string; count: number; atMost: number }>({
    message: ({ what, count, atMost }) => `${what} would have ${count} elements; expected at most ${atMost}`,
    help: () => "no microcontroller holds that much; check filters, units and kernel",
  }),
  MCU2017: entry<{ layer: string; what: string; expected: string }>({
    message: ({ layer, what, expected }) => `${layer}: ${what}; expected ${expected}`,
    help: () =>
      "check the weights file: a variance below 0 or a huge factor comes from training that diverged",
  }),
  MCU2018: entry<{ layer: string; others: number }>({
    message: ({ layer, others }) =>
      `${layer}${others > 0 ? ` and ${others} other layer${others > 1 ? "s" : ""}` : ""} cannot be computed without weights; expected trained ones`,
    help: () =>
      "`tsc-mcu check` needs none; to build or run the network, train it and spread its weights in: " +
      '`const w = weights("./weights.safetensors", { layout: "pytorch" })`, then `...w.conv("name")`',
  }),
  MCU2022: entry<{ tensor: string; unquantised: boolean }>({
    message: ({ tensor, unquantised }) =>
      `the constant "${tensor}" is ${unquantised ? "int8 without quantisation" : "of another dtype"}; expected float32, int32, or int8 with its quantisation`,
    help: ({ unquantised }) =>
      unquantised ? `give it its scale: constant(w.tensor("c"), w.quantization("c"))` : undefined,
  }),
  MCU2024: entry<{ output: string }>({
    message: ({ output }) =>
      `output "${output}" is the same in every inference; expected it to depend on an input of the network`,
    help: () => "a constant result needs no network: return what is computed from an input",
  }),
  MCU2025: entry<{ layer: string; factor: number }>({
    message: ({ layer, factor }) =>
      `${layer}: its inputs' scales are ${Number(factor.toPrecision(3))} times the result's; expected less than 2^30`,
    help: () => "check how the model was quantised: int8 values of such scales have nothing in common",
  }),
  MCU2030: entry<{ layer: string; operator: string }>({
    severity: "warning",
    message: ({ layer, operator }) => `${operator} "${layer}" leads to no output and is left out`,
    help: () => "return what is computed from it, or remove it",
  }),
  MCU2023: entry<{ layer: string; channel: number; bound: number }>({
    message: ({ layer, channel, bound }) =>
      `${layer}: the sum of output channel ${channel} may reach ${bound}; expected below 2^31, which an int32 accumulator holds`,
    help: () => "its bias is out of all proportion to its weights: check how the model was quantised",
  }),
  MCU2040: entry<{ input: string; what: string; expected: string }>({
    message: ({ input, what, expected }) =>
      `input "${input}" cannot be fed by rows: ${what}; expected ${expected}`,
    help: () =>
      "convolutions, pooling and functions of single elements take rows; without `feed` the input is written as a whole",
  }),
  MCU2041: entry<{ edge: "input" | "output"; name: string }>({
    message: ({ edge, name }) =>
      edge === "input"
        ? `input "${name}" stays float32; expected one quantize() to int8 that reads it, and nothing else`
        : `output "${name}" stays float32; expected it to be a dequantize() of an int8 tensor`,
    help: ({ edge }) => `leave --inference-${edge}-type out, or write an int8 ${edge} in the model`,
  }),
  MCU2031: entry<{ name: string }>({
    message: ({ name }) =>
      `a network cannot be called "${name}": its ${name}.h would hide another header of that name`,
    help: ({ name }) => `for example "${name}_net"`,
  }),
};
