/** Boards by name: the built-in ones, and `.mcu` files beside the model. */

import { readdirSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { reject, type Place } from "../diagnostics/diagnostic.js";
import { readBytes } from "../files/read-file.js";
import { packageRoot } from "../package-root.js";
import type { Board } from "../targets/board.js";
import { parseBoard } from "./board-file.js";
import { nearest } from "./nearest.js";
import { maxCharacters } from "./syntax.js";

const boardsFolder = () => join(packageRoot(), "compiler", "targets", "boards");

/** The names of the built-in boards, sorted. */
export function boardNames(): string[] {
  const files = readdirSync(boardsFolder()).filter((file) => file.endsWith(".mcu"));
  return files.map((file) => file.slice(0, -".mcu".length)).sort();
}

export function builtInBoards(): Board[] {
  return boardNames().map((name) => readBoard(join(boardsFolder(), `${name}.mcu`)));
}

/**
 * A built-in board (`"stm32f746g-disco"`), or a board file (`"./my-board.mcu"`).
 * @param options.relativeTo the model file: paths are relative to its folder; left out, to the working folder
 * @param options.place what names the board, for diagnostics
 */
export function loadBoard(
  name: string,
  options: { readonly relativeTo?: string; readonly place?: Place },
): Board {
  if (name.endsWith(".mcu")) {
    const base = options.relativeTo === undefined ? "." : dirname(options.relativeTo);
    const file = isAbsolute(name) ? name : join(base, name);
    return readBoard(file, options.place, name);
  }
  let board = builtIn.get(name);
  if (board) return board;
  const known = boardNames();
  if (!known.includes(name))
    reject("MCU2130", options.place, { board: name, known, nearest: nearest(name, known) });
  board = readBoard(join(boardsFolder(), `${name}.mcu`));
  builtIn.set(name, board);
  return board;
}

/** Those that have been asked for: a search asks for one thousands of times. */
const builtIn = new Map<string, Board>();

function readBoard(file: string, place?: Place, shown?: string): Board {
  const bytes = readBytes(file, place, shown, 4 * maxCharacters.board);
  return parseBoard(file, new TextDecoder().decode(bytes));
}
