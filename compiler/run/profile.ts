/**
 * Measures every layer on the emulated Cortex-M7, called by itself.
 *
 * The driver includes the network's C file, so that it can call the static functions one by one, as `<net>_run` does.
 * Functions are kept out of line, where the plain build may inline them: call overhead is counted.
 */

import { pointerTo } from "../6-emit/index.js";
import type { OutputFile } from "../files/output-file.js";
import { type Callable, type CompileOptions, type Tensors } from "./callable.js";
import { arenas, eachCase, runCall } from "./driver.js";
import { buildForEmulator, emulatorSeconds, requireEmulator } from "./emulator.js";
import { regionsOfTicks, runMeasured, type Region } from "./measurement.js";
import type { MemoryName } from "./memories.js";
import { eachRow, fedInputs, feedPlainly } from "./feeding.js";
import { inWorkplace, outputsOf } from "./workplace.js";

/** Layers as functions of their own. -O2 otherwise, as users build. */
const outOfLine = [
  "-fno-inline-functions-called-once",
  "-fno-inline-small-functions",
  "-fno-ipa-cp",
  "-fno-ipa-icf",
];

export interface Profile {
  /** Of every call, in order; of layers that are fed: of all their rows. */
  readonly layers: readonly Region[];
  /** Of the whole `<net>_run`, and of the rows that are fed before it. */
  readonly total: Region;
  /** Of `<net>_run`, bytes, its callees included. */
  readonly stackBytes: number;
  /** Why there are no cycles. */
  readonly missing?: string;
}

export interface ProfileOptions extends CompileOptions {
  /** Beside the ideal one; the fewer the faster. */
  readonly memories?: readonly MemoryName[];
}

/**
 * @param calls C statements, one a layer, over the variables of `pointerTo`: the memory of the arenas; first one for each input that is
 *   fed, over `row`
 * @param tensors one case; counts hardly depend on it
 * @param options.flags default -O2; layers stay functions of their own whatever they are
 * @throws Rejected MCU5020 without the tools, MCU5021 to MCU5023 when compiler or program fail
 */
export async function profile(
  files: readonly OutputFile[],
  callable: Callable,
  calls: readonly string[],
  tensors: Tensors,
  options: ProfileOptions = {},
): Promise<Profile> {
  requireEmulator(options.compiler);
  const flags = [...(options.flags ?? ["-O2"]), ...outOfLine];
  // The same case twice: once for the whole network, once layer by layer.
  const cases = [tensors, tensors];
  const [network, ...others] = callable.sources;
  return inWorkplace(files, profileDriver(callable, network, calls), callable, cases, async (folder) => {
    await buildForEmulator(others, { ...options, flags }, folder);
    const { ended, regions, missing } = await runMeasured(folder, options.memories ?? []);
    const results = Uint8Array.from(outputsOf(ended, folder, emulatorSeconds));
    const [stackBytes, ...ticks] = new Uint32Array(results.buffer);
    const [total, ...layers] = regions ?? regionsOfTicks(ticks);
    return { layers: layers.slice(0, calls.length), total, stackBytes, missing };
  });
}

/**
 * Names of its own start with `driver_`: the layers' functions are in the same file. Region 0 is the network, those
 * behind it the layers, the last is empty.
 */
function profileDriver(callable: Callable, network: string, calls: readonly string[]): string {
  const fed = fedInputs(callable);
  const measured = [...calls, ""].map((call, index) => {
    const lines = index < fed.length ? eachRow(fed[index], index, call, "    ").join("\n") : `    ${call}`;
    return `    harness_begin_region(${index + 1});\n${lines}\n    harness_end_region(${index + 1});`;
  });
  const pointers = callable.arenas.flatMap((_, index) => [
    `    uint8_t *const ${pointerTo[index]} = driver_arena${index}.bytes;`,
    `    (void)${pointerTo[index]};`,
  ]);
  return `#include "${network}"
#include "harness.h"
#include <string.h>

${arenas(callable)}

/* Not inlined: the stack is to be as deep as for any other caller. */
static __typeof__(${callable.run}) *volatile driver_network = ${callable.run};

static void driver_prepare(void)
{
${eachCase({ ...callable, outputs: [] }, "", true)}
}

static void driver_measure_layers(void)
{
${pointers.join("\n")}
${measured.join("\n")}
}

int main(void)
{
    driver_prepare();
    harness_mark_stack();
    harness_begin_region(0);
${feedPlainly(callable, "    ")
  .map((line) => `${line}\n`)
  .join("")}    ${runCall({ ...callable, run: "driver_network" })}
    harness_end_region(0);
    const uint32_t stack = harness_stack_used();
    driver_prepare();
    driver_measure_layers();
    harness_write(&stack, sizeof stack);
    harness_write(harness_region_ticks, ${4 * (calls.length + 2)});
    return 0;
}
`;
}
