/** The C program that runs all cases of inputs.bin through a network and writes outputs.bin. */

import { tensorBytes, type Callable } from "./callable.js";
import { feedStrictly, images, readInputs } from "./feeding.js";

/** The arena's bytes before every inference: a kernel that reads what nothing wrote gives itself away. */
const garbage = "0xA5";

/** @param resetsEachCase networks with state start anew with every case; else the cases are consecutive calls */
export function driverSource(callable: Callable, cases: number, resetsEachCase = false): string {
  return `#include "${callable.header}"
#include "harness.h"
#include <string.h>

${arenas(callable)}

int main(void)
{
${startOf(callable)}    for (int32_t count = 0; count < ${cases}; count++) {
${eachCase(callable, [...feedStrictly(callable, "        "), `        ${runCall(callable)}`].join("\n"), resetsEachCase)}
    }
    return 0;
}
`;
}

/** A network with state is reset once; without, its arena is filled before every run. */
export function startOf(callable: Callable): string {
  if (!callable.reset) return "";
  return `${[...fillArenas(callable, "    "), `    ${callable.reset}(&driver_arena0);`].join("\n")}\n`;
}

function fillArenas(callable: Callable, indent: string): string[] {
  return callable.arenas.map(
    (_, i) => `${indent}memset(&driver_arena${i}, ${garbage}, sizeof driver_arena${i});`,
  );
}

/**
 * The first may be anywhere; the others are what the network has in tightly coupled memory. Then the images of inputs that
 * are fed.
 */
export function arenas(callable: Callable): string {
  const place = (index: number): string => (index === 0 ? "" : "HARNESS_TIGHTLY_COUPLED ");
  const lines = callable.arenas.map(
    ({ type }, index) => `static ${place(index)}${type} driver_arena${index};\n`,
  );
  return `${lines.join("")}${images(callable)}`.trimEnd();
}

/** `kws_run(&driver_arena0);` */
export function runCall(callable: Callable): string {
  return `${callable.run}(${callable.arenas.map((_, index) => `&driver_arena${index}`).join(", ")});`;
}

/** One case around `run`, which feeds what is to be fed: inputs in, outputs out. */
export function eachCase(callable: Callable, run: string, resetsEachCase = false): string {
  return [
    ...(callable.reset ? [] : fillArenas(callable, "        ")),
    ...(callable.reset && resetsEachCase ? [`        ${callable.reset}(&driver_arena0);`] : []),
    ...readInputs(callable, "        "),
    run,
    ...callable.outputs.map(
      (output) => `        harness_write(${output.symbol}(&driver_arena0), ${tensorBytes(output)});`,
    ),
  ].join("\n");
}
