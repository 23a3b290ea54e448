/** Networks that tightly coupled memory cannot hold whole: their scratch is apart there, and they compute the same. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { verifyPlan } from "../../compiler/4-plan/verify.js";
import { lower } from "../../compiler/5-lower/index.js";
import { elements } from "../../compiler/ir/graph.js";
import type { Planned } from "../../compiler/ir/plan.js";
import { parseLimits } from "../../compiler/limits/index.js";
import { checkLimits } from "../../compiler/limits/check-limits.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { Random } from "../kernels/layers.js";
import { cacheBytes, divided, largeNet, ram, stackBytes, withDtcm } from "./two-memories.js";

test("scratch apart is as large as the kernels want or the memory has, and the results are the same", () => {
  let apart = 0;
  for (let seed = 0; seed < 48; seed++) {
    const random = new Random(seed);
    const { net, whole } = largeNet(random);
    assert.is(whole.fast, undefined);
    const room = random.int(8, whole.arena.bytes - stackBytes - 1) & -8;
    const planned = plan(withDtcm(net, room));
    compare(planned, random, `seed ${seed}`);
    if (planned.arena.memory === "DTCM") {
      // Kernels with less scratch make it fit as a whole, and that is better.
      assert.is(planned.fast, undefined);
      assert.ok(planned.arena.bytes <= room + stackBytes, `seed ${seed}`);
      continue;
    }
    assert.is(planned.arena.memory, "RAM");
    const scratch = planned.buffers.filter(({ kind }) => kind === "scratch");
    assert.ok(planned.buffers.every(({ kind, memory }) => kind === "scratch" || memory === "RAM"));
    const inFast = scratch.filter(({ memory }) => memory === "DTCM");
    assert.ok((planned.fast?.bytes ?? 0) <= room);
    assert.is(planned.fast !== undefined, inFast.length > 0);
    for (const { kernel, scratch: id, inPlace } of planned.steps) {
      if (id === undefined) continue;
      const { least, most } = kernel.scratch(inPlace);
      const { bytes, memory } = planned.buffers[id];
      assert.is(memory, least <= room ? "DTCM" : "RAM", `seed ${seed}`);
      if (memory === "DTCM") assert.is(bytes, Math.min(most, room));
      else assert.ok(bytes <= Math.max(least, cacheBytes / 2));
    }
    apart += inFast.length;
  }
  assert.ok(apart > 12, `${apart} scratch buffers apart`);
});

/** Runs the plan and the reference interpreter. */
function compare(planned: Planned, random: Random, what: string): void {
  const input = random.int8(elements(planned.values[0].shape));
  const expected = evaluate(planned, new Map([[0, input]]));
  const { run } = prepare(lower(planned));
  run([input]);
  run([input]).forEach((actual, i) => {
    const { name, value } = planned.outputs[i];
    assert.equal([...actual], [...expected.get(value)!], `${what}, ${name}`);
  });
}

test("one arena where all of it fits tightly coupled memory, or where that is all there is", () => {
  const { net, planned } = divided();
  const all = planned.arena.bytes + planned.fast!.bytes;
  assert.is(plan(withDtcm(net, all)).arena.memory, "DTCM");
  assert.is(plan(withDtcm(net, all)).fast, undefined);
  const alone = plan(withDtcm(net, 64, []));
  assert.equal([alone.arena.memory, alone.fast], ["DTCM", undefined]);
  // The rest has no memory: one arena in the largest, and checkLimits says that it is too small.
  const small = plan(withDtcm(net, 64, [{ ...ram, bytes: 64 }]));
  assert.equal([small.arena.memory, small.fast], ["DTCM", undefined]);
  assert.equal(
    checkLimits(lower(small)).map(({ code }) => code),
    ["MCU2102"],
  );
});

test("limits on sram hold for all arenas together, and for each memory", () => {
  const { net, planned } = divided();
  const total = planned.arena.bytes + planned.fast!.bytes;
  const within = (limits: string) => plan({ ...net, limits: parseLimits(limits) });
  const usage = ({ arena, fast }: Planned) => arena.bytes + (fast?.bytes ?? 0);
  assert.is(usage(within(`sram <= ${total} B`)), total);
  // Less scratch, or none apart: what one arena holds is never more than two.
  for (const bytes of [total - 8, total - 64, planned.arena.bytes + 8])
    assert.ok(usage(within(`sram <= ${bytes} B`)) <= Math.max(bytes, usage(within("sram <= 1 B"))));
  assert.is(within("sram <= 1 B").fast, undefined);
  const least = Math.min(...planned.buffers.flatMap(({ memory, bytes }) => (memory === "DTCM" ? bytes : [])));
  assert.ok((within(`sram(DTCM) <= ${least} B`).fast?.bytes ?? 0) <= least);
  assert.is(within("sram(DTCM) <= 0 B").fast, undefined);
  // Of the memory, the stack takes its part.
  const room = net.board.regions[0].bytes - stackBytes;
  assert.ok((within(`stack <= ${room - 8} B`).fast?.bytes ?? 0) <= 8);

  const lowered = (limits: string) => lower({ ...planned, limits: parseLimits(limits) });
  const { arena, fast } = planned;
  const parts = `sram(RAM) <= ${arena.bytes} B; sram(DTCM) <= ${fast!.bytes} B; sram <= ${total} B`;
  assert.equal(checkLimits(lowered(parts)), []);
  const tight = `sram(RAM) <= ${arena.bytes - 1} B; sram(DTCM) <= ${fast!.bytes - 1} B; sram <= ${total - 1} B`;
  assert.is(checkLimits(lowered(tight)).length, 3);
});

test("the verifier knows every arena", () => {
  const { planned } = divided();
  const victim = planned.buffers.find(({ memory }) => memory === "DTCM")!;
  const moved = (change: object) => ({
    ...planned,
    buffers: planned.buffers.map((one) => (one.id === victim.id ? { ...one, ...change } : one)),
  });
  verifyPlan(planned);
  assert.throws(() => verifyPlan(moved({ offset: planned.fast!.bytes })), /lies outside of the arena/);
  assert.throws(() => verifyPlan(moved({ memory: "SRAM" })), /lies outside of the arena/);
  assert.throws(() => verifyPlan(moved({ offset: 2 })), /is not aligned|lies outside/);
  const beside = planned.buffers.find(
    ({ memory, first, last }) => memory === "RAM" && first <= victim.first && victim.first <= last,
  )!;
  const onto = { memory: "RAM", offset: beside.offset, bytes: 1 };
  assert.throws(() => verifyPlan(moved(onto)), /overlaps|not aligned/);
  const input = planned.buffers.find(({ kind }) => kind === "input")!;
  const buffers = planned.buffers.map((one) =>
    one.id === input.id ? { ...one, memory: "DTCM", offset: 0, bytes: 4 } : one,
  );
  const roomy = { ...planned, buffers, fast: { ...planned.fast!, bytes: 1 << 20 } };
  assert.throws(() => verifyPlan(roomy), /larger than its buffer|not in the main arena/);
  assert.throws(
    () => verifyPlan({ ...planned, fast: { ...planned.fast!, memory: "RAM" } }),
    /two arenas in RAM/,
  );
});

test.run();
