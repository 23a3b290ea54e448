/** One inference on the emulated Cortex-M7, as users build it: its outputs, and what it takes. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OutputFile } from "../files/output-file.js";
import {
  tensorBytes,
  unpackCases,
  type Callable,
  type CompileOptions,
  type TensorArray,
  type Tensors,
} from "./callable.js";
import { arenas, eachCase, runCall, startOf } from "./driver.js";
import { feedPlainly } from "./feeding.js";
import { objectSize, type ObjectSize } from "./elf.js";
import { buildForEmulator, compileObjects, emulatorSeconds, requireEmulator } from "./emulator.js";
import { regionsOfTicks, runMeasured, type Region } from "./measurement.js";
import type { MemoryName } from "./memories.js";
import { inWorkplace, outputsOf } from "./workplace.js";

export interface Inference {
  readonly outputs: readonly TensorArray[];
  /** Of `<net>_run`, and of the rows that are fed before it. */
  readonly run: Region;
  /** Of them, bytes, their callees included. */
  readonly stackBytes: number;
  /** The network's own object files. */
  readonly size: ObjectSize;
  /** Why there are no cycles. */
  readonly missing?: string;
}

/** Region 0 is the network; region 1 is empty. */
const regionCount = 2;

/**
 * @param options.flags default -O2
 * @throws Rejected MCU5020 without the tools, MCU5021 to MCU5023 when compiler or program fail
 */
export async function measureInference(
  files: readonly OutputFile[],
  callable: Callable,
  tensors: Tensors,
  memories: readonly MemoryName[],
  options: CompileOptions = {},
): Promise<Inference> {
  requireEmulator(options.compiler);
  return inWorkplace(files, driver(callable), callable, [tensors], async (folder) => {
    const objects = await compileObjects(callable.sources, options, folder);
    const sizes = objects.map((name) => objectSize(readFileSync(join(folder, name))));
    await buildForEmulator(objects, options, folder);
    const { ended, regions, missing } = await runMeasured(folder, memories);
    const bytes = Uint8Array.from(outputsOf(ended, folder, emulatorSeconds));
    const outputBytes = callable.outputs.reduce((sum, output) => sum + tensorBytes(output), 0);
    const [stackBytes, ...ticks] = new Uint32Array(bytes.buffer.slice(outputBytes));
    return {
      outputs: unpackCases(callable, bytes, 1)[0],
      run: (regions ?? regionsOfTicks(ticks))[0],
      stackBytes,
      size: { text: sum(sizes.map(({ text }) => text)), rodata: sum(sizes.map(({ rodata }) => rodata)) },
      missing,
    };
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function driver(callable: Callable): string {
  // Called through a pointer: the stack is to be as deep as for any other caller.
  const run = `        harness_mark_stack();
        harness_begin_region(0);
${feedPlainly(callable, "        ")
  .map((line) => `${line}\n`)
  .join("")}        ${runCall({ ...callable, run: "driver_network" })}
        harness_end_region(0);
        stack = harness_stack_used();`;
  return `#include "${callable.header}"
#include "harness.h"
#include <string.h>

${arenas(callable)}

static __typeof__(${callable.run}) *volatile driver_network = ${callable.run};

int main(void)
{
    uint32_t stack = 0;
${startOf(callable)}    {
${eachCase(callable, run)}
    }
    harness_begin_region(1);
    harness_end_region(1);
    harness_write(&stack, sizeof stack);
    harness_write(harness_region_ticks, ${4 * regionCount});
    return 0;
}
`;
}
