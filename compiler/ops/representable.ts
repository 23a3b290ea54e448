import { reject } from "../diagnostics/diagnostic.js";
import type { Operation } from "../ir/graph.js";
import { UnrepresentableFactor } from "./arithmetic/fixed-point.js";

/** Runs what needs an operation's fixed-point factors; rejects with MCU2025 where its scales are too far apart to have any. */
export function withFactors<T>({ name, site }: Operation, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof UnrepresentableFactor)) throw error;
    return reject("MCU2025", site?.at, { layer: name, factor: error.factor });
  }
}
