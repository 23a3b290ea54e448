/** Search spaces, the search (MCU60xx), and what is exported for training elsewhere. */

import { entry } from "./entry.js";

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

export const searchMessages = {
  MCU6001: entry<{ found: string }>({
    message: ({ found }) => `network "${found}" has no choices; expected a search space`,
    help: () => 'a space asks for what is to be searched: choose("stage1.kernel", [3, 5, 7])',
  }),
  MCU6002: entry<{ choices: number; first: string }>({
    message: ({ choices, first }) =>
      `this is a search space with ${choices === 1 ? `the choice "${first}"` : `${choices} choices ("${first}", …)`}; expected one network`,
    help: () =>
      "`tsc-mcu check` looks at the space, `tsc-mcu search` finds its best member and writes it as a model",
  }),
  MCU6030: entry<{ why: string }>({
    message: ({ why }) => `the member cannot be written as a model of its own: ${why}`,
    help: () =>
      "call choose by its name, once for each choice, and not through a function that is passed around",
  }),
  MCU6040: entry<{ drawn: number; most: string; share: number; limits: string }>({
    message: ({ drawn, most, share, limits }) =>
      `none of ${drawn} networks that were drawn fits ${limits}; ${most} (${percent(share)})`,
    help: () =>
      "give smaller values to the choices, larger limits, or fix a choice that decides much: --fix width=0.5",
  }),
  MCU6041: entry<{ found: number; wanted: number; drawn: number; most: string; share: number }>({
    severity: "warning",
    message: ({ found, wanted, drawn, most, share }) =>
      `only ${found} of ${drawn} different networks that were drawn fit; expected ${wanted} for the first population; of the others, ${most} (${percent(share)})`,
    help: () =>
      "the search goes on from these; it finds more where more networks fit: smaller values of choices, larger limits",
  }),
  MCU6042: entry<{ problem: string; line: string; candidate?: string }>({
    severity: "warning",
    message: ({ problem, line, candidate }) =>
      `the evaluator wrote ${problem}: ${line}${candidate === undefined ? "" : `; ${candidate} counts as failed`}`,
    help: () =>
      'expected one JSON object a line on standard output, as {"id": 7, "score": 87.25}; everything else belongs on standard error',
  }),
  MCU6043: entry<{ ended: string; next: string }>({
    severity: "warning",
    message: ({ ended, next }) => `the evaluator ended (${ended}) before it had answered; ${next}`,
    help: () =>
      'answer {"id": 7, "error": "what went wrong"} for a network that cannot be scored, and read the next line',
  }),
  MCU6044: entry<{ seconds: number; next: string }>({
    severity: "warning",
    message: ({ seconds, next }) =>
      `the evaluator answered nothing for ${seconds} s and was stopped; ${next}`,
    help: () =>
      "let it answer with an error where there is no score, or allow it more time: --evaluator-timeout",
  }),
  MCU6045: entry<{ command: string; reason: string }>({
    message: ({ command, reason }) =>
      `the evaluator \`${command}\` ${reason}; what was scored up to the last generation is kept`,
    help: () =>
      'expected a program that writes {"ready": true}, then reads a network a line and answers each; compiler/search/evaluators/README.md has an example',
  }),
  MCU6047: entry<{ candidate: string; what: string; reason: string }>({
    severity: "warning",
    message: ({ candidate, what, reason }) => `${candidate} could not be ${what} and is left out: ${reason}`,
  }),
  MCU6048: entry<{ count: number; generation: number; reason: string }>({
    message: ({ count, generation, reason }) =>
      `no network of generation ${generation} got a score, of ${count} that fit; the last one: ${reason}`,
    help: () => "the search stops here; what was scored up to the generation before is kept",
  }),
  MCU6049: entry<{ command: string; problem: string }>({
    message: ({ command, problem }) => `the evaluator's command ${problem}: \`${command}\``,
    help: () =>
      "a program and its arguments, divided by spaces; quotes keep an argument with spaces together, and no shell reads them",
  }),
  MCU6003: entry<{ name: string; here: Asked; elsewhere: Asked }>({
    message: ({ name, here, elsewhere }) =>
      `choice "${name}" takes ${askedText(here)} here and ${askedText(elsewhere)} elsewhere; expected the same wherever it is asked`,
    help: () => "use another name for each set of values",
  }),
  MCU6004: entry<{ atMost: number; last: string }>({
    message: ({ atMost, last }) => `more than ${atMost} choices, the last of them "${last}"; expected fewer`,
    help: () => "do the choices' names count up in a loop? Choose first how often it is gone through",
  }),
  MCU6050: entry<{ candidate: string; reason: string }>({
    severity: "warning",
    message: ({ candidate, reason }) => `${candidate} is no network and is left out: ${reason}`,
    help: () =>
      "the search goes on without such networks; where answers do not go together, ask a choice of another name in each case",
  }),
  MCU6051: entry<{ network: string }>({
    message: ({ network }) =>
      `network "${network}" has no choices that span a grid of sub-spaces; expected one or more for stage 1`,
    help: () =>
      'mark those that scale the whole network: choose("width", [0.5, 1], { grid: true }); without a grid, --stage 2 searches the whole space',
  }),
  MCU6052: entry<{ drawn: number; limits: string; most: string }>({
    message: ({ drawn, limits, most }) =>
      `none of ${drawn} networks, drawn from all sub-spaces, fits ${limits}; ${most}`,
    help: () => "larger limits, or smaller values of the choices",
  }),
  MCU6012: entry<{ text: string; problem: string; expected: string; help?: string }>({
    message: ({ text, problem, expected }) => `--fix ${text}: ${problem}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU6013: entry<{ network: string; reason: string }>({
    severity: "warning",
    message: ({ network, reason }) => `the network ${network} does not compile as predicted: ${reason}`,
    help: () => "predictions are a few per cent off; the next network of the front is taken",
  }),
  MCU6014: entry<{ count: number }>({
    message: ({ count }) =>
      `of ${count} network${count === 1 ? "" : "s"} on the front, none compiles within the limits; nothing was written`,
    help: () =>
      "limits a few per cent smaller for the search leave a margin: --limits, and -o another-folder",
  }),
  MCU6010: entry<{}>({
    message: () => "this is the state of another search: the space, the options or the data were different",
    help: () => "--restart begins anew, -o another-folder keeps both",
  }),
  MCU6011: entry<{}>({
    message: () => "this is not the state of a search; expected the JSON that `tsc-mcu search` writes",
    help: () => "--restart begins anew, -o another-folder keeps the file",
  }),
  MCU6020: entry<{ reason: string }>({
    message: ({ reason }) => `candidates are scored by onnxruntime-node, which cannot be loaded: ${reason}`,
    help: () => "npm install onnxruntime-node@1 --onnxruntime-node-install=skip",
  }),
  MCU6021: entry<{ layer: string; operator: string }>({
    message: ({ layer, operator }) => `${operator} "${layer}" cannot be evaluated in real numbers`,
    help: () => "score candidates with --evaluator and a program of your own",
  }),
  MCU6022: entry<{ what: string }>({
    message: ({ what }) =>
      `this network cannot be judged by its accuracy: ${what}; expected one input and one output, a number for each class`,
    help: () => "score candidates with --evaluator and a program of your own",
  }),
  MCU6023: entry<{ what: string; expected: string; help?: string }>({
    message: ({ what, expected }) => `${what}; expected ${expected}`,
    help: ({ help }) => help,
  }),
  MCU6024: entry<{ index: number; label: number; classes: number }>({
    message: ({ index, label, classes }) =>
      `label ${index} is ${label}; expected 0 to ${classes - 1}, as the network tells ${classes} classes apart`,
  }),
  MCU6025: entry<{ layer: string }>({
    message: ({ layer }) => `layer "${layer}" has sizes and no weights; expected those of a super-network`,
    help: () =>
      'const w = weights("supernet.safetensors", { layout: "pytorch", elastic: true }), then conv2d(x, w.conv("name", …))',
  }),
  MCU6026: entry<{ reason: string }>({
    message: ({ reason }) => `onnxruntime-node could not evaluate a candidate: ${reason}`,
  }),
  MCU6060: entry<{ layer: string; what: string; expected: string }>({
    message: ({ layer, what, expected }) =>
      `"${layer}" cannot be part of one super-network: ${what}; expected ${expected}`,
    help: () =>
      "layers of different kinds need different names; choices that decide a size together can be made one",
  }),
  MCU6061: entry<{ operator: string; layer: string; what: string }>({
    message: ({ operator, layer, what }) =>
      `${operator}() "${layer}" cannot be exported to PyTorch: it ${what}`,
  }),
};

export interface Asked {
  readonly domain: readonly (string | number | boolean)[];
  readonly grid: boolean;
}

const askedText = ({ domain, grid }: Asked): string =>
  `${domain.map((one) => JSON.stringify(one)).join(", ")}${grid ? " (grid)" : ""}`;
