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
