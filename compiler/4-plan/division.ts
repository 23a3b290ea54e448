/** Which arena holds which buffer, and where: everything in one, or scratch apart in tightly coupled memory. */

import type { Simplified } from "../ir/graph.js";
import type { Buffer } from "../ir/plan.js";
import { roundUp } from "./bound.js";
import { placeBuffers } from "./placement.js";
import { choosePair, chooseRegion } from "./region.js";
import type { Sharing, UnplacedBuffer } from "./storage.js";

/** Alignment of arenas: doubles and word loads. */
export const ARENA_ALIGN = 8;

export interface Division {
  /** By id; scratch with the least that its kernel needs. */
  readonly buffers: readonly Buffer[];
  readonly main: {
    readonly memory: string;
    readonly bytes: number;
    /** No placement of what is in it needs less. */
    readonly bound: number;
  };
  /** `room`: bytes that every scratch buffer there may grow to. */
  readonly fast?: { readonly memory: string; readonly room: number };
}

/** @param slack bytes that a single arena may grow by where limits and its memory allow it */
export function divideBuffers(
  net: Simplified,
  sharing: Pick<Sharing, "buffers" | "overlaps">,
  slack = 0,
): Division {
  const { buffers, overlaps } = sharing;
  const whole = placeBuffers(buffers, overlaps);
  const apart = divide(net, sharing, whole.bytes);
  if (apart) return apart;
  const memory = chooseRegion(net.board, whole.bytes);
  const bytes = roundUp(whole.bytes, ARENA_ALIGN);
  const larger = bytes + roundDown(slack);
  const isAllowed = net.limits.every(({ quantity, atMost }) => quantity !== "sram" || larger <= atMost);
  const isRoomy = isAllowed && chooseRegion(net.board, larger) === memory;
  return {
    buffers: buffers.map((buffer, id) => ({ ...buffer, memory, offset: whole.offsets[id] })),
    main: { memory, bytes: isRoomy ? larger : bytes, bound: roundUp(whole.bound, ARENA_ALIGN) },
  };
}

/** As much scratch apart as fits; undefined where that is none, or the rest has no memory. */
function divide(
  net: Simplified,
  { buffers, overlaps }: Pick<Sharing, "buffers" | "overlaps">,
  whole: number,
): Division | undefined {
  const pair = choosePair(net.board, net.limits, whole);
  if (!pair) return undefined;
  const { main, fast } = pair;
  let room = roundDown(pair.room);
  let apart = fitting(buffers, room);
  // What all arenas together may have is shared: scratch that finds no room goes back, and the main arena grows.
  while (apart.size > 0) {
    const rest = buffers.filter((buffer) => !apart.has(buffer));
    const { offsets, bytes, bound } = placeBuffers(rest, overlaps);
    const together = net.limits.filter(({ quantity, region }) => quantity === "sram" && region === undefined);
    const left = together.map(({ atMost }) => atMost - roundUp(bytes, ARENA_ALIGN));
    room = roundDown(Math.min(pair.room, ...left));
    const smaller = fitting([...apart], room);
    if (smaller.size === apart.size) {
      if (bytes > main.bytes) return undefined;
      const places = new Map(rest.map((buffer, i) => [buffer, offsets[i]]));
      return {
        buffers: buffers.map((buffer) =>
          apart.has(buffer)
            ? { ...buffer, memory: fast.name, offset: 0 }
            : { ...buffer, memory: main.name, offset: places.get(buffer)! },
        ),
        main: {
          memory: main.name,
          bytes: roundUp(bytes, ARENA_ALIGN),
          bound: roundUp(bound, ARENA_ALIGN),
        },
        fast: { memory: fast.name, room },
      };
    }
    apart = smaller;
  }
  return undefined;
}

/** Scratch for one step only, so that all begin at 0. */
function fitting(buffers: readonly UnplacedBuffer[], room: number): ReadonlySet<UnplacedBuffer> {
  const isShort = ({ kind, first, last }: UnplacedBuffer) => kind === "scratch" && first === last;
  return new Set(buffers.filter((one) => isShort(one) && one.bytes <= room));
}

const roundDown = (bytes: number): number => Math.floor(bytes / ARENA_ALIGN) * ARENA_ALIGN;
