/** What a network is built for: its board, with the memories of a linker script where one is given, and its limits. */

import type { Net } from "../../dsl/graph.js";
import { loadBoard, parseLimits, withLinkerScript } from "../limits/index.js";
import type { Limits } from "../limits/limits.js";
import type { Board } from "../targets/board.js";

/** What a network that names no board is checked against: a common Cortex-M7 board with moderate memories. */
const defaultBoard = "stm32f746g-disco";

export interface Wishes {
  /** Model file; base of relative paths. */
  readonly file: string;
  /** Overrides the network's own board; a `.mcu` file is relative to the working folder. */
  readonly board?: string;
  readonly linkerScript?: string;
  /** In place of the network's own limits. */
  readonly limits?: string;
}

export function boardOf(net: Net, { file, board, linkerScript }: Wishes): Board {
  // A board of the command line is relative to the working folder, the network's own to the model file.
  const loaded =
    board === undefined
      ? loadBoard(net.board ?? defaultBoard, {
          relativeTo: file,
          place: net.site?.attributes.board ?? net.site?.at,
        })
      : loadBoard(board, {});
  return linkerScript === undefined ? loaded : withLinkerScript(loaded, linkerScript);
}

/** @param board of which the limits may name regions; undefined where it could not be read */
export function limitsOf(net: Net, board: Board | undefined, { limits }: Wishes): Limits {
  if (limits !== undefined) return parseLimits(limits, undefined, board);
  return net.limits === undefined ? [] : parseLimits(net.limits, net.site?.attributes.limits, board);
}
