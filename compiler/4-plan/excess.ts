/** How far a plan is beyond the memory that it may have. */

import { arenasOf, type Planned } from "../ir/plan.js";

/** Bytes over the limits on `sram`, and over what the memories have; 0: it is allowed. */
export function excessOf(planned: Planned): number {
  const { limits, board } = planned;
  const used = (region?: string): number =>
    arenasOf(planned)
      .filter(({ memory }) => region === undefined || memory === region)
      .reduce((sum, { bytes }) => sum + bytes, 0);
  const ceilings = [
    ...limits.filter(({ quantity }) => quantity === "sram"),
    ...board.regions
      .filter(({ kind }) => kind === "sram")
      .map(({ name, bytes }) => ({ region: name, atMost: bytes })),
  ];
  return ceilings.reduce((sum, { region, atMost }) => sum + Math.max(0, used(region) - atMost), 0);
}
