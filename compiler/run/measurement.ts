/**
 * What the regions of a program take on the emulated Cortex-M7. The plugin counts instructions and models cycles. Without
 * it instructions are counted by QEMU's virtual time: under `-icount shift=7` it advances by exactly 128 ns an
 * instruction, and the board's timer 0 counts at 25 MHz of it: 3.2 ticks an instruction. A reading is off by less than one
 * tick, so a difference divided by 3.2 and rounded is the exact count. 32 bits last for 1.3 thousand million instructions.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { elfFunctions } from "./elf.js";
import { startEmulator } from "./emulator.js";
import { memoryArgument, type MemoryName } from "./memories.js";
import { refusesPlugin, timingPlugin } from "./plugin.js";
import type { Ended } from "./program.js";
import { programFile } from "./workplace.js";

/** Instructions by class; the order is the plugin's, which names them. */
export type InstructionClass =
  | "alu"
  | "alu_sh"
  | "shift"
  | "dsp"
  | "mul"
  | "dualmac"
  | "div"
  | "ldw"
  | "ldb_h"
  | "ldm_d"
  | "st"
  | "stm_d"
  | "branch"
  | "fp"
  | "fp_ldst"
  | "fp_mov"
  | "misc";

export interface Timing {
  /** The pipeline's: in ideal memory. */
  readonly cycles: number;
  /** What each memory adds. */
  readonly stalls: Readonly<Partial<Record<MemoryName, number>>>;
  readonly mispredictions: number;
  /** Products of multiplying instructions: 2 of a dual one. */
  readonly macs: number;
  readonly classes: Readonly<Record<InstructionClass, number>>;
}

export interface CacheUse {
  readonly dataAccesses: number;
  readonly dataMisses: number;
  readonly codeAccesses: number;
  readonly codeMisses: number;
}

export interface RegionTiming extends Timing {
  readonly caches: Readonly<Partial<Record<MemoryName, CacheUse>>>;
  /** Without what they call. */
  readonly functions: readonly (Timing & { readonly name: string; readonly instructions: number })[];
}

export interface Region {
  readonly instructions: number;
  /** Only with the plugin. */
  readonly timing?: RegionTiming;
}

export interface Measured {
  readonly ended: Ended;
  /** By number, of those that were entered; undefined without the plugin: see `regionsOfTicks`. */
  readonly regions?: readonly Region[];
  /** Why there are no cycles. */
  readonly missing?: string;
}

/** Cycles in a memory; `timing` was measured with it. */
export function cyclesIn({ cycles, stalls }: Timing, memory: MemoryName): number {
  return cycles + (memory === "ideal" ? 0 : stalls[memory]!);
}

const instructionTiming = ["-icount", "shift=7"];
const ticksPerInstruction = 3.2;

/** Runs the program of the folder, which was linked with the emulator's harness. */
export async function runMeasured(folder: string, memories: readonly MemoryName[]): Promise<Measured> {
  const plugin = await timingPlugin(folder);
  let missing = "missing" in plugin ? plugin.missing : undefined;
  if ("file" in plugin) {
    const functions = elfFunctions(readFileSync(join(folder, programFile)));
    const lines = functions.map(({ address, name }) => `${address.toString(16)} ${name}\n`);
    writeFileSync(join(folder, "symbols.txt"), lines.join(""));
    const slow = memories.filter((name) => name !== "ideal");
    // A comma in a path is doubled.
    const file = plugin.file.replaceAll(",", ",,");
    const options = [
      file,
      "symbols=symbols.txt",
      "out=figures.json",
      ...slow.map((name) => `memory=${memoryArgument(name)}`),
    ];
    const ended = await startEmulator(folder, ["-plugin", options.join(",")]);
    const figures = join(folder, "figures.json");
    if (existsSync(figures)) return { ended, regions: parseFigures(readFileSync(figures, "utf8"), slow) };
    if (!refusesPlugin(ended)) return { ended, regions: [] };
    missing = `this QEMU does not take plugins: ${ended.output.split("\n")[0]}`;
  }
  return { ended: await startEmulator(folder, instructionTiming), missing };
}

/** @param ticks of every region; the last was empty: the cost of measuring */
export function regionsOfTicks(ticks: readonly number[]): Region[] {
  const overhead = ticks[ticks.length - 1];
  return ticks
    .slice(0, -1)
    .map((count) => ({ instructions: Math.round((count - overhead) / ticksPerInstruction) }));
}

/** The plugin's figures.json (runtime-c/emulator/plugin/figures.c). */
interface RawFigures {
  readonly instructions: number;
  readonly cycles: number;
  readonly mispredictions: number;
  readonly macs: number;
  readonly stalls: readonly number[];
  readonly classes: readonly number[];
}

interface RawRegion extends RawFigures {
  readonly number: number;
  readonly caches: readonly (readonly [number, number, number, number])[];
  readonly functions: readonly (RawFigures & { readonly name: string })[];
}

function parseFigures(text: string, memories: readonly MemoryName[]): Region[] {
  const raw: { classes: InstructionClass[]; regions: RawRegion[] } = JSON.parse(text);
  const named = <T>(values: readonly T[]): Partial<Record<MemoryName, T>> =>
    Object.fromEntries(memories.map((name, i) => [name, values[i]]));
  const timing = ({ cycles, mispredictions, macs, stalls, classes }: RawFigures): Timing => ({
    cycles,
    stalls: named(stalls),
    mispredictions,
    macs,
    classes: Object.fromEntries(raw.classes.map((name, i) => [name, classes[i]])) as Timing["classes"],
  });
  const regions: Region[] = [];
  for (const region of raw.regions) {
    const caches = region.caches.map(([dataAccesses, dataMisses, codeAccesses, codeMisses]) => ({
      dataAccesses,
      dataMisses,
      codeAccesses,
      codeMisses,
    }));
    const functions = region.functions.map((one) => ({
      name: one.name,
      instructions: one.instructions,
      ...timing(one),
    }));
    regions[region.number] = {
      instructions: region.instructions,
      timing: { ...timing(region), caches: named(caches), functions },
    };
  }
  return regions;
}
