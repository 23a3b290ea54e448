/** Weights of a product as panels: what one pass over a block of pixels reads, a panel's constants right behind its weights. */

import { Pointer, type ConstantArray } from "../../ir/loop.js";
import type { Sums } from "../scaling/scaling.js";
import type { Scaling } from "../scaling/scaling.js";

/** Filters as rows of K: [channel][k], k padded with zeros to whole words. */
export interface Filters {
  readonly weights: Int8Array;
  readonly channels: number;
  /** A multiple of 4. */
  readonly depth: number;
}

export type Width = 2 | 3 | 4 | 6;

/** Channels that a panel computes, and where it begins. */
export interface PanelGroup {
  readonly width: Width;
  readonly panels: number;
  /** Of the group's first panel, bytes. */
  readonly offset: number;
  /** Of one panel, constants included. */
  readonly bytes: number;
  readonly channel: number;
  /** Channels from a panel to the next; the last one begins at `lastChannel` and may compute channels again. */
  readonly lastChannel: number;
}

export interface Panels {
  readonly weights: Pointer;
  readonly groups: readonly PanelGroup[];
  /** Bytes of the weights of `width` channels, before the constants. */
  weightBytes(width: number): number;
  readonly constants: readonly ConstantArray[];
}

const FITS_INT16 = (value: number) => value >= -32768 && value <= 32767;

/** 256 * w0 + w1 of every pair must be an int16, and no sum over int8 activations may leave int32. */
export function fitRaw({ weights, channels, depth }: Filters): boolean {
  for (let channel = 0; channel < channels; channel++) {
    let most = 0;
    for (let k = channel * depth; k < (channel + 1) * depth; k += 2) {
      const [even, odd] = [weights[k], weights[k + 1]];
      if (!FITS_INT16(256 * even + odd)) return false;
      most += 32768 * (Math.abs(odd) + Math.abs(even)) + 128 * Math.abs(odd);
    }
    if (most + 2 ** 23 >= 2 ** 31) return false;
  }
  return true;
}

/** w1 - 256 * w0 of every pair must be an int16, and no sum over biased activations may leave int32. */
export function fitWide({ weights, channels, depth }: Filters): boolean {
  for (let channel = 0; channel < channels; channel++) {
    let most = 0;
    for (let k = channel * depth; k < (channel + 1) * depth; k += 2) {
      const [even, odd] = [weights[k], weights[k + 1]];
      if (!FITS_INT16(odd - 256 * even)) return false;
      most += 255 * Math.abs(even) + 128 * Math.abs(odd);
    }
    if (most + 2 ** 24 >= 2 ** 31) return false;
  }
  return true;
}

/** What `multiplyTile` adds to each channel's sum. @param first 0: even weights, 1: odd ones */
function halfSums({ weights, channels, depth }: Filters, first: 0 | 1): number[] {
  return Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let k = channel * depth + first; k < (channel + 1) * depth; k += 2) sum += weights[k];
    return sum;
  });
}

/** Sums with raw weights: the activations' second word has 127 in it, so that it stays an int16. */
export function rawSums(filters: Filters, starts: readonly number[]): Sums {
  return { factor: 256, offsets: halfSums(filters, 1).map((sum) => 127 * sum), starts };
}

/** Sums with wide weights: even activations are 128 larger. */
export function wideSums(filters: Filters, starts: readonly number[]): Sums {
  return { factor: 1, offsets: halfSums(filters, 0).map((sum) => 128 * sum), starts };
}

/** Panels of channels, their words by turns, as signed digits: the pair w0, w1 is the int16 256 * w0 + w1. */
export function rawPanels(filters: Filters, scaling: Scaling, width: Width): Panels {
  const { weights, depth } = filters;
  return layOut(
    filters,
    scaling,
    [width],
    (rows) => rows * depth,
    (view, at, channels) => {
      for (let k = 0; k < depth; k += 2)
        channels.forEach((channel, row) => {
          const from = channel * depth + k;
          const to = at + (k >> 2) * 4 * channels.length + row * 4 + (k & 2);
          view.setInt16(to, 256 * weights[from] + weights[from + 1], true);
        });
    },
  );
}

/** Panels of three channels, or two: a step's first words of all channels [w2, w0], then the second [w3 - 256 w2, w1 - 256 w0]. */
export function widePanels(filters: Filters, scaling: Scaling, widths: readonly Width[]): Panels {
  const { weights, depth } = filters;
  return layOut(
    filters,
    scaling,
    widths,
    (width) => 2 * width * depth,
    (view, at, channels) => {
      for (let k = 0; k < depth; k += 2)
        channels.forEach((channel, row) => {
          const [even, odd] = weights.subarray(channel * depth + k);
          const to = at + (k >> 2) * 8 * channels.length + row * 4 + (k & 2);
          view.setInt16(to, even, true);
          view.setInt16(to + 4 * channels.length, odd - 256 * even, true);
        });
    },
  );
}

function layOut(
  { channels }: Filters,
  scaling: Scaling,
  widths: readonly Width[],
  weightBytes: (width: number) => number,
  write: (view: DataView, at: number, channels: readonly number[]) => void,
): Panels {
  const groups = groupChannels(channels, widths, (width) => weightBytes(width) + 4 * scaling.words * width);
  const bytes = groups.reduce((sum, one) => sum + one.panels * one.bytes, 0);
  const view = new DataView(new ArrayBuffer(bytes));
  for (const { width, panels, offset, bytes: size, channel, lastChannel } of groups) {
    for (let panel = 0; panel < panels; panel++) {
      const first = panel === panels - 1 ? lastChannel : channel + panel * width;
      // A single channel is computed twice.
      const own = Array.from({ length: width }, (_, i) => Math.min(first + i, channels - 1));
      const at = offset + panel * size;
      write(view, at, own);
      own.forEach((one, row) =>
        scaling
          .constants(one)
          .forEach((value, i) =>
            view.setInt32(at + weightBytes(width) + 4 * (row * scaling.words + i), value, true),
          ),
      );
    }
  }
  const data = new Int8Array(view.buffer);
  return {
    weights: new Pointer("weights", "int8", false),
    groups,
    weightBytes,
    constants: [{ name: "weights", element: "int8", data, align: 4 }],
  };
}

/** Threes and twos, or one of both: the last panel then computes a channel or two again, if its width does not divide. */
function groupChannels(
  channels: number,
  widths: readonly Width[],
  bytesOf: (width: number) => number,
): PanelGroup[] {
  const wholes =
    widths.length === 1 ? [[widths[0], Math.max(1, Math.ceil(channels / widths[0]))]] : mixed(channels);
  const groups: PanelGroup[] = [];
  let [offset, channel] = [0, 0];
  for (const [width, panels] of wholes as [Width, number][]) {
    if (panels === 0) continue;
    const lastChannel = Math.max(0, Math.min(channel + (panels - 1) * width, channels - width));
    groups.push({ width, panels, offset, bytes: bytesOf(width), channel, lastChannel });
    offset += panels * bytesOf(width);
    channel += panels * width;
  }
  return groups;
}

/** As many threes as leave a multiple of two; a single one counts as two. */
export function mixed(count: number): [3 | 2, number][] {
  const twos = count < 2 ? 1 : (3 - (count % 3)) % 3;
  return [
    [3, Math.max(0, (count - 2 * twos) / 3)],
    [2, twos],
  ];
}
