/** The memory that knows who wrote every byte, by hand. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { compileFunction } from "../../compiler/run/javascript-function.js";
import { watchedAccess } from "../../compiler/run/shadow/index.js";
import { ShadowMemory, StrayStore, watchedMemory, type Region } from "../../compiler/run/shadow/memory.js";
import { Block, Pointer } from "../../compiler/ir/loop.js";
import { call } from "../../compiler/targets/call.js";
import * as m7 from "../../compiler/targets/cortex-m7.js";

const common = { step: 0, writable: true, garbage: false };
/** `from` and `to` overlap by two bytes. */
const regions: readonly Region[] = [
  { ...common, name: "from", start: 100, end: 108, owner: 1, writable: false },
  { ...common, name: "to", start: 106, end: 114, owner: 2 },
  { ...common, name: "scratch", start: 120, end: 136, owner: 3, garbage: true },
];
const owners = ["nobody", "from", "to", "scratch"];

const from = new Pointer("from", "int8", false);
const to = new Pointer("to", "int8", true);
const scratch = new Pointer("scratch", "int16", true);

/** Runs a function of `from`, `to` and `scratch` after the caller has written 1 to 8 to `from`. */
function run(write: (block: Block) => void, seed = 1): ShadowMemory {
  const names = { owner: (one: number) => owners[one], step: () => "layer" };
  const memory = new ShadowMemory(256, regions, names, seed);
  memory.give(100, Int8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 1);
  const block = new Block();
  write(block);
  const code = { parameters: [from, to, scratch], constants: [], body: block.statements, notes: [] };
  const start = compileFunction(code, new Map(), watchedMemory(memory), watchedAccess);
  start(...regions.map((_, index) => memory.pointer(index)));
  return memory;
}

test("what was overwritten is not read unnoticed, byte by byte or by words", () => {
  const overwrites = "layer reads byte 6 of from, which to has overwritten in layer";
  const reads: ((block: Block) => void)[] = [
    (block) => block.store(to, 4, from.at(6)),
    (block) => block.do(m7.store4, to.plus(4), call(m7.load4, from.plus(3))),
    (block) => block.do(m7.copy, to.plus(1), from.plus(0), 7),
    (block) => block.scheduled((body) => body.do(m7.store4, to.plus(4), call(m7.load4, from.plus(4)))),
    (block) => {
      const moving = block.point("moving", from.plus(2), true);
      block.advance(moving, 4);
      block.store(to, 7, moving.at(0));
    },
  ];
  for (const read of reads) {
    assert.equal(run(read).faults, []);
    const { faults } = run((block) => {
      block.store(to, 0, 9);
      read(block);
    });
    assert.equal(faults, [overwrites]);
  }
});

test("what lies behind an array, and scratch before it is written, is garbage", () => {
  const write = (block: Block): void => {
    block.do(m7.store4, to.plus(4), call(m7.load4, from.plus(6)));
    block.do(m7.store2, scratch.plus(0), call(m7.load2, scratch.plus(2)));
  };
  const [one, other] = [run(write, 1), run(write, 2)];
  for (const { faults, garbageReads } of [one, other]) {
    assert.equal(faults, []);
    const counts = garbageReads.map(({ region, ...rest }) => ({ name: region.name, ...rest }));
    assert.equal(counts, [
      { name: "from", outside: 2, farthest: 2, unwritten: 0 },
      { name: "scratch", outside: 0, farthest: 0, unwritten: 4 },
    ]);
  }
  assert.equal([...one.bytes.subarray(110, 112)], [7, 8]);
  assert.not.equal([...one.bytes.subarray(112, 114)], [...other.bytes.subarray(112, 114)]);
});

test("stores stay within what is the pointer's own", () => {
  const stores: [(block: Block) => void, RegExp][] = [
    [(block) => block.store(to, 8, 1), /writes 1 bytes to byte 8 of to, which has 8/],
    [(block) => block.store(to, -1, 1), /writes 1 bytes to byte -1 of to/],
    [(block) => block.do(m7.store4, to.plus(5), 1), /writes 4 bytes to byte 5 of to/],
    [(block) => block.do(m7.fill16, scratch.plus(6), 0, 3), /writes 2 bytes to byte 16 of scratch/],
    [(block) => block.do(m7.fill, to.plus(0), 0, 9), /byte 8 of to/],
    [(block) => block.store(from, 0, 1), /what it must only read: byte 0 of from/],
  ];
  for (const [store, message] of stores) {
    assert.throws(
      () => run(store),
      (error: unknown) => error instanceof StrayStore && message.test(error.message),
    );
  }
});

test("a result is complete", () => {
  const memory = run((block) => block.do(m7.fill, to.plus(0), 5, 7));
  const result = memory.take({ step: -1, name: "output", start: 106, end: 114, owner: 2 });
  assert.equal([...result.subarray(0, 7)], Array(7).fill(5));
  assert.equal(memory.faults, ["layer reads byte 7 of output, which nothing has written"]);
});

test.run();
