/** Position of the largest or smallest element along one dimension; the first one of several. */

import { elements } from "../ir/graph.js";
import { Block, Pointer, int } from "../ir/loop.js";
import type { Kernel } from "./kernel.js";

function positionOf<K extends "argMax" | "argMin">(name: string, comparison: ">" | "<"): Kernel<K> {
  return {
    name,
    fits: () => true,
    lower({ operation, inputs, output }) {
      const { axis } = operation.attributes as { readonly axis: number };
      const { shape } = inputs[0];
      const [before, size] = [elements(shape.slice(0, axis)), shape[axis]];
      // Elements along the dimension are as far apart as there are elements behind it.
      const distance = elements(shape.slice(axis + 1));
      const [x, out] = [new Pointer("in", "int8", false), new Pointer("out", output.dtype, true)];
      const block = new Block();
      block.for("i", 0, before, 1, (i, outer) =>
        outer.for("j", 0, distance, 1, (j, body) => {
          const start = i.times(size * distance).plus(j);
          const best = body.variable("best", x.at(start));
          const place = body.variable("place", int(0));
          body.for("k", 1, size, 1, (k, inner) => {
            const value = inner.let("value", x.at(start.plus(k.times(distance))));
            inner.if(value.compare(comparison, best), (found) => {
              found.set(best, value);
              found.set(place, k);
            });
          });
          body.store(out, i.times(distance).plus(j), place);
        }),
      );
      return { parameters: [x, out], constants: [], body: block.statements, notes: [] };
    },
  };
}

export const positionOfMaximum = positionOf<"argMax">("argMax", ">");
export const positionOfMinimum = positionOf<"argMin">("argMin", "<");
