/** A network that a search has written, as its user takes it: compiled, and run on samples here and on the emulated Cortex-M7. */

import { reportJson } from "../../compiler/7-report/index.js";
import { readNpy } from "../../compiler/files/npy.js";
import { compile, outputFiles } from "../../compiler/index.js";
import type { Callable } from "../../compiler/run/callable.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { prepare } from "../../compiler/run/javascript.js";
import { quantized } from "../../compiler/run/real-values.js";

export interface Found {
  readonly sram: number;
  readonly flash: number;
  readonly seconds: number;
  /** Whether the emulated Cortex-M7 gave the bytes that the loops here give; undefined: there is no emulator. */
  readonly isExact: boolean | undefined;
}

/**
 * @param net model file
 * @param samples `.npy`, float32
 * @throws Rejected where it breaks its limits
 */
export async function takeFound(net: string, samples: string, count: number): Promise<Found> {
  const lowered = await compile(net);
  const callable = reportJson(lowered) as Callable;
  const { shape, data } = readNpy(samples);
  const size = data.length / shape[0];
  const cases = Array.from({ length: count }, (_, i) => [
    quantized((data as Float32Array).slice(i * size, (i + 1) * size), callable.inputs[0]),
  ]);
  const { run } = prepare(lowered);
  const expected = cases.map((one) => run(one).map((output) => [...output]));
  const outputs = hasEmulator() ? await runEmulated(outputFiles(lowered), callable, cases) : undefined;
  const { constantBytes, codeBytes, seconds } = lowered.totals;
  return {
    sram: lowered.arena.bytes + (lowered.fast?.bytes ?? 0),
    flash: constantBytes + codeBytes,
    seconds,
    isExact:
      outputs &&
      JSON.stringify(outputs.map((one) => one.map((output) => [...output]))) === JSON.stringify(expected),
  };
}
