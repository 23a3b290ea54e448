/** The networks that MCUNet's authors published are what they say, and members of what examples/mcunet-space spans in kind. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { fileURLToPath } from "node:url";
import { checkModel } from "../../compiler/index.js";

/** MACs and parameters in millions; SRAM on the H743 with TinyEngine, kB (Lin et al., NeurIPS 2020; the project's model zoo). */
const published = [
  { name: "in0", macs: 6.4, parameters: 0.75, sram: 49 },
  { name: "in1", macs: 12.8, parameters: 0.64, sram: 96 },
  { name: "in2", macs: 67.3, parameters: 0.73, sram: 215 },
  { name: "in3", macs: 81.8, parameters: 0.74, sram: 260 },
  { name: "in4", macs: 125.9, parameters: 1.73, sram: 416 },
];

for (const { name, macs, parameters, sram } of published) {
  test(`${name}: MACs and parameters as published, and less than half of the SRAM`, async () => {
    const file = fileURLToPath(new URL(`../../examples/mcunet/${name}.ts`, import.meta.url));
    const net = await checkModel(file);
    assert.is((net.totals.macs / 1e6).toFixed(1), macs.toFixed(1));
    assert.is((parametersOf(net.operations) / 1e6).toFixed(2), parameters.toFixed(2));
    assert.ok(net.arena.bytes + (net.fast?.bytes ?? 0) < (sram * 1000) / 2, `${net.arena.bytes} bytes`);
  });
}

/** Weights; a bias for the classifier, and a scale and a shift for each channel of a convolution. */
function parametersOf(operations: Awaited<ReturnType<typeof checkModel>>["operations"]): number {
  return operations.reduce((sum, { kind, attributes }) => {
    const { weights, bias } = attributes as { weights?: { shape: number[] }; bias?: { shape: number[] } };
    const count = weights?.shape.reduce((product, size) => product * size, 1) ?? 0;
    const channels = bias?.shape[0] ?? 0;
    return sum + count + (kind === "dense" ? 1 : 2) * channels;
  }, 0);
}

test.run();
