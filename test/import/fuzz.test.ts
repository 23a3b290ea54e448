/** Whatever the bytes, importing ends soon, with a network or with diagnostics. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { buildNet } from "../../compiler/import/graph.js";
import { readModel } from "../../compiler/import/model.js";
import { bytesOf } from "./models.js";

const models = [
  "models/kws_ref_model",
  "models/micro_speech_quantized",
  "conformance/resnet_block_downsample",
  "conformance/mean_nchw_last_two",
  "conformance/fc_mlp_pertensor_softmax",
];

const roundsPerModel = 400;

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48271) % 0x7fffffff) % below;
}

/** Numbers that break careless readers. */
const awkward = [0, 1, 4, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

/** Flips bits, cuts, overwrites fields and copies parts of the file over others. */
function mutate(bytes: Uint8Array, next: (below: number) => number): Uint8Array {
  const changed = bytes.slice(0, next(8) === 0 ? next(bytes.length) : bytes.length);
  const view = new DataView(changed.buffer);
  // The graph lies at the start or the end of these files, the weights in between: most changes go to the edges.
  const spot = (room: number): number => {
    const span = Math.max(1, changed.length - room);
    return [next(span), next(Math.min(span, 4000)), span - 1 - next(Math.min(span, 4000))][next(3)];
  };
  if (changed.length < 16) return changed;
  for (let count = next(3); count >= 0; count--) {
    const kind = next(4);
    if (kind === 0) changed[spot(1)] ^= 1 << next(8);
    if (kind === 1) view.setUint32(spot(4) & ~3, awkward[next(awkward.length)], true);
    if (kind === 2) view.setUint16(spot(2) & ~1, awkward[next(awkward.length)], true);
    if (kind === 3) {
      const from = spot(8) & ~3;
      changed.copyWithin(spot(8) & ~3, from, from + next(32));
    }
  }
  // Nearly all keep the identifier: nothing is read without it.
  if (next(16) !== 0) changed.set(bytes.subarray(4, 8), 4);
  return changed;
}

for (const model of models) {
  test(`${roundsPerModel} mutations of ${model}`, () => {
    const original = bytesOf(model);
    const next = random(original.length);
    const codes = new Map<string, number>();
    let slowest = 0;
    for (let round = 0; round < roundsPerModel; round++) {
      const bytes = mutate(original, next);
      const start = performance.now();
      try {
        buildNet(readModel(bytes, "model.tflite"));
        codes.set("imported", (codes.get("imported") ?? 0) + 1);
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
        const [{ code, place }] = error.diagnostics;
        assert.ok(place, code);
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    assert.ok(slowest < 1000, `one took ${slowest} ms`);
    // Both outcomes occur, or the mutations test nothing.
    assert.ok(codes.size > 2 && codes.has("MCU3031"), [...codes.keys()].join());
    if (process.env.FUZZ_SHOW) console.log(codes, slowest);
  });
}

test("random bytes behind a right identifier", () => {
  const next = random(99);
  for (let round = 0; round < 300; round++) {
    const bytes = Uint8Array.from({ length: 8 + next(2000) }, () => next(256) & [255, 15, 3][round % 3]);
    bytes.set([16, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33]);
    try {
      buildNet(readModel(bytes, "model.tflite"));
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
    }
  }
});

/** Little-endian 32-bit words after the identifier; the caller lays out the tables. */
function words(list: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 + 4 * list.length);
  bytes.set([0, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33]);
  const view = new DataView(bytes.buffer);
  list.forEach((word, index) => view.setUint32(8 + 4 * index, word >>> 0, true));
  return bytes;
}

test("a vector that is referred to again and again is not read again and again", () => {
  // The root's field 1 is a vector of n references to one operator code table whose name is a string as long as allowed.
  const n = 4000;
  const list: number[] = [];
  const at = (index: number): number => 8 + 4 * index;
  list.push(0x000c0008, 0x00040000, 0x00000000); // vtable of the root: 12 bytes; field 0 absent, field 1 at 4
  list[0] = 12 | (8 << 16);
  list[1] = 0 | (4 << 16);
  const root = list.length;
  list.push(at(root) - at(0), 0); // the offset to its vtable; field 1, set below
  const codeVtable = list.length;
  list.push(8 | (8 << 16), 0 | (4 << 16)); // field 1, the custom code, at 4
  const code = list.length;
  list.push(at(code) - at(codeVtable), 0);
  const name = list.length;
  list.push(4096, ...Array.from({ length: 1024 }, () => 0x61616161));
  list[code + 1] = at(name) - at(code + 1);
  const vector = list.length;
  list[root + 1] = at(vector) - at(root + 1);
  list.push(n);
  for (let index = 0; index < n; index++) list.push(at(code) - at(vector + 1 + index));
  const bytes = words(list);
  new DataView(bytes.buffer).setUint32(0, at(root), true);
  const start = performance.now();
  try {
    readModel(bytes, "model.tflite");
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Rejected);
  }
  assert.ok(performance.now() - start < 500);
});

test.run();
