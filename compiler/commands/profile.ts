/** `tsc-mcu profile`: instructions, MACs and bytes of every layer on the emulated Cortex-M7. */

import { emitCalls } from "../6-emit/index.js";
import { reportJson } from "../7-report/index.js";
import { alignColumns } from "../7-report/table.js";
import { compile, outputFiles } from "../index.js";
import type { Lowered } from "../ir/lowered.js";
import { elementCount, type Callable, type TensorArray, type Tensors } from "../run/callable.js";
import { requireEmulator } from "../run/emulator.js";
import { profile, type Profile } from "../run/profile.js";
import { readCases } from "./cases.js";
import { printJson } from "./failure.js";
import { grouped } from "./headline.js";
import type { ProfileOptions } from "./options.js";

export async function profileCommand(model: string, options: ProfileOptions): Promise<void> {
  requireEmulator();
  const net = await compile(model, { ...options, ignoreLimits: true });
  const callable = reportJson(net) as Callable;
  const tensors =
    options.input.length > 0 ? readCases(options.input, callable, 1).cases[0] : pattern(callable);
  const measured = await profile(outputFiles(net), callable, emitCalls(net), tensors);
  if (options.json) printJson({ ok: true, diagnostics: [], ...profileJson(net, measured) });
  else process.stdout.write(profileText(net, measured));
}

/** Values of the whole range, the same every time. */
function pattern(callable: Callable): Tensors {
  const fill = <T extends TensorArray>(data: T): T =>
    data.map((_, index) => ((index * 37 + 11) % 256) - 128) as T;
  return callable.inputs.map((input) => {
    const size = elementCount(input);
    return input.dtype === "int8" ? fill(new Int8Array(size)) : fill(new Float32Array(size));
  });
}

function profileJson(net: Lowered, measured: Profile): object {
  const layers = net.lowered.map((step, index) => ({
    name: step.name,
    kernel: step.step.kernel.name,
    instructions: measured.instructions[index],
    macs: step.macs,
    cyclesPredicted: Math.round(step.cycles),
    weights: step.constantBytes,
    sramLive: step.liveBytes,
  }));
  return { name: net.name, instructions: measured.total, stack: measured.stackBytes, layers };
}

function profileText(net: Lowered, measured: Profile): string {
  const header = [
    "layer",
    "kernel",
    "instructions",
    "MACs",
    "MACs/instr",
    "cycles predicted",
    "weights",
    "sram live",
  ];
  const rows = net.lowered.map((step, index) => [
    step.name,
    step.step.kernel.name,
    grouped(measured.instructions[index]),
    step.macs === 0 ? "-" : grouped(step.macs),
    ratio(step.macs, measured.instructions[index]),
    grouped(step.cycles),
    grouped(step.constantBytes),
    grouped(step.liveBytes),
  ]);
  const { macs, cycles, constantBytes } = net.totals;
  const numbers = [measured.total, macs, cycles, constantBytes].map(grouped);
  const total = [
    "total",
    "",
    numbers[0],
    numbers[1],
    ratio(macs, measured.total),
    numbers[2],
    numbers[3],
    grouped(net.arena.bytes),
  ];
  const right = header.slice(2).map(() => "right" as const);
  const table = alignColumns([header, ...rows, total], ["left", "left", ...right]);
  const note = `Instructions counted on the emulated Cortex-M7 (QEMU mps2-an500), each layer called as a function of its own; the total is one ${net.name}_run.`;
  return `${table.join("\n")}\n\n${note}\nStack used by ${net.name}_run: ${grouped(measured.stackBytes)} bytes.\n`;
}

const ratio = (macs: number, instructions: number): string =>
  macs === 0 ? "" : (macs / instructions).toFixed(2);
