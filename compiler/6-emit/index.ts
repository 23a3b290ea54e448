/** 6-emit: the network as C11 that an engineer likes to read, and what builds it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lowered } from "../ir/lowered.js";
import { packageRoot } from "../package-root.js";
import { emitCMake, emitMake } from "./build-files.js";
import { emitHeader } from "./header.js";
import type { LineOf } from "./layer-comment.js";
import { emitNetwork } from "./network.js";
import type { OutputFile } from "../files/output-file.js";
import { emitWeights, emitWeightsHeader } from "./weights.js";

export { emitCalls, pointerTo } from "./calls.js";

export interface EmitOptions {
  /** Prints a place of the model file as `net.ts:14`; left out, comments carry no places. */
  readonly lineOf?: LineOf;
  /** Hot loops as asm for Arm's compilers that understand it, with the C behind; default true. */
  readonly asm?: boolean;
}

/** Networks include the first; it includes the others. */
const runtimeHeaders = ["tsc_mcu.h", "tsc_mcu_packed.h", "tsc_mcu_arithmetic.h", "tsc_mcu_quantize.h"];

/** All files but the reports, which 7-report adds. */
export function emit(net: Lowered, options: EmitOptions = {}): OutputFile[] {
  const lineOf = options.lineOf ?? (() => "");
  return [
    { path: `${net.name}.h`, content: emitHeader(net) },
    { path: `${net.name}.c`, content: emitNetwork(net, lineOf, options.asm ?? true) },
    { path: `${net.name}_weights.h`, content: emitWeightsHeader(net) },
    { path: `${net.name}_weights.c`, content: emitWeights(net) },
    ...runtimeHeaders.map((path) => ({
      path,
      content: readFileSync(join(packageRoot(), "runtime-c", path), "utf8"),
    })),
    { path: "CMakeLists.txt", content: emitCMake(net) },
    { path: `${net.name}.mk`, content: emitMake(net) },
  ];
}
