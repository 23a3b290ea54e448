/** A board: what a `.mcu` file describes. */

export interface Region {
  /** `DTCM`, `SRAM1`, `FLASH`: C identifiers. */
  readonly name: string;
  readonly kind: "sram" | "flash";
  readonly bytes: number;
  /** First address, where known. */
  readonly origin?: number;
  /** Tightly coupled: single-cycle, not cached. */
  readonly tightlyCoupled: boolean;
  /** Cycles of the core that a line of 32 bytes takes to come into a cache from here; undefined: see `missCycles`. */
  readonly missCycles?: number;
}

export interface Board {
  readonly name: string;
  readonly core: "cortex-m7";
  readonly clockHz: number;
  /** Instruction and data cache, bytes; 0: none. */
  readonly icacheBytes: number;
  readonly dcacheBytes: number;
  readonly regions: readonly Region[];
  /** Active power, watts, and where the figure comes from. */
  readonly activePower?: { readonly watts: number; readonly source: string };
}

/** Time that a cache line takes, where a board does not say: of flash behind a bus, and of SRAM. */
const FLASH_SECONDS = 50e-9;
const SRAM_SECONDS = 29e-9;
/** Slower cores wait for fewer cycles, but not for less than the bus takes. */
const LEAST_CYCLES = 8;

/** Cycles of the core for a cache line from the region; undefined: from SRAM. */
export function missCycles({ clockHz }: Board, region: Region | undefined): number {
  if (region?.missCycles !== undefined) return region.missCycles;
  const seconds = region?.kind === "flash" ? FLASH_SECONDS : SRAM_SECONDS;
  return Math.max(LEAST_CYCLES, Math.round(seconds * clockHz));
}
