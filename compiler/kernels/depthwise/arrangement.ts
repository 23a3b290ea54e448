/** How many channels and rows of results are in the lines at a time: what the scratch allows, and the fastest of that. */

import { axesOf, lineLength, linesFor, type Axes, type Depthwise } from "./axes.js";
import { rowCycles } from "./groups.js";

export interface Arrangement {
  /** Side by side: line for line, those of all channels follow each other. 4 or 1. */
  readonly channels: number;
  /** Rows of results a pass. */
  readonly band: number;
  /** int16 of one channel's line. */
  readonly length: number;
  readonly lines: number;
  readonly bytes: number;
}

export interface Needs {
  /** int16 of packed weights. */
  readonly table: number;
  /** The lines are those of the image, in one pass. */
  readonly isShort: boolean;
}

/** A line further is within reach of loads, and of the immediates that pointers advance by. */
const MOST_LINE = 2040;
/** Rows a pass below which moving lines and starting loops costs as much as the products. */
const FEW_ROWS = 4;

/** The axis along the lines: the one that computes a plane in fewer cycles; undefined: the kernel does not take either. */
export function bestAxes(layer: Depthwise): Axes | undefined {
  const fitting = [false, true].map((transposed) => axesOf(layer, transposed)).filter(fits);
  const price = (axes: Axes) =>
    axes.across.output * rowCycles(axes) + axes.across.input * (6 + 0.9 * axes.along.input);
  return fitting.sort((a, b) => price(a) - price(b))[0];
}

function fits({ along, across }: Axes): boolean {
  const isCovered = [along, across].every(({ before, taps }) => before < taps);
  return isCovered && along.stride <= 2 && along.taps <= 8 && lineLength(along) <= MOST_LINE;
}

/** @param table int16 that packed weights need besides */
function arrange(axes: Axes, channels: number, band: number, { table, isShort }: Needs): Arrangement {
  const length = lineLength(axes.along);
  const lines = isShort ? axes.across.input : linesFor(axes.across, band);
  return { channels, band, length, lines, bytes: 2 * (table + channels * length * lines) };
}

/** 4 channels share word loads; others are taken one by one. */
function channelChoices(layer: Depthwise, { along }: Axes): number[] {
  return layer.output.shape[2] % 4 === 0 && 4 * lineLength(along) <= MOST_LINE ? [4, 1] : [1];
}

/**
 * Results go where inputs of the same channel were: at the same pixel, or before it where there are fewer. In passes, those inputs must
 * have been read.
 */
function worksInPasses({ across, transposed, along }: Axes, inPlace: boolean): boolean {
  if (!inPlace) return true;
  const isSame = across.input === across.output && along.input === along.output;
  return isSame || (!transposed && along.output <= along.input);
}

export function scratchFor(layer: Depthwise, axes: Axes, inPlace: boolean, needs: Needs) {
  const choices = channelChoices(layer, axes);
  const { output } = axes.across;
  const bytes = (channels: number, band: number) =>
    arrange(axes, channels, Math.min(band, output), needs).bytes;
  const most = bytes(choices[0], output);
  if (needs.isShort || !worksInPasses(axes, inPlace)) return { least: bytes(1, output), most };
  const least = inPlace ? Math.min(bytes(1, output), bytes(choices[0], FEW_ROWS)) : bytes(1, 1);
  return { least, most };
}

export function arrangementFor(
  layer: Depthwise,
  axes: Axes,
  granted: { readonly scratch: number; readonly inPlace: boolean },
  needs: Needs,
): Arrangement {
  const { output } = axes.across;
  const inPasses = !needs.isShort && worksInPasses(axes, granted.inPlace);
  const candidates = channelChoices(layer, axes).flatMap((channels) => {
    let passes = 1;
    const bandOf = () => Math.ceil(output / passes);
    while (arrange(axes, channels, bandOf(), needs).bytes > granted.scratch && bandOf() > 1) passes++;
    const found = arrange(axes, channels, bandOf(), needs);
    return found.bytes <= granted.scratch && (passes === 1 || inPasses) ? [found] : [];
  });
  if (candidates.length === 0) throw new Error("depthwise lines were granted less scratch than they need");
  return candidates.reduce((best, one) => (overhead(axes, one) < overhead(axes, best) ? one : best));
}

/** Cycles of a channel besides its products. */
function overhead({ along, across }: Axes, { channels, band, length }: Arrangement): number {
  const passes = Math.ceil(across.output / band);
  const widening = across.input * along.input * (channels === 4 ? 0.9 : 2);
  if (passes === 1) return widening;
  const moving = (passes * Math.max(0, across.taps - across.stride) * length) / 2;
  return widening + moving + passes * 60 + (across.input * 20) / channels;
}
