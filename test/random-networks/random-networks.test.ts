/** The short form of `npm run random-networks`: reference semantics, loop IR on the host and native C give the same bytes. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasNativeCompiler } from "../../compiler/run/native.js";
import { compareNetworks } from "../../scripts/random-networks/comparison.js";

const seed = 2026;
const count = 320;
/** Most are of all operators; those that can run row by row are in streams.test.ts. */
const streams = 0.05;
/** Every operator occurs in at least so many of them. */
const leastOften = 3;

/** Recorded by the DSL's functions under another name, or no operators of int8 networks. */
const elsewhere = new Set(["globalAveragePool", "stack", "unstack", "stridedSlice"]);

test(`${count} random networks`, async () => {
  const result = await compareNetworks({ seed, count, streams, native: hasNativeCompiler() });
  assert.equal(
    result.faults,
    [],
    `to repeat one: npm run random-networks -- --seed ${seed} --streams ${streams} --first <index> --count 1`,
  );
  assert.equal(result.rejected, []);
  assert.is(result.compared, count);
  const { moves } = await import("../../scripts/random-networks/network.js");
  const rare = Object.keys(moves).filter(
    (name) => !elsewhere.has(name) && !(result.operators[name] >= leastOften),
  );
  assert.equal(rare, []);
});

test("every operator of int8 networks is drawn", async () => {
  const { operators } = await import("../../compiler/ops/index.js");
  const { moves } = await import("../../scripts/random-networks/network.js");
  const atEdges = ["dequantize", "argMax", "argMin", "batchToSpace"];
  const floatOnly = ["batchNorm"];
  const drawn = new Set([...Object.keys(moves), ...atEdges, ...floatOnly]);
  assert.equal(
    Object.keys(operators).filter((name) => !drawn.has(name)),
    [],
  );
});

test.run();
