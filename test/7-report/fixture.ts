/** A small network as 5-lower would leave it, made by hand: stem (conv2d) -> spread (depthwise) -> join (add) -> head (dense). */

import type { Span } from "../../dsl/graph.js";
import { bytes, type Operation, type Value } from "../../compiler/ir/graph.js";
import type { Lowered, LoweredStep } from "../../compiler/ir/lowered.js";
import type { Buffer, Step, StepKernel } from "../../compiler/ir/plan.js";
import { loadBoard, parseLimits } from "../../compiler/limits/index.js";
import type { OperatorKind } from "../../compiler/ops/index.js";

export const fixtureText = `import { network } from "tsc-mcu";

export default network("tiny", { board, limits: \`@limits@\` }, () => {
  const image = input("image", [16, 16, 3]);
  const stem = conv2d(image, { filters: 8, kernel: 3 });
  const spread = depthwiseConv2d(stem, { kernel: 3 });
  const join = add(stem, spread);
  return dense(flatten(join), { units: 10 });
});
`;

export interface FixtureOptions {
  readonly limits?: string;
  readonly board?: string;
  /** Where the model file is said to be; `text` is its content. */
  readonly file?: string;
  readonly change?: (net: Lowered) => Partial<Lowered>;
}

/** The text of the model file with these limits in it. */
export const modelText = (limits: string): string => fixtureText.replace("@limits@", () => limits);

export function fixture({
  limits = "sram <= 32 KiB",
  board = "stm32f746g-disco",
  file = "model/net.ts",
  change,
}: FixtureOptions = {}): Lowered {
  const text = modelText(limits);
  const span = (part: string): Span => ({
    file,
    start: text.indexOf(part),
    end: text.indexOf(part) + part.length,
  });
  const site = (part: string) => ({ at: span(part), attributes: {} });
  const quantization = { scale: 0.5, zeroPoint: -3 };
  const value = (name: string, shape: number[], part?: string): Value => ({
    name,
    shape,
    dtype: "int8",
    quantization,
    site: part === undefined ? undefined : site(part),
  });
  const values = [
    value("image", [16, 16, 3], 'input("image", [16, 16, 3])'),
    value("stem", [16, 16, 8]),
    value("spread", [16, 16, 8]),
    value("join", [16, 16, 8]),
    value("flatten", [2048]),
    { ...value("head", [10]), quantization: { scale: 1 / 256, zeroPoint: -128 } },
  ];
  const operation = (
    kind: OperatorKind,
    name: string,
    inputs: number[],
    output: number,
    part: string,
  ): Operation => ({ kind, name, inputs, output, attributes: {}, site: site(part) }) as unknown as Operation;
  const operations = [
    {
      ...operation("conv2d", "stem", [0], 1, "conv2d(image, { filters: 8, kernel: 3 })"),
      from: [
        { name: "stem", kind: "conv2d" },
        { name: "stem_bn", kind: "batchNorm" },
      ],
    },
    operation("depthwiseConv2d", "spread", [1], 2, "depthwiseConv2d(stem, { kernel: 3 })"),
    operation("add", "join", [1, 2], 3, "add(stem, spread)"),
    operation("dense", "head", [4], 5, "dense(flatten(join), { units: 10 })"),
  ];
  const steps: Step[] = operations.map((one, i) => ({
    operations: [one],
    kernel: { name: `${one.kind} plain` } as StepKernel,
    inputs: one.inputs,
    outputs: [one.output],
    state: [],
    scratch: i === 1 ? 4 : undefined,
    inPlace: one.name === "join",
  }));
  // join is in place in spread's buffer, flatten a view of it.
  const buffer = (
    id: number,
    name: string,
    bytes: number,
    first: number,
    last: number,
    offset: number,
    kind: Buffer["kind"],
  ): Buffer => ({
    ...{ id, name, bytes, first, last, offset, kind },
    align: 4,
    memory: "DTCM",
  });
  const buffers = [
    buffer(0, "image", bytes(values[0]), 0, 0, 2048, "input"),
    buffer(1, "stem", bytes(values[1]), 0, 2, 0, "activation"),
    buffer(2, "spread", bytes(values[2]), 1, 3, 2048, "activation"),
    buffer(3, "head", 10, 3, 3, 0, "output"),
    buffer(4, "spread scratch", 256, 1, 1, 4096, "scratch"),
  ];
  const storage = new Map([0, 1, 2, 2, 2, 3].map((id, value) => [value, { buffer: id, offset: 0 }]));
  const lowered = steps.map((step, i): LoweredStep => ({
    step,
    name: operations[i].name,
    code: { parameters: [], constants: [], body: [], notes: [] },
    places: [],
    macs: [55296, 18432, 0, 20480][i],
    cycles: [60000, 40000, 12000, 15000][i],
    coreCycles: [50000, 38000, 12000, 10000][i],
    stackBytes: 320,
    constantBytes: [248, 104, 0, 20520][i],
    codeBytes: [900, 700, 200, 300][i],
    liveBytes: [2816, 4352, 4096, 2058][i],
    scratchBytes: i === 1 ? 256 : 0,
  }));
  const loaded = loadBoard(board, { relativeTo: file });
  const start = text.indexOf(limits);
  const net: Lowered = {
    name: "tiny",
    state: [],
    values,
    operations,
    inputs: [0],
    outputs: [{ name: "scores", value: 5 }],
    board: loaded,
    limits: parseLimits(limits, { file, start, end: start + limits.length }),
    nominal: false,
    steps,
    buffers,
    storage,
    biased: new Set(),
    arena: { bytes: 4352, lowerBound: 4352, peakStep: 1, memory: "DTCM", align: 8 },
    lowered,
    totals: {
      macs: 94208,
      cycles: 127000,
      coreCycles: 110000,
      seconds: 127000 / loaded.clockHz,
      constantBytes: 20872,
      codeBytes: 2100,
      stackBytes: 320,
    },
  };
  return { ...net, ...change?.(net) };
}
