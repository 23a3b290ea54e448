/** The parsed limits of a network: `sram <= 32 KiB; latency <= 10 ms`. */

import type { Span } from "../../dsl/graph.js";

export type Quantity = "sram" | "flash" | "stack" | "macs" | "latency" | "energy";

export interface Limit {
  readonly quantity: Quantity;
  /** `sram(DTCM)`: the region; undefined: all of them together. */
  readonly region?: string;
  /** Bytes, seconds, joules, or multiply-accumulates. */
  readonly atMost: number;
  /** As written, for messages: `32 KiB`. */
  readonly text: string;
  /** The whole `sram <= 32 KiB` in the model file, where it was read from one. */
  readonly at?: Span;
}

export type Limits = readonly Limit[];
