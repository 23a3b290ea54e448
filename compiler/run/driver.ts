/** The C program that runs all cases of inputs.bin through a network and writes outputs.bin. */

import { elementCount, type Callable, type CallableTensor } from "./callable.js";

/** The arena's bytes before every inference: a kernel that reads what nothing wrote gives itself away. */
const garbage = "0xA5";

export function driverSource(callable: Callable, cases: number): string {
  return `#include "${callable.header}"
#include "harness.h"
#include <string.h>

${arenas(callable)}

int main(void)
{
    for (int32_t count = 0; count < ${cases}; count++) {
${eachCase(callable, `        ${runCall(callable)}`)}
    }
    return 0;
}
`;
}

export function arenas(callable: Callable): string {
  return callable.arenas.map(({ type }, index) => `static ${type} driver_arena${index};`).join("\n");
}

/** `kws_run(&driver_arena0);` */
export function runCall(callable: Callable): string {
  return `${callable.run}(${callable.arenas.map((_, index) => `&driver_arena${index}`).join(", ")});`;
}

/** One case around `run`: inputs in, outputs out. */
export function eachCase(callable: Callable, run: string): string {
  const size = (tensor: CallableTensor): number => elementCount(tensor) * (tensor.dtype === "int8" ? 1 : 4);
  return [
    ...callable.arenas.map(
      (_, index) => `        memset(&driver_arena${index}, ${garbage}, sizeof driver_arena${index});`,
    ),
    ...callable.inputs.map(
      (input) => `        harness_read(${input.symbol}(&driver_arena0), ${size(input)});`,
    ),
    run,
    ...callable.outputs.map(
      (output) => `        harness_write(${output.symbol}(&driver_arena0), ${size(output)});`,
    ),
  ].join("\n");
}
