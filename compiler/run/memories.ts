/**
 * Memories that measured cycles are given for. The pipeline's cycles are the same for all; each adds stalls of its own.
 * Caches have lines of 32 bytes and pseudo-random replacement; stores that miss cost nothing. Sizes are the data
 * sheets'; what a miss takes, in cycles of the core, is an assumption.
 */

import type { Lowered } from "../ir/lowered.js";

interface Cache {
  readonly bytes: number;
  readonly ways: number;
}

interface Memory {
  /** As a user reads it. */
  readonly meaning: string;
  readonly data: Cache;
  readonly code: Cache;
  /** Cycles of a miss: reading constants, reading other data, fetching instructions. */
  readonly constantMiss: number;
  readonly dataMiss: number;
  readonly fetchMiss: number;
  /** Everything but constants is in DTCM. */
  readonly dataIsTightlyCoupled: boolean;
}

export type MemoryName = "ideal" | "h743" | "h743-dtcm" | "f746";

const none: Cache = { bytes: 0, ways: 1 };

/** 480 MHz: lines of 256 bits from flash over an AXI bus of 240 MHz, 4 wait states. */
const h743: Memory = {
  meaning: "STM32H743: 16 + 16 KiB of caches, constants in flash, data in AXI SRAM",
  data: { bytes: 16 << 10, ways: 4 },
  code: { bytes: 16 << 10, ways: 2 },
  constantMiss: 24,
  dataMiss: 14,
  fetchMiss: 24,
  dataIsTightlyCoupled: false,
};

export const memories: Readonly<Record<MemoryName, Memory>> = {
  ideal: {
    meaning: "every access takes its cycle, as in tightly coupled memory",
    data: none,
    code: none,
    constantMiss: 0,
    dataMiss: 0,
    fetchMiss: 0,
    dataIsTightlyCoupled: false,
  },
  h743,
  "h743-dtcm": {
    ...h743,
    meaning: "STM32H743 with all data in DTCM, constants in flash",
    dataMiss: 0,
    dataIsTightlyCoupled: true,
  },
  // 216 MHz: flash with 7 wait states behind AXI.
  f746: {
    meaning: "STM32F746: 4 + 4 KiB of caches, constants in flash, data in SRAM1",
    data: { bytes: 4 << 10, ways: 4 },
    code: { bytes: 4 << 10, ways: 2 },
    constantMiss: 14,
    dataMiss: 9,
    fetchMiss: 14,
    dataIsTightlyCoupled: false,
  },
};

export const memoryNames = Object.keys(memories) as MemoryName[];

/** The memory that is most like the network's board, by its caches and where the arena is. */
export function memoryOf({ board, arena }: Lowered): MemoryName {
  if (board.dcacheBytes === 0) return "ideal";
  if (board.dcacheBytes < h743.data.bytes) return "f746";
  const region = board.regions.find(({ name }) => name === arena.memory);
  return region?.tightlyCoupled ? "h743-dtcm" : "h743";
}

/** As the plugin takes it (runtime-c/emulator/plugin/memory.h). */
export function memoryArgument(name: MemoryName): string {
  const { data, code, constantMiss, dataMiss, fetchMiss, dataIsTightlyCoupled } = memories[name];
  const sizes = [data.bytes, data.ways, code.bytes, code.ways];
  return [...sizes, constantMiss, dataMiss, fetchMiss, dataIsTightlyCoupled ? 1 : 0].join(":");
}
