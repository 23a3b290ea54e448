/**
 * The networks that MCUNet's search found for ImageNet (Lin et al., NeurIPS 2020; Lin et al., "MCUNetV2", NeurIPS 2021), as sizes: they
 * can be checked and planned, and built once there are weights. in0.ts to in4.ts are one line each.
 */

import { add, conv2d, dense, depthwiseConv2d, globalAveragePool, input, network, type Tensor } from "tsc-mcu";
import { nucleoH743zi } from "tsc-mcu/boards";

/** An inverted residual: expansion, output channels, stride and kernel of its depthwise convolution. */
type Block = readonly [expansion: number, channels: number, stride: number, kernel: number];

interface Architecture {
  /** Height and width of the image. */
  readonly resolution: number;
  /** Channels of the first convolution. */
  readonly first: number;
  readonly blocks: readonly Block[];
}

// prettier-ignore
const architectures = {
  in0: {
    resolution: 48,
    first: 24,
    blocks: [
      [1, 16, 1, 3], [4, 16, 2, 5], [3, 16, 1, 3], [4, 16, 1, 3], [5, 24, 2, 7], [4, 24, 1, 5],
      [5, 24, 1, 5], [5, 48, 2, 7], [4, 48, 1, 5], [5, 56, 1, 3], [4, 56, 1, 5], [5, 56, 1, 3],
      [6, 112, 2, 3], [4, 112, 1, 5], [6, 192, 1, 3],
    ],
  },
  in1: {
    resolution: 96,
    first: 16,
    blocks: [
      [1, 8, 1, 3], [4, 16, 2, 3], [3, 16, 1, 3], [3, 24, 2, 7], [5, 24, 1, 3], [5, 40, 2, 3],
      [4, 40, 1, 7], [4, 48, 1, 5], [3, 48, 1, 3], [4, 48, 1, 3], [5, 96, 2, 7], [4, 96, 1, 5],
      [4, 96, 1, 5], [6, 160, 1, 3],
    ],
  },
  in2: {
    resolution: 160,
    first: 16,
    blocks: [
      [1, 8, 1, 3], [3, 16, 2, 5], [6, 16, 1, 7], [5, 16, 1, 3], [5, 16, 1, 5], [5, 24, 2, 3],
      [6, 24, 1, 7], [6, 24, 1, 5], [4, 40, 2, 7], [5, 40, 1, 5], [5, 48, 1, 3], [5, 48, 1, 5],
      [4, 48, 1, 3], [6, 96, 2, 5], [4, 96, 1, 5], [3, 96, 1, 5], [4, 96, 1, 3], [5, 160, 1, 5],
    ],
  },
  in3: {
    resolution: 176,
    first: 16,
    blocks: [
      [1, 8, 1, 3], [3, 16, 2, 7], [5, 16, 1, 3], [5, 16, 1, 7], [4, 16, 1, 5], [5, 24, 2, 5],
      [5, 24, 1, 5], [5, 24, 1, 5], [5, 40, 2, 3], [6, 40, 1, 7], [4, 40, 1, 5], [5, 48, 1, 5],
      [5, 48, 1, 7], [5, 48, 1, 3], [6, 96, 2, 3], [5, 96, 1, 7], [4, 96, 1, 3], [5, 160, 1, 7],
    ],
  },
  in4: {
    resolution: 160,
    first: 32,
    blocks: [
      [1, 16, 1, 3], [3, 24, 2, 7], [5, 24, 1, 3], [4, 24, 1, 5], [5, 40, 2, 7], [4, 40, 1, 3],
      [4, 40, 1, 7], [3, 80, 2, 7], [3, 80, 1, 3], [3, 80, 1, 7], [4, 96, 1, 3], [3, 96, 1, 5],
      [3, 96, 1, 5], [4, 192, 2, 7], [3, 192, 1, 7], [3, 192, 1, 5], [4, 320, 1, 5],
    ],
  },
} satisfies Record<string, Architecture>;

/** [height, width, from] -> [height / stride, width / stride, channels] */
function bottleneck(x: Tensor<3>, name: string, from: number, block: Block): Tensor<3> {
  const [expansion, channels, stride, kernel] = block;
  let y = x;
  if (expansion > 1)
    y = conv2d(y, { name: `${name}.expand`, filters: from * expansion, kernel: 1, activation: "relu6" });
  const padding = (kernel - 1) / 2;
  y = depthwiseConv2d(y, { name: `${name}.dw`, kernel, stride, padding, activation: "relu6" });
  y = conv2d(y, { name: `${name}.project`, filters: channels, kernel: 1 });
  return stride === 1 && from === channels ? add(x, y, { name: `${name}.add` }) : y;
}

/** One of the published networks, for the board of the published table. */
export function mcunet(name: keyof typeof architectures) {
  const { resolution, first, blocks }: Architecture = architectures[name];
  return network(`mcunet_${name}`, { board: nucleoH743zi }, () => {
    const image = input("image", [resolution, resolution, 3]);
    let x = conv2d(image, {
      name: "stem",
      filters: first,
      kernel: 3,
      stride: 2,
      padding: 1,
      activation: "relu6",
    });
    let channels = first;
    blocks.forEach((block, index) => {
      x = bottleneck(x, `blocks.${index}`, channels, block);
      channels = block[1];
    });
    return { scores: dense(globalAveragePool(x), { name: "classifier", units: 1000 }) };
  });
}
