/**
 * Keyword spotters of 0.2 to 2.3 million multiply-accumulates, cut out of one super-network: 5.5e8 networks that share its weights.
 *
 *     npx tsc-mcu check space.ts
 *     npx tsc-mcu search space.ts --stage 2 --supernet supernet.safetensors --data data/ -o best/
 */

import {
  add,
  batchNorm,
  choose,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  input,
  network,
  relu6,
  weights,
  type Tensor,
} from "tsc-mcu";
import { stm32f746gDisco } from "tsc-mcu/boards";

const w = weights("./supernet.safetensors", { layout: "pytorch", elastic: true });

const stages = [
  { filters: 8, stride: 1 },
  { filters: 16, stride: 2 },
  { filters: 24, stride: 1 },
];

/** Inverted residual: [height, width, from] -> [height / stride, width / stride, to]. */
function block(x: Tensor<3>, name: string, from: number, to: number, stride: number): Tensor<3> {
  const kernel = choose(`${name}.kernel`, [3, 5, 7]);
  const expansion = choose(`${name}.expansion`, [2, 3, 4]);
  let y = conv2d(x, w.conv(`${name}.expand`, { filters: expansion * from, kernel: 1, bias: false }));
  y = relu6(batchNorm(y, w.batchNorm(`${name}.expand_bn`)));
  const padding = (kernel - 1) / 2;
  y = depthwiseConv2d(y, { ...w.conv(`${name}.dw`, { kernel, bias: false }), stride, padding });
  y = relu6(batchNorm(y, w.batchNorm(`${name}.dw_bn`)));
  y = conv2d(y, w.conv(`${name}.project`, { filters: to, kernel: 1, bias: false }));
  y = batchNorm(y, w.batchNorm(`${name}.project_bn`));
  return stride === 1 && from === to ? add(x, y) : y;
}

export default network(
  "keywords",
  {
    board: stm32f746gDisco,
    limits: "sram <= 16 KiB; flash <= 96 KiB; latency <= 8 ms",
    calibration: "./calibration.npy",
  },
  () => {
    const mfcc = input("mfcc", [49, 10, 1]);
    const stem = w.conv("stem", { filters: 8, kernel: [10, 4], bias: false });
    let x = conv2d(mfcc, { ...stem, stride: 2, padding: [5, 1] });
    x = relu6(batchNorm(x, w.batchNorm("stem_bn")));
    let channels = 8;
    stages.forEach(({ filters, stride }, s) => {
      const depth = choose(`stages.${s}.depth`, [1, 2, 3]);
      for (let b = 0; b < depth; b++) {
        x = block(x, `stages.${s}.${b}`, channels, filters, b === 0 ? stride : 1);
        channels = filters;
      }
    });
    x = conv2d(x, w.conv("head", { filters: 48, kernel: 1, bias: false }));
    x = relu6(batchNorm(x, w.batchNorm("head_bn")));
    return { scores: dense(globalAveragePool(x), w.dense("fc", { units: 12 })) };
  },
);
