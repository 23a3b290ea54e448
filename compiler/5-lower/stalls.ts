/** What a function waits for the board's memory, beside the core's cycles. */

import { elementBytes, type KernelFunction, type Pointer } from "../ir/loop.js";
import { missCycles, type Board } from "../targets/board.js";
import { fetchMisses } from "./cache/instructions.js";
import { DataCache, type CachedArray } from "./cache/misses.js";
import type { Cost } from "./cost.js";

/** Memory that a parameter points to. */
export interface Memory {
  /** Region of the board; undefined: the fastest that is cached. */
  readonly region?: string;
  /** Undefined: not known. */
  readonly bytes?: number;
}

export interface Placement {
  readonly board: Board;
  /** Of every parameter, in order; what is missing is not known. */
  readonly parameters: readonly Memory[];
}

/** More than any cache holds. */
const UNKNOWN_BYTES = 1 << 20;

/** Stall cycles of one call, if the caches hold nothing of it before. */
export function stallsOf(code: KernelFunction, cost: Cost, { board, parameters }: Placement): number {
  const { icacheBytes, dcacheBytes, regions } = board;
  const flash = missCycles(
    board,
    regions.find(({ kind }) => kind === "flash"),
  );
  const fetch = icacheBytes > 0 ? fetchMisses(cost.nodes, icacheBytes) * flash : 0;
  if (dcacheBytes === 0) return fetch;
  const constants = new Map(
    code.constants.map(({ name, element, data }) => [name, elementBytes[element] * data.length]),
  );
  const arrayOf = (pointer: Pointer): CachedArray => {
    const at = code.parameters.indexOf(pointer);
    if (at < 0) return { bytes: constants.get(pointer.name) ?? UNKNOWN_BYTES, penalty: flash };
    const { region: name, bytes = UNKNOWN_BYTES } = parameters[at] ?? {};
    const region = regions.find((one) =>
      name === undefined ? one.kind === "sram" && !one.tightlyCoupled : one.name === name,
    );
    return { bytes, penalty: region?.tightlyCoupled ? undefined : missCycles(board, region) };
  };
  return fetch + new DataCache(dcacheBytes, arrayOf).cycles(cost.accesses);
}
