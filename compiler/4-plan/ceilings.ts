/** How much memory a plan may take: its limits on `sram`, and what the board has. */

import type { Simplified } from "../ir/graph.js";
import type { Quantity } from "../limits/limits.js";
import { arenasOf, type Planned } from "../ir/plan.js";
import type { ByEnd, Candidate } from "./candidates.js";
import { choosePair } from "./region.js";

type Bounded = Pick<Simplified, "limits" | "board">;

/** The tightest limit on all of a quantity; Infinity: none. */
export function leastOf({ limits }: Pick<Simplified, "limits">, quantity: Quantity): number {
  const own = limits.filter((one) => one.quantity === quantity && one.region === undefined);
  return Math.min(Infinity, ...own.map(({ atMost }) => atMost));
}

/** What all arenas together can have. */
export function ceilingOf(net: Bounded): number {
  const regions = net.board.regions.filter(({ kind }) => kind === "sram").map(({ bytes }) => bytes);
  return Math.min(
    regions.reduce((sum, one) => sum + one, 0),
    leastOf(net, "sram"),
  );
}

/** Flash that a network may take: its limits, and what the board has where that is known. */
export function flashCeilingOf({ limits, board }: Bounded): number {
  const regions = board.regions.filter(({ kind }) => kind === "flash");
  const available = regions.length > 0 ? regions.reduce((sum, { bytes }) => sum + bytes, 0) : Infinity;
  return Math.min(available, leastOf({ limits }, "flash"));
}

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

/** Whether the memories could hold what lives while a candidate runs, in one arena or with its scratch in a second. */
export function holderOf(net: Bounded): (candidate: Pick<Candidate, "bytes" | "scratch">) => boolean {
  const roomOf = (region: string): number => {
    const limits = net.limits.filter((one) => one.quantity === "sram" && one.region === region);
    return Math.min(...limits.map(({ atMost }) => atMost), Infinity);
  };
  const memories = net.board.regions.filter(({ kind }) => kind === "sram");
  const whole = Math.max(0, ...memories.map(({ name, bytes }) => Math.min(bytes, roomOf(name))));
  const pair = choosePair(net.board, net.limits, Infinity);
  const main = pair ? Math.min(pair.main.bytes, roomOf(pair.main.name)) : 0;
  const ceiling = ceilingOf(net);
  return ({ bytes, scratch }) =>
    bytes <= ceiling &&
    (bytes <= whole || (pair !== undefined && scratch <= pair.room && bytes - scratch <= main));
}

/** The candidates that memory could hold. */
export function held(byEnd: ByEnd, net: Bounded): ByEnd {
  const isHeld = holderOf(net);
  return byEnd.every((ending) => ending.every(isHeld)) ? byEnd : byEnd.map((ending) => ending.filter(isHeld));
}
