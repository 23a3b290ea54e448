/** Operators that move elements: reference semantics and kernel against where each element should come from, index by index. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { elements, type Simplified } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import type { OperatorAttributes, OperatorKind } from "../../compiler/ops/index.js";
import { strides } from "../../compiler/ops/arithmetic/positions.js";
import { prepare } from "../../compiler/run/javascript.js";
import { inputCases, layerNet, quantization, Random } from "./layers.js";

type Index = readonly number[];

/** @param source which input and where in it, or the value itself, for an index into the result */
function verify<K extends OperatorKind>(
  random: Random,
  kind: K,
  attributes: OperatorAttributes[K],
  shapes: readonly Index[],
  shape: Index,
  source: (index: Index) => { readonly input?: number; readonly at: Index } | number,
  same = quantization(random),
): void {
  const what = `${kind} ${JSON.stringify(attributes)} of ${JSON.stringify(shapes)}`;
  const types = shapes.map((one) => ({ shape: one, quantization: same }));
  const net = layerNet(kind, attributes, types, { shape, quantization: same });
  const inputs = shapes.map((one) => inputCases(random, one)[random.int(0, 1)]);
  const expected = allIndices(shape).map((index) => {
    const found = source(index);
    if (typeof found === "number") return found;
    const { input = 0, at } = found;
    return inputs[input][position(shapes[input], at)];
  });
  assert.equal([...run(net, inputs)], expected, `${what}: kernel`);
  const data = evaluate(net, new Map(net.inputs.map((id, i) => [id, inputs[i]])));
  assert.equal([...data.get(net.outputs[0].value)!], expected, `${what}: reference`);
}

function run(net: Simplified, inputs: readonly Int8Array[]): Int8Array {
  return prepare(lower(plan(net, { streaming: "off" }))).run(inputs as Int8Array[])[0] as Int8Array;
}

function allIndices(shape: Index): Index[] {
  return shape.reduce<Index[]>(
    (all, size) => all.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

function position(shape: Index, index: Index): number {
  index.forEach((one, i) => assert.ok(one >= 0 && one < shape[i], "an index inside"));
  const distances = strides(shape);
  return index.reduce((sum, one, i) => sum + one * distances[i], 0);
}

const shapeOf = (random: Random, least = 1, most = 4): number[] =>
  Array.from({ length: random.int(least, most) }, () => random.pick([1, 1, 2, 3, 4, 5, 8, 17]));

function repeat(count: number, seed: number, body: (random: Random) => void): void {
  for (let i = 0; i < count; i++) body(new Random(seed + i));
}

test("concatenate", () =>
  repeat(60, 100, (random) => {
    const first = shapeOf(random);
    const axis = random.int(0, first.length - 1);
    const shapes = Array.from({ length: random.int(1, 4) }, () => first.with(axis, random.int(1, 19)));
    const total = shapes.reduce((sum, one) => sum + one[axis], 0);
    verify(random, "concatenate", { axis }, shapes, first.with(axis, total), (index) => {
      let [input, at] = [0, index[axis]];
      while (at >= shapes[input][axis]) at -= shapes[input++][axis];
      return { input, at: index.with(axis, at) };
    });
  }));

test("slice and split, forwards and backwards", () =>
  repeat(120, 1000, (random) => {
    const shape = shapeOf(random);
    const strides = shape.map(() => random.pick([1, 1, 2, 3, -1, -2]));
    const begin = shape.map((size) => random.int(0, size - 1));
    const size = shape.map((one, i) => {
      const most = Math.floor((strides[i] > 0 ? one - 1 - begin[i] : begin[i]) / Math.abs(strides[i])) + 1;
      return random.int(1, most);
    });
    verify(random, random.pick(["slice", "split"]), { begin, strides }, [shape], size, (index) => ({
      at: index.map((one, i) => begin[i] + one * strides[i]),
    }));
  }));

test("gather", () =>
  repeat(60, 2000, (random) => {
    const shape = shapeOf(random);
    const axis = random.int(0, shape.length - 1);
    const count = random.int(1, 9);
    const isRegular = random.next() < 0.3;
    const indices = Array.from({ length: count }, (_, i) =>
      isRegular ? Math.floor((i * shape[axis]) / count) : random.int(0, shape[axis] - 1),
    );
    verify(random, "gather", { axis, indices }, [shape], shape.with(axis, count), (index) => ({
      at: index.with(axis, indices[index[axis]]),
    }));
  }));

test("tile and broadcastTo", () =>
  repeat(60, 3000, (random) => {
    const shape = shapeOf(random, 1, 3);
    const repeats = shape.map(() => random.pick([1, 1, 2, 3, 7]));
    const tiled = shape.map((size, i) => size * repeats[i]);
    verify(random, "tile", { repeats }, [shape], tiled, (index) => ({
      at: index.map((one, i) => one % shape[i]),
    }));
    const added = shapeOf(random, 1, 2);
    const wide = [...added, ...shape.map((size) => (size === 1 ? random.int(1, 5) : size))];
    verify(random, "broadcastTo", {}, [shape], wide, (index) => ({
      at: index.slice(added.length).map((one, i) => (shape[i] === 1 ? 0 : one)),
    }));
  }));

test("pad with any value, and mirrorPad", () =>
  repeat(80, 4000, (random) => {
    const shape = shapeOf(random);
    const paddings = shape.map(() => [random.int(0, 3), random.int(0, 3)] as const);
    const padded = shape.map((size, i) => paddings[i][0] + size + paddings[i][1]);
    const value = random.pick([-Infinity, Infinity]);
    const isPadded = padded.some((size, i) => size !== shape[i]);
    verify(random, "pad", { paddings, value }, [shape], padded, (index) => {
      const at = index.map((one, i) => one - paddings[i][0]);
      const isInside = !isPadded || at.every((one, i) => one >= 0 && one < shape[i]);
      return isInside ? { at } : value < 0 ? -128 : 127;
    });
    const repeatsEdge = random.next() < 0.5;
    const sides = shape.map((size, i) => {
      const most = repeatsEdge ? size : size - 1;
      return [Math.min(paddings[i][0], most), Math.min(paddings[i][1], most)] as const;
    });
    const mirrored = shape.map((size, i) => sides[i][0] + size + sides[i][1]);
    const edge = repeatsEdge ? 0.5 : 0;
    verify(random, "mirrorPad", { paddings: sides, repeatsEdge }, [shape], mirrored, (index) => ({
      // Reflected at the edge's centre, or half a pixel outside of it.
      at: index.map((one, i) => {
        const inside = Math.abs(one - sides[i][0] + edge) - edge;
        return shape[i] - 1 + edge - Math.abs(shape[i] - 1 + edge - inside);
      }),
    }));
  }));

test("spaceToDepth and depthToSpace", () =>
  repeat(40, 5000, (random) => {
    const [height, width, channels, b] = [
      random.int(1, 4),
      random.int(1, 4),
      random.int(1, 18),
      random.int(1, 4),
    ];
    const [deep, flat] = [
      [height, width, channels * b * b],
      [height * b, width * b, channels],
    ];
    verify(random, "depthToSpace", { blockSize: b }, [deep], flat, ([y, x, c]) => ({
      at: [Math.floor(y / b), Math.floor(x / b), ((y % b) * b + (x % b)) * channels + c],
    }));
    verify(random, "spaceToDepth", { blockSize: b }, [flat], deep, ([y, x, c]) => {
      const block = Math.floor(c / channels);
      return { at: [y * b + Math.floor(block / b), x * b + (block % b), c % channels] };
    });
  }));

test("spaceToBatch and batchToSpace, padded and cropped", () =>
  repeat(60, 6000, (random) => {
    const rank = random.int(1, 2);
    const block = Array.from({ length: rank }, () => random.int(1, 3));
    const [batch, channels] = [random.int(1, 2), random.int(1, 5)];
    const small = block.map(() => random.int(1, 4));
    const large = block.map((size, i) => size * small[i]);
    const sides = large.map((size) => {
      const before = random.int(0, Math.min(3, size - 1));
      return [before, random.int(0, Math.min(3, size - 1 - before))] as const;
    });
    const image = [batch, ...large.map((size, i) => size - sides[i][0] - sides[i][1]), channels];
    const images = [batch * elements(block), ...small, channels];
    const offsets = (number: number) => strides(block).map((one, i) => Math.floor(number / one) % block[i]);
    verify(random, "batchToSpace", { block, crops: sides }, [images], image, ([n, ...rest]) => {
      const place = block.map((_, i) => rest[i] + sides[i][0]);
      const number = block.reduce((sum, size, i) => sum * size + (place[i] % size), 0);
      const at = place.map((one, i) => Math.floor(one / block[i]));
      return { at: [number * batch + n, ...at, rest[rank]] };
    });
    const padding = { scale: 0.1, zeroPoint: random.int(-128, 127) };
    const spread = (index: Index) => {
      const [n, ...rest] = index;
      const offset = offsets(Math.floor(n / batch));
      const place = block.map((size, i) => rest[i] * size + offset[i] - sides[i][0]);
      const isInside = place.every((one, i) => one >= 0 && one < image[1 + i]);
      return isInside ? { at: [n % batch, ...place, rest[rank]] } : padding.zeroPoint;
    };
    verify(random, "spaceToBatch", { block, paddings: sides }, [image], images, spread, padding);
  }));

test("transpose", () =>
  repeat(60, 7000, (random) => {
    const shape = shapeOf(random);
    const permutation = shape.map((_, i) => i).sort(() => random.next() - 0.5);
    const moved = permutation.map((axis) => shape[axis]);
    verify(random, "transpose", { permutation }, [shape], moved, (index) => ({
      at: shape.map((_, axis) => index[permutation.indexOf(axis)]),
    }));
  }));

test("resizeNearest", () =>
  repeat(300, 8000, (random) => {
    const [from, to] = [0, 1].map(() => [random.int(1, 12), random.int(1, 12)]);
    const channels = random.int(1, 5);
    const [alignCorners, halfPixelCenters] = random.pick([
      [false, false],
      [true, false],
      [false, true],
    ]);
    const coordinate = (i: number, a: number, b: number) => {
      if (alignCorners && b > 1) return (i * (a - 1)) / (b - 1) + 0.5;
      return ((i + (halfPixelCenters ? 0.5 : 0)) * a) / b + (alignCorners ? 0.5 : 0);
    };
    // At ties the reference's float32 decides, which the corpus shows.
    const positions = [0, 1].flatMap((d) =>
      Array.from({ length: to[d] }, (_, i) => coordinate(i, from[d], to[d])),
    );
    if (positions.some((one) => Math.abs(one - Math.round(one)) < 1e-5)) return;
    const attributes = { alignCorners, halfPixelCenters };
    const nearest = (i: number, d: number) =>
      Math.min(from[d] - 1, Math.floor(coordinate(i, from[d], to[d])));
    verify(random, "resizeNearest", attributes, [[...from, channels]], [...to, channels], ([y, x, c]) => ({
      at: [nearest(y, 0), nearest(x, 1), c],
    }));
  }));

test("resizeBilinear: kernel and reference", () =>
  repeat(80, 9000, (random) => {
    const [from, to] = [0, 1].map(() => [random.int(1, 12), random.int(1, 12)]);
    const channels = random.int(1, 5);
    const [alignCorners, halfPixelCenters] = random.pick([
      [false, false],
      [true, false],
      [false, true],
    ]);
    const same = quantization(random);
    const [input, output] = [from, to].map((size) => ({ shape: [...size, channels], quantization: same }));
    const net = layerNet("resizeBilinear", { alignCorners, halfPixelCenters }, [input], output);
    for (const data of inputCases(random, input.shape)) {
      const expected = evaluate(net, new Map([[0, data]])).get(1)!;
      assert.equal([...run(net, [data])], [...expected], `${from} to ${to}`);
    }
  }));

test.run();
