/**
 * The TypeScript compiler, loaded when a model is first read: commands that read none do not pay for it. Through
 * `require`, since importing a CommonJS file of 9 MB makes Node scan it for exports, which takes 0.3 s more.
 */

import { createRequire } from "node:module";
import { dirname } from "node:path";
import type TS from "typescript";

export type { TS };

const require = createRequire(import.meta.url);

/** Set by `loadTypescript`; everything in this folder runs after it. */
export let ts: typeof TS;

export function loadTypescript(): void {
  ts ??= require("typescript") as typeof TS;
}

/** The folder of TypeScript's own declaration files. */
export const libraryFolder = dirname(require.resolve("typescript"));
