/**
 * Members of a search space begin alike: what was measured for the first layers of one holds for all with these layers. Results
 * do not depend on it, bit for bit: what is remembered is what would be computed.
 */

import { createHash } from "node:crypto";
import type { Checked, Operation, ValueId } from "../../ir/graph.js";
import { isBatchNorm } from "./depths.js";

/** Of a normalisation's input: mean and biased variance of each channel, and of how many elements. */
export interface Statistics {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly count: number;
}

/** Most of them are those of a few layers: 10 % of what values may take is plenty. */
const shareOfStatistics = 0.1;

/** Keys of contents that came once. */
const mostSeen = 100_000;

/** By keys of rounds, which stand for all that a round depends on. */
export class Prefixes {
  /** Of the round's normalisations, in their order. */
  readonly statistics: Recent<readonly Statistics[]>;
  /** What a round leaves for those after it, in its order; and a value of all validation samples. */
  readonly values: Recent<readonly Float32Array[]>;

  constructor(mostBytes: number) {
    this.statistics = new Recent(mostBytes * shareOfStatistics, true);
    this.values = new Recent(mostBytes, false);
  }
}

/**
 * What was used last, up to so many bytes. Most beginnings are those of one network only, and would drive out the others: a content is
 * remembered when it comes for the second time.
 */
class Recent<T> {
  readonly #seen = new Set<string>();
  readonly #entries = new Map<string, { readonly content: T; readonly bytes: number }>();
  #bytes = 0;

  constructor(
    readonly mostBytes: number,
    private readonly remembersAtOnce: boolean,
  ) {}

  get contents(): T[] {
    return [...this.#entries.values()].map(({ content }) => content);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): T | undefined {
    const found = this.#entries.get(key);
    if (!found) return undefined;
    // Last again: a Map is in the order of insertion.
    this.#entries.delete(key);
    this.#entries.set(key, found);
    return found.content;
  }

  add(key: string, content: T, bytes: number): void {
    if (bytes > this.mostBytes || this.#entries.has(key)) return;
    if (!this.remembersAtOnce && !this.#seen.has(key)) {
      if (this.#seen.size >= mostSeen) this.#seen.clear();
      return void this.#seen.add(key);
    }
    this.#entries.set(key, { content, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#entries) {
      if (this.#bytes <= this.mostBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= freed;
    }
  }
}

/** For each value, a text that is the same for all values that are computed alike from the network's inputs. */
export function keysOf({ values, operations, inputs }: Checked): ReadonlyMap<ValueId, string> {
  const keys = new Map<ValueId, string>(inputs.map((id, i) => [id, `input ${i}`]));
  values.forEach(({ constant }, id) => {
    if (constant) keys.set(id, digest(JSON.stringify(constant, withoutData)));
  });
  for (const operation of operations) {
    const { kind, inputs: read, output } = operation;
    const attributes = JSON.stringify(measuredLater(operation), withoutData);
    keys.set(output, digest([kind, attributes, ...read.map((id) => keys.get(id))].join("\n")));
  }
  return keys;
}

/** The attributes, without the statistics that are measured again. */
function measuredLater(operation: Operation): object {
  if (!isBatchNorm(operation)) return operation.attributes;
  return { ...operation.attributes, mean: undefined, variance: undefined };
}

/** A constant's elements count as their digest; where it came from does not count. */
function withoutData(name: string, value: unknown): unknown {
  if (name === "site") return undefined;
  return ArrayBuffer.isView(value) ? digest(value) : value;
}

export const digest = (content: string | ArrayBufferView): string =>
  createHash("sha1")
    .update(typeof content === "string" ? content : (content as Uint8Array))
    .digest("base64");
