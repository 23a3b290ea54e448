/** Placements of random buffers, some of which may lie over others: valid, and as small as exhaustive search makes them. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { lowerBound } from "../../compiler/4-plan/bound.js";
import type { Overlap } from "../../compiler/4-plan/conflicts.js";
import { placeBuffers } from "../../compiler/4-plan/placement.js";
import type { UnplacedBuffer } from "../../compiler/4-plan/storage.js";
import { Random } from "../kernels/layers.js";

interface Problem {
  readonly buffers: UnplacedBuffer[];
  readonly overlaps: Overlap[];
  readonly steps: number;
}

function buffer(id: number, bytes: number, first: number, last: number, align = 4): UnplacedBuffer {
  return { id, name: `b${id}`, bytes, align, first, last, kind: "activation" };
}

/** Layer after layer, each with scratch; most results may reach into their inputs, and some tensors live on. */
function chain(random: Random, steps: number, most: number, residuals = 0): Problem {
  const buffers = [buffer(0, random.int(1, most), 0, 0)];
  const overlaps: Overlap[] = [];
  let input = 0;
  for (let step = 0; step < steps; step++) {
    const output = buffers.length;
    buffers.push(buffer(output, random.int(1, most), step, Math.min(step + 1, steps - 1)));
    if (random.next() < 0.8) buffers.push(buffer(buffers.length, random.int(1, most >> 2), step, step));
    const { bytes } = buffers[input];
    if (random.next() < residuals) {
      const last = Math.min(steps - 1, step + random.int(1, 5));
      buffers[input] = { ...buffers[input], last };
    } else if (random.next() < 0.7) {
      const reach = random.pick([0, -random.int(1, most >> 2), -random.int(1, most), random.int(0, bytes)]);
      const end = random.next() < 0.8 ? bytes : random.int(1, bytes);
      overlaps.push({ step, input, output, most: reach, end });
    }
    input = output;
  }
  return { buffers, overlaps, steps };
}

/** Buffers with any lifetimes; where one ends as another begins, that one may lie over it. */
function jumble(random: Random, count: number, steps: number, most: number): Problem {
  const buffers = Array.from({ length: count }, (_, id) => {
    const first = random.int(0, steps - 1);
    const align = random.next() < 0.1 ? 8 : 4;
    return buffer(id, random.int(1, most), first, random.int(first, steps - 1), align);
  });
  const overlaps = buffers.flatMap((output) =>
    buffers.flatMap((input): Overlap[] => {
      const isPair = input.last === output.first && input.first < input.last && output.id > input.id;
      if (!isPair || output.last === output.first || random.next() < 0.3) return [];
      const reach = random.int(-most, most >> 1);
      return [{ step: output.first, input: input.id, output: output.id, most: reach, end: input.bytes }];
    }),
  );
  return { buffers, overlaps, steps };
}

/** Whether two placed buffers keep apart as they must, by the definition of overlaps. */
function areApart({ overlaps }: Problem, a: UnplacedBuffer, b: UnplacedBuffer, at: number, bt: number) {
  if (a.first > b.last || b.first > a.last) return true;
  if (at + a.bytes <= bt || bt + b.bytes <= at) return true;
  const isPair = ({ input, output }: Overlap) =>
    (input === a.id && output === b.id) || (input === b.id && output === a.id);
  const pair = overlaps.find(isPair);
  if (!pair) return false;
  const distance = pair.output === a.id ? at - bt : bt - at;
  return distance <= pair.most || distance >= pair.end;
}

function check(problem: Problem, what: string) {
  const { buffers, overlaps, steps } = problem;
  const placement = placeBuffers(buffers, overlaps);
  const { offsets, bytes, bound } = placement;
  buffers.forEach((a, i) => {
    assert.is(offsets[i] % a.align, 0, what);
    assert.ok(offsets[i] >= 0 && offsets[i] + a.bytes <= bytes, what);
    buffers.slice(0, i).forEach((b, j) => {
      assert.ok(areApart(problem, a, b, offsets[i], offsets[j]), `${what}: ${a.name} and ${b.name}`);
    });
  });
  assert.ok(bound <= roundUp(bytes, 8), what);
  assert.ok(lowerBound(buffers, steps, overlaps) <= roundUp(bytes, 8), what);
  return placement;
}

const roundUp = (bytes: number, align: number): number => Math.ceil(bytes / align) * align;

/** The least bytes of all placements of fewer than `atMost`; undefined: there is none. */
function exhaustive(problem: Problem, atMost: number): number | undefined {
  const { buffers } = problem;
  const offsets: number[] = [];
  let least: number | undefined;
  const place = (i: number, end: number) => {
    if (i === buffers.length) {
      least = end;
      return;
    }
    const { bytes, align } = buffers[i];
    for (let at = 0; at + bytes < (least ?? atMost); at += align) {
      const isFree = buffers.slice(0, i).every((b, j) => areApart(problem, buffers[i], b, at, offsets[j]));
      if (!isFree) continue;
      offsets[i] = at;
      place(i + 1, Math.max(end, at + bytes));
    }
  };
  place(0, 0);
  return least;
}

test("small problems: no placement is smaller, and the bound is the least size", () => {
  for (let seed = 0; seed < 150; seed++) {
    const random = new Random(seed);
    const problem = seed % 2 === 0 ? chain(random, random.int(1, 3), 24) : jumble(random, 6, 4, 24);
    const { bytes, bound } = check(problem, `seed ${seed}`);
    assert.is(exhaustive(problem, roundUp(bytes, 4) - 3), undefined, `seed ${seed}`);
    assert.is(roundUp(bound, 4), roundUp(bytes, 4), `seed ${seed}`);
  }
});

test("chains of segments are within a twentieth of what is needed", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(1000 + seed);
    const residuals = random.pick([0, 0.2, 0.4]);
    const { bytes, bound } = check(chain(random, random.int(5, 60), 80000, residuals), `seed ${seed}`);
    assert.ok(bytes <= 1.05 * bound, `seed ${seed}: ${bytes} of ${bound}`);
  }
});

test("many buffers at once: placements are valid, and bounded", () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = new Random(2000 + seed);
    const { bytes, bound } = check(jumble(random, random.int(10, 40), 12, 500), `seed ${seed}`);
    assert.ok(bytes <= 1.3 * bound, `seed ${seed}: ${bytes} of ${bound}`);
  }
});

test("a result over its input takes what sticks out", () => {
  const needs = (most: number | undefined, input = 100, output = 60) => {
    const buffers = [buffer(0, input, 0, 0), buffer(1, output, 0, 1), buffer(2, 8, 0, 0)];
    const overlaps = most === undefined ? [] : [{ step: 0, input: 0, output: 1, most: most, end: input }];
    const { bytes, bound } = check({ buffers, overlaps, steps: 2 }, `most ${most}`);
    assert.is(bytes, bound);
    return bytes;
  };
  assert.is(needs(undefined), 168);
  assert.is(needs(0), 108);
  assert.is(needs(40), 108);
  assert.is(needs(-20), 128);
  // All offsets are multiples of 4.
  assert.is(needs(-21), 132);
  assert.is(needs(-1000), 168);
  assert.is(needs(0, 60, 100), 108);
  assert.is(needs(-52, 60, 100), 60 + 52 + 8);
});

test.run();
