/** Which memories of the board the arenas are for. */

import type { Limits } from "../limits/limits.js";
import type { Board, Region } from "../targets/board.js";

/** What is left of a tightly coupled memory for the stack, beside what a `stack` limit asks for. */
const STACK_BYTES = 4096;

/** The memory for one arena: tightly coupled where it fits (no cache misses), else the largest. */
export function chooseRegion(board: Board, bytes: number): string {
  const memories = sram(board);
  const fast = memories.find((region) => region.tightlyCoupled && region.bytes >= bytes);
  return (fast ?? largest(memories))?.name ?? "SRAM";
}

/** A pair of memories: one for most of the network, and a tightly coupled one for scratch. */
export interface Pair {
  readonly main: Region;
  readonly fast: Region;
  /** Bytes that scratch may take, at most. */
  readonly room: number;
}

/** The pair for a network of `bytes` in all; undefined where it fits tightly coupled memory whole, or there is no pair. */
export function choosePair(board: Board, limits: Limits, bytes: number): Pair | undefined {
  const memories = sram(board);
  const coupled = memories.filter(({ tightlyCoupled }) => tightlyCoupled);
  const fast = largest(coupled);
  const main = largest(memories.filter((region) => region !== fast));
  if (!fast || !main || coupled.some((region) => region.bytes >= bytes)) return undefined;
  const stack = Math.max(
    0,
    ...limits.filter(({ quantity }) => quantity === "stack").map(({ atMost }) => atMost),
  );
  const own = limits.filter(({ quantity, region }) => quantity === "sram" && region === fast.name);
  const room = Math.min(fast.bytes - STACK_BYTES - stack, ...own.map(({ atMost }) => atMost));
  return { main, fast, room };
}

/** The most scratch worth having in a memory: where it is cached, more than half of the cache is as slow as what it saves. */
export function usefulScratch({ regions, dcacheBytes }: Board, memory: string): number {
  const isCoupled = regions.some(({ name, tightlyCoupled }) => name === memory && tightlyCoupled);
  return isCoupled || dcacheBytes === 0 ? Infinity : dcacheBytes / 2;
}

const sram = ({ regions }: Board): Region[] => regions.filter(({ kind }) => kind === "sram");

/** The first of them. */
function largest(regions: readonly Region[]): Region | undefined {
  return [...regions].sort((a, b) => b.bytes - a.bytes)[0];
}
