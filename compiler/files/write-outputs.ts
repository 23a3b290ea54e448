/** Writes the files of a result: all of them, or none. */

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, normalize, resolve } from "node:path";
import type { OutputFile } from "./output-file.js";
import { Rejected, reject } from "../diagnostics/diagnostic.js";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a file of that name is in the way",
  EISDIR: "a folder of that name is in the way",
  ENOTEMPTY: "a folder of that name is in the way",
  ENOENT: "the file system refuses new folders there",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "the name is too long",
  EINVAL: "that is not a file name",
  ELOOP: "its symbolic links form a circle",
};

/**
 * Makes `folder` hold the files. They are first written whole into a temporary folder beside it, then renamed into
 * place; files that have the right content already stay untouched, so that builds which depend on them stay up to date.
 * @returns paths that were written, and those that were up to date
 * @throws Rejected MCU5001, and then nothing has changed
 */
export function writeOutputs(
  folder: string,
  files: readonly OutputFile[],
): { written: string[]; unchanged: string[] } {
  const changed = attempt(folder, () => {
    for (const { path } of files) checkTarget(folder, path);
    return files.filter((file) => !hasContent(join(folder, file.path), file.content));
  });
  const names = changed.map((file) => file.path);
  if (changed.length > 0) writeAll(folder, changed);
  return {
    written: names,
    unchanged: files.map((file) => file.path).filter((path) => !names.includes(path)),
  };
}

/** Writes one file, whole or not at all. */
export function writeOutput(file: string, content: string | Uint8Array): void {
  writeOutputs(dirname(file), [{ path: basename(file), content }]);
}

function writeAll(folder: string, files: readonly OutputFile[]): void {
  // Folders that this call creates, outermost first; they go again if it fails.
  const created = attempt(folder, () => createFolder(resolve(folder)));
  let staging: string | undefined;
  try {
    staging = attempt(folder, () => mkdtempSync(join(resolve(folder), ".tsc-mcu-")));
    for (const file of files) attempt(file.path, () => stage(staging!, file));
    for (const file of files) {
      attempt(join(folder, file.path), () => {
        createFolder(resolve(dirname(join(folder, file.path))));
        renameSync(join(staging!, file.path), join(folder, file.path));
      });
    }
  } catch (error) {
    if (created !== undefined) rmSync(created, { recursive: true, force: true });
    throw error;
  } finally {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Creates a folder and those above it; returns the outermost that it created. Node's own recursive mkdir never returns
 * on file systems that answer ENOENT for new folders, such as /proc.
 */
function createFolder(folder: string): string | undefined {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const above = dirname(folder) === folder ? undefined : createFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (above !== undefined) rmSync(above, { recursive: true, force: true });
    throw error;
  }
  return above ?? folder;
}

function stage(staging: string, file: OutputFile): void {
  const path = join(staging, file.path);
  createFolder(dirname(path));
  writeFileSync(path, file.content);
}

/** What could make a rename fail half-way is found before anything is written. */
function checkTarget(folder: string, path: string): void {
  const target = normalize(path);
  if (isAbsolute(target) || target.startsWith("..")) throw new Error(`output path ${path} leaves its folder`);
  const state = statSync(join(folder, path), { throwIfNoEntry: false });
  if (state?.isDirectory())
    reject("MCU5001", undefined, { path: join(folder, path), reason: reasons.EISDIR });
  // Renaming would replace a device such as /dev/null.
  if (state && !state.isFile())
    reject("MCU5001", undefined, { path: join(folder, path), reason: "it is not a regular file" });
}

function hasContent(file: string, content: string | Uint8Array): boolean {
  const state = statSync(file, { throwIfNoEntry: false });
  return state?.isFile() === true && readFileSync(file).equals(Buffer.from(content as string));
}

/** Turns what the file system refuses into a diagnostic. */
function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (error instanceof Rejected || reason === undefined) throw error;
    return reject("MCU5001", undefined, { path, reason });
  }
}
