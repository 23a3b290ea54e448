/** The fixture as it may be once it streams: stem, spread and join are one step that eats the image; the scratch has parts. */

import type { ScratchPart } from "../../compiler/ir/loop.js";
import type { Lowered, LoweredStep } from "../../compiler/ir/lowered.js";
import type { Buffer } from "../../compiler/ir/plan.js";
import { fixture, type FixtureOptions } from "./fixture.js";

export const parts: readonly ScratchPart[] = [
  { name: "stem", kind: "ring", offset: 0, bytes: 384, rows: 3 },
  { name: "spread", kind: "lines", offset: 384, bytes: 192, rows: 2 },
  { name: "spread", kind: "rows", offset: 576, bytes: 128, rows: 1 },
  { name: "join", kind: "work", offset: 704, bytes: 64 },
];

/** The result (2048 bytes from 0) reaches 640 bytes into the image (768 bytes from 1408). */
export function streamed(options: FixtureOptions = {}): Lowered {
  return fixture({
    ...options,
    change: (net) => ({ ...stream(net), ...options.change?.({ ...net, ...stream(net) }) }),
  });
}

function stream(net: Lowered): Partial<Lowered> {
  const [stem, spread, join, head] = net.lowered;
  const operations = [stem, spread, join].flatMap(({ step }) => step.operations);
  const first: LoweredStep = {
    ...join,
    step: { ...join.step, operations, inputs: [0], outputs: [3], scratch: 2, inPlace: false },
    name: "stem_to_join",
    code: { ...join.code, parts },
    cycles: stem.cycles + spread.cycles + join.cycles,
    scratchBytes: 768,
  };
  const buffer = (id: number, old: number, change: Partial<Buffer>): Buffer => ({
    ...net.buffers[old],
    id,
    ...change,
  });
  const buffers = [
    buffer(0, 0, { offset: 1408 }),
    buffer(1, 1, { name: "join", offset: 0, first: 0, last: 1 }),
    buffer(2, 4, { name: "stem_to_join scratch", bytes: 768, offset: 2176, first: 0, last: 0 }),
    buffer(3, 3, { offset: 2048, first: 1, last: 1 }),
  ];
  const lowered = [first, head];
  return {
    lowered,
    buffers,
    steps: lowered.map(({ step }) => step),
    storage: new Map([0, 3, 4, 5].map((value, i) => [value, { buffer: [0, 1, 1, 3][i], offset: 0 }])),
    arena: { ...net.arena, bytes: 2944, lowerBound: 2816, peakStep: 0 },
  };
}
