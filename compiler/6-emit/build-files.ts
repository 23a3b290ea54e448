/** What a project's build system includes: a CMake library target and a Make fragment. */

import type { Lowered } from "../ir/lowered.js";
import { macroPrefix } from "./names.js";

export function emitCMake(net: Lowered): string {
  return `# Network "${net.name}": add_subdirectory() this folder, then target_link_libraries(app ${net.name}).
cmake_minimum_required(VERSION 3.13)

add_library(${net.name} STATIC ${net.name}.c ${net.name}_weights.c)
target_include_directories(${net.name} PUBLIC "\${CMAKE_CURRENT_LIST_DIR}")
target_compile_features(${net.name} PUBLIC c_std_11)
target_compile_options(${net.name} PRIVATE $<$<CONFIG:Debug>:-O2>)
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
