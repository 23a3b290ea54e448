/** What a project's build system includes: a CMake library target and a Make fragment. */

import type { Lowered } from "../ir/lowered.js";
import { macroPrefix } from "./names.js";

/** A target for each network. */
export function emitCMake(...nets: readonly Lowered[]): string {
  const heads = nets.map(
    ({ name }) =>
      `# Network "${name}": add_subdirectory() this folder, then target_link_libraries(app ${name}).\n`,
  );
  return `${heads.join("")}cmake_minimum_required(VERSION 3.13)
${nets.map(emitTarget).join("")}`;
}

function emitTarget({ name }: Lowered): string {
  return `
add_library(${name} STATIC ${name}.c ${name}_weights.c)
target_include_directories(${name} PUBLIC "\${CMAKE_CURRENT_LIST_DIR}")
target_compile_features(${name} PUBLIC c_std_11)
target_compile_options(${name} PRIVATE $<$<CONFIG:Debug>:-O2>)
`;
}

export function emitMake(net: Lowered): string {
  const prefix = macroPrefix(net.name);
  return `# Network "${net.name}": include this file, then add $(${prefix}_SOURCES) and $(${prefix}_CFLAGS) to yours.
${prefix}_DIR := $(dir $(lastword $(MAKEFILE_LIST)))
${prefix}_SOURCES := $(${prefix}_DIR)${net.name}.c $(${prefix}_DIR)${net.name}_weights.c
${prefix}_CFLAGS := -I$(${prefix}_DIR) -std=c11 -O2
`;
}
