/** The model of the pipeline against published measurements, and schedules against what is known to be possible. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Block } from "../../../compiler/ir/loop.js";
import type { Timing } from "../../../compiler/ir/assembly.js";
import type { Operation, Register } from "../../../compiler/5-lower/machine/operation.js";
import { Pipeline } from "../../../compiler/5-lower/machine/pipeline.js";
import { Kind, Trait, paths, type Path } from "../../../compiler/5-lower/machine/pipes.js";
import { added, depthwise, halfUnpacked, requantized } from "./blocks.js";
import { assembliesOf, programOf, y } from "./program.js";

const registers: Register[] = Array.from({ length: 16 }, (_, index) => ({ index, name: `r${index}` }));
const logical: Path = { ...paths.alu, traits: 0 };
const nop: Path = { uses: [], kind: Kind.ready, traits: 0 };

/** The result, then the sources, by number; an address is the base's register and an offset. */
function op(path: Path, result: number | undefined, sources: readonly number[], offset?: number): Operation {
  const isLoad = (path.traits & Trait.load) !== 0;
  const base = registers[sources[isLoad ? 0 : 1]];
  const access = {
    kind: isLoad ? "load" : "store",
    base,
    offset: offset ?? 0,
    bytes: 4,
    aliases: 0,
  } as const;
  return {
    text: "",
    result: result === undefined ? undefined : registers[result],
    sources: sources.map((one) => registers[one]),
    uses: path.uses.slice(0, sources.length),
    kind: path.kind,
    traits: path.traits,
    ...(path.traits & (Trait.load | Trait.store) ? { access } : {}),
  };
}

const eor = (d: number, a: number, b: number) => op(logical, d, [a, b]);
const add = (d: number, a: number, b: number) => op(paths.alu, d, [a, b]);
const addShifted = (d: number, a: number, b: number) => op(paths["alu-shifted"], d, [a, b]);
const lsl = (d: number, a: number) => op(paths.shift, d, [a]);
const mul = (d: number, a: number, b: number) => op(paths.multiply, d, [a, b]);
const mla = (d: number, a: number, b: number, c: number) => op(paths["multiply-accumulate"], d, [a, b, c]);
const sxtb16 = (d: number, a: number) => op(paths.extend, d, [a]);
const ldr = (d: number, offset = 0) => op(paths["load-word"], d, [9], offset);
const ldrb = (d: number) => op(paths["load-part"], d, [9]);
const ldrIndex = (d: number, index: number) => {
  const operation = op(paths["load-word"], d, [9, index]);
  return { ...operation, access: { ...operation.access!, offset: undefined } };
};
const str = (s: number, offset = 0) => op(paths.store, undefined, [s, 10], offset);
const idle = op(nop, undefined, []);

/**
 * Cycles per copy: quinapalus.com (Cortex-M7 cycle counts, STM32H730), jnk0le (pipeline cycle test, STM32H743) and others,
 * as measured on silicon.
 */
const published: readonly [string, number, readonly Operation[]][] = [
  ["independent eor", 1, [eor(0, 0, 1), eor(2, 2, 3)]],
  ["mul, throughput", 1, [mul(0, 1, 2)]],
  ["mul chain", 2, [mul(0, 0, 1)]],
  ["mla chain by the addend", 1, [mla(0, 1, 2, 0)]],
  ["mul and alu", 1, [mul(0, 1, 2), eor(4, 5, 6)]],
  ["mul and mul", 2, [mul(0, 1, 2), mul(3, 1, 2)]],
  ["ldr", 1, [ldr(0)]],
  ["ldr and ldr, same word", 2, [ldr(0), ldr(1)]],
  ["ldr and ldr, other bank", 1, [ldr(0), ldr(1, 4)]],
  ["ldr and mla", 1, [ldr(0), mla(1, 2, 3, 4)]],
  ["ldr to index", 3, [ldrIndex(0, 0)]],
  ["add and dependent add: early and late ALU", 1, [add(1, 0, 3), add(1, 1, 2)]],
  ["smlad operand chain", 2, [mla(0, 0, 2, 3)]],
  ["smlad and sxtb16 in the older slot", 1, [sxtb16(0, 1), mla(2, 3, 4, 2)]],
  ["two extensions", 2, [sxtb16(0, 1), sxtb16(2, 3)]],
  ["extension and add", 1, [sxtb16(0, 1), add(2, 3, 4)]],
  ["two shifted operands", 2, [addShifted(0, 1, 2), addShifted(3, 4, 5)]],
  ["two plain shifts", 1, [lsl(0, 1), lsl(2, 3)]],
  ["chain by the shifted operand", 2, [addShifted(0, 1, 0)]],
  ["chain by the other operand", 1, [addShifted(0, 0, 1)]],
  ["ldr to late ALU", 1, [ldr(0), eor(2, 0, 3)]],
  ["ldrb to late ALU", 2, [ldrb(0), eor(2, 0, 3)]],
  ["ldr to mul", 2, [ldr(0), mul(2, 0, 3)]],
  ["ldr and str of the word", 1, [ldr(0), str(0)]],
  ["str and str", 2, [str(0), str(1, 4)]],
  ["mul and str", 2, [mul(0, 1, 2), str(3)]],
  ["add to index", 2, [add(0, 0, 2), idle, ldrIndex(4, 0), idle]],
  ["extension to index", 3, [sxtb16(0, 2), idle, ldrIndex(4, 0), idle]],
  ["late ALU to addend", 1, [eor(0, 1, 2), mla(3, 4, 5, 0)]],
  ["ldrb to addend", 2, [ldrb(0), idle, mla(2, 3, 4, 0), idle]],
];

for (const [name, cycles, code] of published) {
  test(`published: ${name}`, () => {
    const run = (copies: number): number => {
      const pipeline = new Pipeline(registers.length);
      for (let i = 0; i < copies; i++) code.forEach((one) => pipeline.issue(one));
      return pipeline.cycles;
    };
    assert.is((run(14) - run(4)) / 10, cycles);
  });
}

const schedule = (write: (block: Block) => void) => assembliesOf(programOf(write).code.body)[0];

function turn(timing: readonly Timing[]): number {
  const loop = timing.find((one) => one.kind === "loop");
  if (loop?.kind !== "loop") throw new Error("no loop");
  return loop.body.reduce((sum, one) => sum + (one.kind === "straight" ? one.cycles : 0), 0);
}

test("the half-unpacked dot product takes 12 cycles for 12 SMLAD", () => {
  const cycles = (steps: number) => turn(schedule((block) => halfUnpacked(block, steps, 2)).timing);
  assert.is(cycles(4), 4 * 12 + 1, "and one for the branch");
  assert.is(cycles(9) - cycles(4), 5 * 12);
});

test("schedules are near the bounds of the pipeline", () => {
  const straight = (write: (block: Block) => void): number => {
    const [only] = schedule(write).timing;
    return only.kind === "straight" ? only.cycles : NaN;
  };
  assert.ok(straight(requantized) <= 24, "42 operations, six results");
  assert.ok(straight(depthwise) <= 36, "24 products, four results");
  assert.ok(turn(schedule((block) => added(block, 8)).timing) <= 28, "52 operations");
});

test("a use of the counter, and of what is no instruction, is refused", () => {
  const refused = (write: (body: Block) => void) =>
    assert.throws(() => programOf((block) => block.scheduled(write)), /not in scheduled code/);
  refused((body) => body.for("i", 0, 4, 1, (i, inner) => inner.store(y, 0, i.times(2))));
  refused((body) => body.store(y, 0, body.let("a", 7).dividedBy(3)));
});

test.run();
