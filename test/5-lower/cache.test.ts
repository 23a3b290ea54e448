/** The memory model on loop nests whose misses are known. Lines have 32 bytes. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Block, Pointer, int, type Expr, type KernelFunction } from "../../compiler/ir/loop.js";
import { accessesOf } from "../../compiler/5-lower/cache/accesses.js";
import { fetchMisses } from "../../compiler/5-lower/cache/instructions.js";
import { DataCache } from "../../compiler/5-lower/cache/misses.js";
import type { Node } from "../../compiler/5-lower/cost/sketch.js";
import { call } from "../../compiler/targets/call.js";
import { load4, max, min } from "../../compiler/targets/cortex-m7.js";

const cacheBytes = 16 << 10;
const [x, y] = [new Pointer("x", "int8", false), new Pointer("y", "int8", true)];
const words = new Pointer("words", "int32", false);

function functionOf(body: (block: Block) => void): KernelFunction {
  const block = new Block();
  body(block);
  return { parameters: [x, y, words], constants: [], body: block.statements, notes: [] };
}

const cacheOf = (bytes: number, penalty: number | undefined = 10): DataCache =>
  new DataCache(cacheBytes, () => ({ bytes, penalty }));

function missesOf(bytes: number, body: (block: Block) => void, array = x): number {
  return (
    cacheOf(bytes)
      .misses(accessesOf(functionOf(body)))
      .get(array) ?? 0
  );
}

/** `times` passes over `count` bytes that are `step` apart. */
function passes(times: number, count: number, step: number): (block: Block) => void {
  return (block) => {
    const sum = block.variable("sum", 0);
    block.for("t", 0, times, 1, (_, outer) =>
      outer.for("i", 0, count, 1, (i, inner) => inner.set(sum, sum.plus(x.at(i.times(step))))),
    );
  };
}

function near(actual: number, expected: number, share = 0.1): void {
  assert.ok(Math.abs(actual - expected) <= share * expected, `${actual} is not about ${expected}`);
}

test("a pass misses once a line, whatever its step below a line", () => {
  near(missesOf(4096, passes(1, 4096, 1)), 128);
  near(missesOf(4096, passes(1, 1024, 4)), 128);
  near(missesOf(1 << 20, passes(1, 1000, 100)), 1000);
});

test("what fits stays, but for what random replacement takes; what does not fit misses every time", () => {
  const [half, many] = [missesOf(8192, passes(10, 8192, 1)), missesOf(65536, passes(4, 65536, 1))];
  assert.ok(half >= 256 && half < 1.5 * 256, String(half));
  near(many, 4 * 2048, 0.05);
});

test("moving a pointer is the same as indexing", () => {
  const moved = missesOf(32768, (block) => {
    const sum = block.variable("sum", 0);
    block.for("t", 0, 3, 1, (_, outer) => {
      const from = outer.point("from", x.plus(0), true);
      outer.for("row", 0, 32, 1, (__, rows) =>
        rows.for("i", 0, 256, 1, (___, inner) => {
          inner.set(sum, sum.plus(call(load4, from.plus(0))));
          inner.advance(from, 4);
        }),
      );
    });
  });
  near(moved, missesOf(32768, passes(3, 8192, 4)), 0.02);
});

test("a pointer that goes on from turn to turn of an outer loop covers all of it", () => {
  const misses = missesOf(32768, (block) => {
    const sum = block.variable("sum", 0);
    const from = block.point("from", x.plus(0), true);
    block.for("row", 0, 32, 1, (_, rows) =>
      rows.for("i", 0, 1024, 1, (__, inner) => {
        inner.set(sum, sum.plus(from.at(0)));
        inner.advance(from, 1);
      }),
    );
  });
  near(misses, 1024);
});

test("overlapping windows share their rows", () => {
  const [height, width] = [40, 128];
  const misses = missesOf(height * width, (block) => {
    const sum = block.variable("sum", 0);
    block.for("oy", 0, height - 2, 1, (oy, rows) =>
      rows.for("ox", 0, width - 2, 1, (ox, columns) =>
        columns.for("ky", 0, 3, 1, (ky, tap) => {
          for (let kx = 0; kx < 3; kx++)
            tap.set(sum, sum.plus(x.at(oy.plus(ky).times(width).plus(ox.plus(kx)))));
        }),
      ),
    );
  });
  near(misses, (height * width) / 32, 0.15);
});

test("stores bring lines in without waiting, and loads behind them find them", () => {
  const code = functionOf((block) => {
    block.for("i", 0, 2048, 1, (i, body) => body.store(y, i, i));
    const sum = block.variable("sum", 0);
    block.for("j", 0, 2048, 1, (j, body) => body.set(sum, sum.plus(y.at(j))));
  });
  const cache = cacheOf(2048);
  near(cache.misses(accessesOf(code)).get(y)!, 64, 0.2);
  // All 64 would be 640 cycles.
  assert.ok(cache.cycles(accessesOf(code)) < 100);
});

test("a table at places that depend on data misses at most once a line while it fits", () => {
  const lookups = (count: number) => (block: Block) => {
    const sum = block.variable("sum", 0);
    block.for("i", 0, count, 1, (_, body) => body.set(sum, sum.plus(words.at(sum.and(255)))));
  };
  const [few, all] = [missesOf(1024, lookups(4), words), missesOf(1024, lookups(4000), words)];
  assert.ok(few > 2 && few <= 4, String(few));
  near(all, 32, 0.2);
});

test("a window at the border reads no row twice", () => {
  const clamped = (value: Expr): Expr => call(min, call(max, value, 0), int(15));
  const misses = missesOf(16 * 64, (block) => {
    const sum = block.variable("sum", 0);
    block.for("oy", 0, 16, 1, (oy, rows) =>
      rows.for("i", 0, 64, 1, (i, body) =>
        body.set(sum, sum.plus(x.at(clamped(oy.minus(1)).times(64).plus(i)))),
      ),
    );
  });
  near(misses, 32, 0.2);
});

test("tightly coupled memory stalls nobody", () => {
  assert.is(
    new DataCache(cacheBytes, () => ({ bytes: 65536, penalty: undefined })).cycles(
      accessesOf(functionOf(passes(4, 65536, 1))),
    ),
    0,
  );
});

test("code is fetched once while its loop fits the cache, else again in every turn", () => {
  const loop = (bytes: number): Node[] => [
    { kind: "loop", turns: 10, body: [{ kind: "fixed", cycles: 1, bytes, takes: 1, reads: [] }] },
  ];
  assert.is(fetchMisses(loop(2048), 4096), 64);
  assert.is(fetchMisses(loop(8192), 4096), 2560);
});

test.run();
