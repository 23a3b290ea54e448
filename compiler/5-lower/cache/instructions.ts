/** Misses of the instruction cache: code is fetched once, and again where a loop holds more than the cache. */

import type { Node } from "../cost/sketch.js";
import { LINE_BYTES } from "./footprint.js";

interface Fetched {
  readonly lines: number;
  readonly misses: number;
}

/** From a cold start. @param cacheBytes above 0 */
export function fetchMisses(nodes: readonly Node[], cacheBytes: number): number {
  return sequence(nodes, cacheBytes / LINE_BYTES).misses;
}

function sequence(nodes: readonly Node[], cache: number): Fetched {
  let [lines, misses] = [0, 0];
  for (const one of nodes) {
    const part = fetched(one, cache);
    lines += part.lines;
    misses += part.misses;
  }
  return { lines, misses };
}

function fetched(node: Node, cache: number): Fetched {
  switch (node.kind) {
    case "operation":
    case "fixed":
      return { lines: node.bytes / LINE_BYTES, misses: node.bytes / LINE_BYTES };
    case "branch": {
      const [then, otherwise] = [sequence(node.then, cache), sequence(node.otherwise, cache)];
      const [yes, no] = [Math.min(1, node.share * 100), Math.min(1, (1 - node.share) * 100)];
      return {
        lines: yes * then.lines + no * otherwise.lines,
        misses: yes * then.misses + no * otherwise.misses,
      };
    }
    case "loop": {
      const { lines, misses } = sequence(node.body, cache);
      if (node.turns <= 1) return { lines, misses: misses * Math.min(1, node.turns) };
      // As much as fits stays from turn to turn: code lies in one piece. What is more displaces itself.
      const kept = lines <= cache ? lines : Math.max(0, 2 * cache - lines);
      return { lines, misses: misses + (node.turns - 1) * Math.max(0, misses - kept) };
    }
  }
}
