import type { Board } from "../targets/board.js";

/** The memory for an arena: tightly coupled where it fits (no cache misses), else the largest region that is not. */
export function chooseRegion(board: Board, bytes: number): string {
  const sram = board.regions.filter(({ kind }) => kind === "sram");
  const fast = sram.find((region) => region.tightlyCoupled && region.bytes >= bytes);
  const largest = [...sram].sort((a, b) => b.bytes - a.bytes)[0];
  return (fast ?? largest)?.name ?? "SRAM";
}
