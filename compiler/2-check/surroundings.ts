/** What a network is built for: its board, with the memories of a linker script where one is given, and its limits. */

import type { Net } from "../../dsl/graph.js";
import { loadBoard, parseLimits, withLinkerScript } from "../limits/index.js";
import type { Limits } from "../limits/limits.js";
import type { Board } from "../targets/board.js";

/** What a network that names no board is checked against: a common Cortex-M7 board with moderate memories. */
export const defaultBoard = "stm32f746g-disco";

export interface Wishes {
  /** Model file; base of relative paths. */
  readonly file: string;
  /** Overrides the network's own board. */
  readonly board?: string;
  readonly linkerScript?: string;
}

export function boardOf(net: Net, { file, board, linkerScript }: Wishes): Board {
  const place = board === undefined ? (net.site?.attributes.board ?? net.site?.at) : undefined;
  const loaded = loadBoard(board ?? net.board ?? defaultBoard, { relativeTo: file, place });
  return linkerScript === undefined ? loaded : withLinkerScript(loaded, linkerScript);
}

/** @param board of which the limits may name regions; undefined where it could not be read */
export function limitsOf(net: Net, board: Board | undefined): Limits {
  return net.limits === undefined ? [] : parseLimits(net.limits, net.site?.attributes.limits, board);
}
