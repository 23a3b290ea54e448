/** `tsc-mcu profile`: cycles, instructions, MACs and bytes of every layer on the emulated Cortex-M7. */

import { emitCalls } from "../6-emit/index.js";
import { reportJson } from "../7-report/index.js";
import { compile, outputFiles } from "../index.js";
import type { Lowered } from "../ir/lowered.js";
import { boundOf } from "../run/bounds.js";
import type { Callable } from "../run/callable.js";
import { requireEmulator } from "../run/emulator.js";
import { cyclesIn, type Region } from "../run/measurement.js";
import { memoryOf, type MemoryName } from "../run/memories.js";
import { patternOf } from "../run/pattern.js";
import { profile, type Profile } from "../run/profile.js";
import { readCases } from "./cases.js";
import { printJson } from "./failure.js";
import type { ProfileOptions } from "./options.js";
import { profileText } from "./profile-text.js";

export async function profileCommand(model: string, options: ProfileOptions): Promise<void> {
  requireEmulator();
  const net = await compile(model, { ...options, ignoreLimits: true });
  const memory = options.memory ?? memoryOf(net);
  const callable = reportJson(net) as Callable;
  const tensors =
    options.input.length > 0 ? readCases(options.input, callable, 1).cases[0] : patternOf(callable);
  const measured = await profile(outputFiles(net, options), callable, emitCalls(net), tensors, {
    memories: [memory],
  });
  if (options.json) printJson({ ok: true, diagnostics: [], ...profileJson(net, measured, memory) });
  else process.stdout.write(profileText(net, measured, memory));
}

function profileJson(net: Lowered, measured: Profile, memory: MemoryName): object {
  const layers = net.lowered.map((step, index) => ({
    name: step.name,
    kernel: step.step.kernel.name,
    macs: step.macs,
    cyclesPredicted: { core: Math.round(step.coreCycles), board: Math.round(step.cycles) },
    ...regionJson(measured.layers[index], memory),
    weights: step.constantBytes,
    sramLive: step.liveBytes,
  }));
  return {
    name: net.name,
    memory,
    ...regionJson(measured.total, memory),
    cyclesPredicted: { core: Math.round(net.totals.coreCycles), board: Math.round(net.totals.cycles) },
    stack: measured.stackBytes,
    stackPredicted: net.totals.stackBytes,
    ...(measured.missing === undefined ? {} : { missing: measured.missing }),
    layers,
  };
}

function regionJson({ instructions, timing }: Region, memory: MemoryName): object {
  if (!timing) return { instructions };
  return {
    instructions,
    cycles: { ideal: timing.cycles, [memory]: cyclesIn(timing, memory) },
    bound: boundOf(instructions, timing, memory),
    classes: timing.classes,
    caches: timing.caches[memory],
  };
}
