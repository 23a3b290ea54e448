/**
 * MCUNet's search space (Lin et al., NeurIPS 2020, section 3.1): inverted residuals with elastic depth, kernel and expansion, at
 * 9 widths and 12 resolutions.
 *
 *     npx tsc-mcu check space.ts
 *     npx tsc-mcu search space.ts --stage 1
 */

import {
  add,
  choose,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  input,
  makeDivisible,
  network,
  range,
  type Tensor,
} from "tsc-mcu";
import { stm32f746gDisco } from "tsc-mcu/boards";

const width = choose("width", range(0.2, 1, 0.1), { grid: true });
const resolution = choose("resolution", range(48, 224, 16), { grid: true });

/** The stages behind the first block: channels at width 1, stride, how many blocks. */
const stages = [
  { channels: 24, stride: 2, depths: [2, 3, 4] },
  { channels: 40, stride: 2, depths: [2, 3, 4] },
  { channels: 80, stride: 2, depths: [2, 3, 4] },
  { channels: 96, stride: 1, depths: [2, 3, 4] },
  { channels: 192, stride: 2, depths: [2, 3, 4] },
  { channels: 320, stride: 1, depths: [1] },
];

function bottleneck(
  x: Tensor<3>,
  name: string,
  from: number,
  to: number,
  stride: number,
  kernel: number,
  expansion: number,
): Tensor<3> {
  let y = x;
  if (expansion > 1)
    y = conv2d(y, { name: `${name}.expand`, filters: from * expansion, kernel: 1, activation: "relu6" });
  const padding = (kernel - 1) / 2;
  y = depthwiseConv2d(y, { name: `${name}.dw`, kernel, stride, padding, activation: "relu6" });
  y = conv2d(y, { name: `${name}.project`, filters: to, kernel: 1 });
  return stride === 1 && from === to ? add(x, y, { name: `${name}.add` }) : y;
}

export default network(
  "mcunet",
  { board: stm32f746gDisco, limits: "sram <= 320 KiB; flash <= 1 MiB" },
  () => {
    const image = input("image", [resolution, resolution, 3]);
    let channels = makeDivisible(32 * width);
    let x = conv2d(image, {
      name: "stem",
      filters: channels,
      kernel: 3,
      stride: 2,
      padding: 1,
      activation: "relu6",
    });
    const first = makeDivisible(16 * width);
    x = bottleneck(x, "first", channels, first, 1, 3, 1);
    channels = first;
    stages.forEach((stage, s) => {
      const to = makeDivisible(stage.channels * width);
      const depth = choose(`stages.${s}.depth`, stage.depths);
      for (let b = 0; b < depth; b++) {
        const name = `stages.${s}.${b}`;
        const kernel = choose(`${name}.kernel`, [3, 5, 7]);
        const expansion = choose(`${name}.expansion`, [3, 4, 6]);
        x = bottleneck(x, name, channels, to, b === 0 ? stage.stride : 1, kernel, expansion);
        channels = to;
      }
    });
    return { scores: dense(globalAveragePool(x), { name: "classifier", units: 1000 }) };
  },
);
