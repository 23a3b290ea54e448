/**
 * Counts the instructions of every layer on the emulated Cortex-M7, without a plugin. Under `-icount shift=7` QEMU's
 * virtual time advances by exactly 128 ns an instruction, and the board's timer 0 counts at 25 MHz of virtual time: 3.2
 * ticks an instruction. A reading is off by less than one tick, so a difference divided by 3.2 and rounded is the exact
 * count. 32 bits last for 1.3 thousand million instructions between two readings.
 *
 * The driver includes the network's C file, so that it can call the static functions one by one, as `<net>_run` does.
 * Functions are kept out of line, where the plain build may inline them: call overhead is counted.
 */

import type { OutputFile } from "../files/output-file.js";
import { type Callable, type CompileOptions, type Tensors } from "./callable.js";
import { arenas, eachCase, runCall } from "./driver.js";
import { emulate, emulatorSeconds, requireEmulator } from "./emulator.js";
import { inWorkplace, outputsOf } from "./workplace.js";

/** 2^7 ns an instruction, 40 ns a tick. */
const instructionTiming = ["-icount", "shift=7"];
const ticksPerInstruction = 3.2;

/** Layers as functions of their own. -O2 otherwise, as users build. */
const outOfLine = [
  "-fno-inline-functions-called-once",
  "-fno-inline-small-functions",
  "-fno-ipa-cp",
  "-fno-ipa-icf",
];

export interface Profile {
  /** Of every call, in order. */
  readonly instructions: readonly number[];
  /** Of the whole `<net>_run`. */
  readonly total: number;
  /** Of `<net>_run`, bytes, its callees included. */
  readonly stackBytes: number;
}

/**
 * @param calls C statements, one a layer, over the variable `bytes`: the memory of the first arena
 * @param tensors one case; counts hardly depend on it
 * @throws Rejected MCU5020 without the tools, MCU5021 to MCU5023 when compiler or program fail
 */
export async function profile(
  files: readonly OutputFile[],
  callable: Callable,
  calls: readonly string[],
  tensors: Tensors,
  options: CompileOptions = {},
): Promise<Profile> {
  requireEmulator(options.compiler);
  const flags = options.flags ?? ["-O2", ...outOfLine];
  // The same case twice: once for the whole network, once layer by layer.
  const cases = [tensors, tensors];
  const [network, ...others] = callable.sources;
  return inWorkplace(files, profileDriver(callable, network, calls), callable, cases, async (folder) => {
    const ended = await emulate(others, { ...options, flags }, folder, instructionTiming);
    const results = Uint8Array.from(outputsOf(ended, folder, emulatorSeconds));
    const [overhead, total, stackBytes, ...layers] = new Uint32Array(results.buffer);
    const count = (ticks: number): number => Math.round((ticks - overhead) / ticksPerInstruction);
    return { instructions: layers.map(count), total: count(total), stackBytes };
  });
}

/** Names of its own start with `driver_`: the layers' functions are in the same file. */
function profileDriver(callable: Callable, network: string, calls: readonly string[]): string {
  const measured = calls.map((call, index) => {
    return `    start = harness_ticks();\n    ${call}\n    driver_ticks[${index + 3}] = harness_ticks() - start;`;
  });
  return `#include "${network}"
#include "harness.h"
#include <string.h>

${arenas(callable)}

/* The cost of measuring, the whole network, its stack, every layer. */
static uint32_t driver_ticks[${calls.length + 3}];

/* Not inlined: the stack is to be as deep as for any other caller. */
static __typeof__(${callable.run}) *volatile driver_network = ${callable.run};

static void driver_prepare(void)
{
${eachCase({ ...callable, outputs: [] }, "", true)}
}

static void driver_measure_layers(uint8_t *bytes)
{
    uint32_t start = harness_ticks();
    driver_ticks[0] = harness_ticks() - start;
${measured.join("\n")}
}

int main(void)
{
    harness_start_ticks();
    driver_prepare();
    harness_mark_stack();
    const uint32_t start = harness_ticks();
    ${runCall({ ...callable, run: "driver_network" })}
    driver_ticks[1] = harness_ticks() - start;
    driver_ticks[2] = harness_stack_used();
    driver_prepare();
    driver_measure_layers(driver_arena0.bytes);
    harness_write(driver_ticks, sizeof driver_ticks);
    return 0;
}
`;
}
