/** Where products put their results: rows of int8, biased rows, channel lines of int16. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { assembleFunction } from "../../compiler/5-lower/machine/index.js";
import { layerOf } from "../../compiler/4-plan/units.js";
import { Block, Pointer, elementBytes, type KernelFunction } from "../../compiler/ir/loop.js";
import type { Destination } from "../../compiler/kernels/destination.js";
import { DIRECT_FILTERS, directProduct } from "../../compiler/kernels/product/direct.js";
import { plainOrder, productOf } from "../../compiler/kernels/product/layer.js";
import { rawProduct, wideProduct } from "../../compiler/kernels/product/product.js";
import { biasRows, widenRows } from "../../compiler/kernels/product/widen.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { compileFunction } from "../../compiler/run/javascript.js";
import { layerNet, quantization, Random, weights } from "./layers.js";

const activations = ["linear", "relu"] as const;

/** Runs a function whose parameters are of `sizes` bytes; constants lie behind them. */
function run(code: KernelFunction, input: Int8Array, sizes: readonly number[]): readonly Int8Array[] {
  const align = (at: number) => (at + 7) & ~7;
  const places: number[] = [];
  let end = 0;
  for (const size of sizes) {
    places.push(end);
    end = align(end + size) + 8;
  }
  const constants = new Map<string, number>();
  for (const { name, element, data } of code.constants) {
    constants.set(name, end);
    end = align(end + elementBytes[element] * data.length);
  }
  const buffer = new ArrayBuffer(align(end + 8));
  const memory = { int8: new Int8Array(buffer).fill(0x55), view: new DataView(buffer) };
  memory.int8.set(input, places[0]);
  for (const { name, data } of code.constants) memory.int8.set(Int8Array.from(data), constants.get(name)!);
  compileFunction(code, constants, memory)(...places);
  places.forEach((at, i) =>
    assert.equal([...memory.int8.slice(at + sizes[i], at + sizes[i] + 4)], [0x55, 0x55, 0x55, 0x55]),
  );
  return places.map((at, i) => memory.int8.slice(at, at + sizes[i]));
}

function randomLayer(random: Random) {
  const [depth, filters, pixels] = [4 * random.int(1, 14), 4 * random.int(1, 5), random.int(1, 11)];
  const constant = weights(random, [filters, 1, 1, depth], filters, false);
  const net = layerNet(
    "conv2d",
    {
      ...{ kernel: [1, 1], stride: [1, 1], dilation: [1, 1] },
      padding: { top: 0, bottom: 0, left: 0, right: 0 },
      activation: random.pick(activations),
      weights: {
        ...constant,
        data: Int8Array.from(constant.data as Int8Array, (one) => Math.max(-127, one)),
      },
    },
    [{ shape: [1, pixels, depth], quantization: quantization(random) }],
    { shape: [1, pixels, filters], quantization: quantization(random, random.pick([0.1, 1])) },
  );
  const input = random.int8(pixels * depth);
  const expected = evaluate(net, new Map([[0, input]])).get(1)! as Int8Array;
  return { depth, filters, pixels, input, expected, layer: layerOf(net, net.operations[0]) };
}

const roles = ["weights raw", "weights wide", "direct"] as const;

test("int8, biased int8, and lines of int16, by all products", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = new Random(seed);
    const { depth, filters, pixels, input, expected, layer } = randomLayer(random);
    const line = (pixels + 3) & ~1;
    for (const role of roles) {
      const weights = role === "weights wide" ? role : "weights raw";
      const options = { straight: 8, widths: role === "direct" ? ([DIRECT_FILTERS] as const) : undefined };
      const product = productOf(layer as never, weights, "plain", plainOrder(depth), options)!;
      for (const kind of ["plain", "biased", "lines"] as const) {
        const lines = kind === "lines";
        const element = lines ? "int16" : "int8";
        const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", element, true)];
        const scratch = new Pointer("scratch", role === "weights raw" ? "int16" : "int8", true);
        const [pixel, channel] = lines ? [1, line] : [filters, 1];
        const destination: Destination = { pointer: y, pixel, channel, biased: kind === "biased" };
        const block = new Block();
        const rows = { rows: pixels, values: depth, from: depth, to: depth };
        if (role === "direct") {
          directProduct(block, product, { pointer: x, pixel: depth }, pixels, destination);
        } else if (role === "weights raw") {
          widenRows(block, x, scratch, rows);
          wideProduct(block, product, { pointer: scratch, pixel: depth, row: 0 }, pixels, destination);
        } else {
          biasRows(block, x, scratch, rows);
          rawProduct(block, product, { pointer: scratch, pixel: depth }, pixels, destination);
        }
        const plain: KernelFunction = {
          parameters: [x, y, scratch],
          constants: product.panels.constants,
          body: block.statements,
          notes: [],
        };
        const outBytes = lines ? 2 * line * filters : pixels * filters;
        const code = assembleFunction(plain, false);
        const [, out] = run(code, input, [pixels * depth, outBytes, 2 * pixels * depth]);
        const halves = new DataView(out.buffer);
        const what = `seed ${seed}, ${role}, ${kind}`;
        for (let p = 0; p < pixels; p++) {
          for (let c = 0; c < filters; c++) {
            const value = lines ? halves.getInt16(2 * (c * line + p), true) : out[p * filters + c];
            const bias = kind === "biased" && c % 2 === 0 ? -128 : 0;
            assert.is(value, expected[p * filters + c] ^ bias, `${what}, pixel ${p}, channel ${c}`);
          }
        }
      }
    }
  }
});

test.run();
