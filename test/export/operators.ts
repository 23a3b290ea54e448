/** One network with every operator that is exported, of random weights; each result is an output. */

import { check } from "../../compiler/2-check/index.js";
import type { StoredTensor, TensorFile } from "../../compiler/files/tensor-file.js";
import type { Checked } from "../../compiler/ir/graph.js";
import * as t from "../../dsl/index.js";
import { randomNumbers } from "../ops/random.js";

export interface Everything {
  readonly net: t.Net;
  readonly checked: Checked;
  readonly tensors: readonly StoredTensor[];
}

export function everyOperator(): Everything {
  const random = randomNumbers(1);
  const tensors = new Map<string, StoredTensor>();
  const store = (name: string, shape: readonly number[], least = -1) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: count }, () => least + random() * (1 - least));
    tensors.set(name, { name, dtype: "F32", shape, data });
  };
  const w = t.weights("memory", { layout: "pytorch" });
  const layer = (name: string, weight: readonly number[], bias?: number) => {
    store(`${name}.weight`, weight);
    if (bias) store(`${name}.bias`, [bias]);
    return name;
  };
  const norm = (name: string, channels: number) => {
    for (const tensor of ["weight", "bias", "running_mean"]) store(`${name}.${tensor}`, [channels]);
    store(`${name}.running_var`, [channels], 0.2);
    return w.batchNorm(name);
  };
  const constant = (name: string, shape: readonly number[]) => {
    store(name, shape);
    return t.constant(w.tensor(name));
  };
  const net = t.network("every_operator", {}, () => {
    const x: any = t.input("class", [6, 8, 4]);
    const v: any = t.input("v", [5, 4]);
    const s: any = t.globalAveragePool(x);
    const conv = (name: string, options: object, shape = [6, 4, 3, 3]) =>
      t.conv2d(x, { ...w.conv(layer(name, shape, shape[0])), ...options });
    const depthwise = (name: string, options: object) =>
      t.depthwiseConv2d(x, { ...w.conv(layer(name, [8, 1, 3, 3])), ...options });
    const transposed = (name: string, kernel: number, options: object) =>
      t.conv2dTranspose(x, { ...w.convTranspose(layer(name, [4, 3, kernel, kernel], 3)), ...options });
    const [left, right]: any[] = t.split(x, [3, 5], { axis: 1 });
    return {
      conv: conv("a.conv", { stride: 2, padding: "same", activation: "relu6" }),
      conv_sides: conv("lambda", {
        padding: { top: 2, bottom: 0, left: 1, right: 1 },
        activation: "reluN1To1",
      }),
      conv_groups: conv("a.train", { groups: 2, dilation: [1, 2] }, [6, 2, 3, 3]),
      depthwise: depthwise("a-b.0", { stride: [2, 1], padding: 1 }),
      transposed: transposed("up", 3, { stride: 2, padding: "same" }),
      transposed_valid: transposed("up2", 2, { stride: 3, padding: "valid", activation: "relu" }),
      transposed_gaps: transposed("up3", 2, { stride: 3, padding: "same" }),
      dense: t.dense(s, w.dense(layer("fc", [7, 4], 7))),
      dense_rows: t.dense(v, w.dense(layer("fc_rows", [3, 4]))),
      dense_image: t.dense(x, { ...w.dense(layer("fc_image", [3, 4])), activation: "relu" }),
      norm: t.batchNorm(x, norm("bn", 4)),
      norm_rows: t.batchNorm(v, { ...norm("bn_rows", 4), epsilon: 1e-3 }),
      norm_vector: t.batchNorm(s, norm("bn_vector", 4)),
      average: t.averagePool2d(x, { size: 2 }),
      average_same: t.averagePool2d(x, { size: 3, stride: 2, padding: "same" }),
      average_half: t.averagePool2d(x, { size: 3, stride: 1, padding: 1 }),
      maximum_pool: t.maxPool2d(x, { size: [3, 2], stride: 2, padding: "same" }),
      maximum_half: t.maxPool2d(x, { size: 2, stride: 2, padding: 1 }),
      add: t.add(x, s, { activation: "relu" }),
      add_constant: t.add(x, constant("offset.c", [8, 4]) as any),
      subtract: t.subtract(v, s),
      multiply: t.multiply(constant("factor", [6, 8, 1]) as any, x),
      maximum: t.maximum(x, s),
      minimum: t.minimum(v, v),
      difference: t.squaredDifference(x, s),
      matmul: t.matmul(v, v, { transposeB: true }),
      matmul_images: t.matmul(x, t.transpose(v, [1, 0])),
      mean_channels: t.mean(x, { axes: [2] }),
      mean_rows: t.mean(x, { axes: [0] }),
      mean_kept: t.mean(x, { axes: [0, 1], keepDimensions: true }),
      largest: t.reduceMax(x, { axes: [0, 2] }),
      smallest: t.reduceMin(v, { axes: [0] }),
      position: t.argMax(x, { axis: 2 }),
      position_row: t.argMin(v, { axis: 0 }),
      pad: t.pad(x, {
        paddings: [
          [1, 0],
          [0, 2],
          [1, 1],
        ],
        value: 0.5,
      } as any),
      pad_rows: t.pad(v, {
        paddings: [
          [1, 2],
          [0, 0],
        ],
      } as any),
      mirror: t.mirrorPad(x, {
        paddings: [
          [1, 2],
          [2, 0],
          [0, 0],
        ],
        mode: "reflect",
      } as any),
      mirror_edge: t.mirrorPad(v, {
        paddings: [
          [2, 1],
          [0, 1],
        ],
        mode: "symmetric",
      } as any),
      flat: t.flatten(x),
      reshaped: t.reshape(x, [4, 12, 4]),
      reshaped_rows: t.reshape(x, [24, 8]),
      reshaped_image: t.reshape(v, [5, 2, 2]),
      transposed_image: t.transpose(x, [1, 0, 2]),
      transposed_channels: t.transpose(x, [2, 0, 1]),
      joined: t.concatenate([left, right], { axis: 1 }),
      joined_channels: t.concatenate([x, constant("joint", [6, 8, 2]) as any], { axis: 2 }),
      part: t.slice(x, [1, 2, 0], [3, 4, 2]),
      strided: t.stridedSlice(x, [5, 0, 3], [0, 8, 0], { strides: [-2, 3, -1] } as any),
      gathered: t.gather(x, [3, 0, 0], { axis: 2 }),
      tiled: t.tile(x, [1, 2, 3]),
      broadcast: t.broadcastTo(s, [3, 2, 4]),
      to_depth: t.spaceToDepth(x, 2),
      to_space: t.depthToSpace(x, 2),
      expanded: t.expandDims(v, 1),
      squeezed: t.squeeze(t.mean(x, { axes: [1], keepDimensions: true }), { axes: [1] } as any),
      nearest: t.resizeNearest(x, [9, 5]),
      nearest_half: t.resizeNearest(x, [12, 16], { halfPixelCenters: true }),
      bilinear: t.resizeBilinear(x, [9, 5]),
      bilinear_half: t.resizeBilinear(x, [11, 16], { halfPixelCenters: true }),
      bilinear_corners: t.resizeBilinear(x, [11, 16], { alignCorners: true }),
      softmax: t.softmax(x, { beta: 2 }),
      log_softmax: t.logSoftmax(v),
      normal: t.l2Normalize(x),
      prelu: t.prelu(x, constant("alpha", [4]) as any),
      ...Object.fromEntries(
        [t.relu, t.relu6, t.reluN1To1, t.leakyRelu, t.elu, t.gelu, t.hardSwish, t.sigmoid, t.tanh].map(
          (f, i) => [`function_${i}`, (f as any)(x)],
        ),
      ),
      gelu_tangent: t.gelu(x, { approximate: true }),
      ...Object.fromEntries(
        [t.exp, t.log, t.sqrt, t.rsqrt, t.abs].map((f, i) => [`function_b${i}`, (f as any)(x)]),
      ),
      quantized: t.quantize(x),
    } as any;
  }) as unknown as t.Net;
  const file: TensorFile = { file: "memory", names: [...tensors.keys()], get: (name) => tensors.get(name) };
  const checked = check(net as any, { file: "net.ts", tensors: file, loadCalibration: false });
  return { net, checked, tensors: [...tensors.values()] };
}
