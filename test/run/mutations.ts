/** Plans with faults made on purpose, and results placed as near to inputs as kernels say that they may be. */

import type { Planned } from "../../compiler/ir/plan.js";
import { bytesPerElement, type ValueId } from "../../compiler/ir/graph.js";
import type { Random } from "../../scripts/random.js";

/** With a buffer moved over another that is alive at the same time. undefined: no two of them are. */
export function withCollision(net: Planned, random: Random): Planned | undefined {
  const pairs = net.buffers.flatMap((one) =>
    net.buffers
      .filter((other) => other.id !== one.id && other.memory === one.memory && one.bytes > 0)
      .filter((other) => other.first <= one.last && one.first <= other.last && other.bytes > 0)
      .map((other) => ({ one, other })),
  );
  if (pairs.length === 0) return undefined;
  const { one, other } = random.pick(pairs);
  const lowest = Math.max(0, other.offset - one.bytes + 1);
  const offset = random.int(lowest, other.offset + other.bytes - 1);
  const aligned = Math.max(0, offset & ~(one.align - 1));
  if (aligned + one.bytes <= other.offset) return undefined;
  return withOffsets(net, new Map([[one.id, aligned]]));
}

/** A step and an input of it whose memory nobody needs afterwards, and that lies apart from the result's. */
export interface Meeting {
  readonly step: number;
  readonly input: ValueId;
  /** As far as the kernel says that the result may begin behind the input's begin, bytes. */
  readonly distance: number;
}

export function meetings(net: Planned): Meeting[] {
  return net.steps.flatMap(({ inputs, outputs, kernel, feeds }, step) => {
    const to = net.buffers[net.storage.get(outputs[0])!.buffer];
    return inputs.flatMap((input): Meeting[] => {
      const most = kernel.overlap?.(input);
      if (most === undefined || input === feeds) return [];
      const distance = most & -bytesPerElement[net.values[outputs[0]].dtype];
      const from = net.buffers[net.storage.get(input)!.buffer];
      const isSeenTwice = inputs.some(
        (other) => other !== input && net.storage.get(other)?.buffer === from.id,
      );
      const isApart = from.id !== to.id && !isSeenTwice && from.kind !== "output";
      const isFree = isApart && from.last === step && to.first === step;
      return isFree ? [{ step, input, distance }] : [];
    });
  });
}

/** The result of the meeting begins `distance` bytes behind its input, with nothing else near. */
export function withDistance(net: Planned, { step, input }: Meeting, distance: number): Planned {
  const from = net.storage.get(input)!;
  const to = net.storage.get(net.steps[step].outputs[0])!;
  const shift = from.offset + distance - to.offset;
  const apart = (net.arena.bytes + 63) & ~63;
  const start = apart + ((Math.max(0, -shift) + 63) & ~63);
  return withOffsets(
    net,
    new Map([
      [from.buffer, start],
      [to.buffer, start + shift],
    ]),
  );
}

/** The step with so much scratch, with nothing else near. */
export function withScratch(net: Planned, step: number, size: number): Planned {
  const { scratch } = net.steps[step];
  if (scratch === undefined) return net;
  const buffers = net.buffers.map((one) => (one.id === scratch ? { ...one, bytes: size } : one));
  return withOffsets({ ...net, buffers }, new Map([[scratch, (net.arena.bytes + 63) & ~63]]));
}

function withOffsets(net: Planned, offsets: ReadonlyMap<number, number>): Planned {
  const buffers = net.buffers.map((buffer) => {
    const offset = offsets.get(buffer.id);
    return offset === undefined ? buffer : { ...buffer, offset };
  });
  const ends = buffers.map(({ memory, offset, bytes }) => (memory === net.arena.memory ? offset + bytes : 0));
  return { ...net, buffers, arena: { ...net.arena, bytes: Math.max(net.arena.bytes, ...ends) } };
}
