import {
  batchNorm,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  input,
  network,
  relu,
  softmax,
  weights,
  type Tensor,
} from "tsc-mcu";
import { stm32f746gDisco } from "tsc-mcu/boards";

const w = weights("./weights.safetensors", { layout: "pytorch" });

/** A depthwise-separable block: each channel filtered on its own, then all channels mixed. */
function separable(x: Tensor<3>, block: number): Tensor<3> {
  const filtered = depthwiseConv2d(x, { ...w.conv(`dw.${block}`), padding: 1 });
  const spread = relu(batchNorm(filtered, w.batchNorm(`dw_bn.${block}`)));
  const mixed = conv2d(spread, w.conv(`pw.${block}`));
  return relu(batchNorm(mixed, w.batchNorm(`pw_bn.${block}`)));
}

/** Twelve spoken keywords from 49 frames of 10 mel-frequency cepstral coefficients: a DS-CNN. */
export default network(
  "keywords",
  {
    board: stm32f746gDisco,
    limits: "sram <= 24 KiB; flash <= 64 KiB; latency <= 50 ms",
    calibration: "./calibration.npy",
  },
  () => {
    const mfcc = input("mfcc", [49, 10, 1]);
    const stem = conv2d(mfcc, { ...w.conv("conv"), stride: 2, padding: [5, 1] });
    let x = relu(batchNorm(stem, w.batchNorm("bn")));
    for (let block = 0; block < 4; block++) x = separable(x, block);
    return { scores: softmax(dense(globalAveragePool(x), w.dense("fc"))) };
  },
);
