/** Reads whole files; what the file system refuses becomes a diagnostic at the place that names the file. */

import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { bytesOf } from "./typed-array.js";
import { reject, type Place } from "../diagnostics/diagnostic.js";

/** Weights, samples and models for microcontrollers are far smaller; more is a mistake or an attack. */
const maxFileBytes = 1 << 30;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its symbolic links form a circle",
  ERR_INVALID_ARG_VALUE: "that is not a file name",
};

/**
 * The bytes of a regular file.
 * @param shown how messages name the file; default: `file`
 * @param at what refers to the file; default: the file itself
 */
export function readBytes(
  file: string,
  at: Place = { file },
  shown: string = file,
  atMost = maxFileBytes,
): Uint8Array {
  let handle: number | undefined;
  try {
    // Non-blocking, or opening a pipe would wait for its writer. Windows has no such flag.
    handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const state = fstatSync(handle);
    // A pipe or device may never end, and has no size to hold against the limit.
    if (!state.isFile()) {
      reject("MCU3001", at, {
        file: shown,
        reason: state.isDirectory() ? "it is a folder" : "it is not a regular file",
      });
    }
    if (state.size > atMost) reject("MCU3002", at, { file: shown, bytes: state.size, atMost });
    return bytesOf(readFileSync(handle));
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    return reject("MCU3001", at, {
      file: shown,
      reason,
      help: "start" in at ? "paths are relative to the file that names them" : undefined,
    });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
