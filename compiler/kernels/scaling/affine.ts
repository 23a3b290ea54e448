/**
 * Requantisation as one multiplication: result = (((power * acc + bias) * multiplier >> 32) + constant) >> shift, SMMLA and a
 * saturating shift. For given power, multiplier and shift every step of the layer's function allows an interval of
 * biases; a bias in all of them makes the results equal for every accumulator that occurs. No theorem about roundings is
 * needed, and it serves convolutions (two roundings) as well as dense layers (one, in double).
 */

import type { OutputRange } from "../requantization.js";
import { staircaseOf, type ChannelScale, type Staircase } from "./steps.js";

/** Beyond it (2 * zero point + 1) << (shift - 1) leaves int32. */
const MOST_SHIFT = 24;

export interface Affine {
  /** Layer-wide. */
  readonly shift: number;
  /** One each a channel. Powers of two; all equal where they were asked to be. */
  readonly powers: readonly number[];
  readonly biases: readonly number[];
  /** 1 .. 2^31 - 1. */
  readonly multipliers: readonly number[];
}

/** `steps` as `n` results from the zero point begin at half a step below. */
export function roundingConstant(zeroPoint: number, shift: number): number {
  return (2 * zeroPoint + 1) * 2 ** (shift - 1);
}

/**
 * @param equalPowers one power for all channels: the shift of an addition, instead of a multiplication by it
 * @param mostPower log2 of the largest power there can be
 */
export function affineOf(
  channels: readonly ChannelScale[],
  range: OutputRange,
  equalPowers: boolean,
  mostPower: number,
): Affine | undefined {
  const known = remembered.get(channels) ?? new Map<string, Affine | undefined>();
  remembered.set(channels, known);
  const key = `${equalPowers} ${mostPower}`;
  if (!known.has(key)) known.set(key, search(channels, range, equalPowers, mostPower));
  return known.get(key);
}

/** The channels of a layer, whose range is one. Several kernels ask for the same. */
const remembered = new WeakMap<readonly ChannelScale[], Map<string, Affine | undefined>>();

function search(
  channels: readonly ChannelScale[],
  range: OutputRange,
  equalPowers: boolean,
  mostPower: number,
): Affine | undefined {
  const stairs = channels.map((one) => staircaseOf(one, range));
  const headroom = channels.map(({ low, high }) => {
    return Math.min(mostPower, Math.floor(Math.log2((2 ** 31 - 1) / Math.max(1, -low, high))));
  });
  const common = headroom.reduce((least, one) => Math.min(least, one), mostPower);
  for (let less = 0; less < 3; less++) {
    const powers = headroom.map((one) => Math.max(0, (equalPowers ? common : one) - less));
    for (let shift = MOST_SHIFT; shift > 4; shift--) {
      const found = forShift(channels, stairs, range, powers, shift);
      if (found === "too large") continue;
      if (found) return onGrid(channels, stairs, range, found, equalPowers);
      break;
    }
  }
  return undefined;
}

/** Layers whose shifts are equal may have the same code, which flash then holds once (5-lower/sharing.ts). */
const GRID = 4;

/** With shift and common power a multiple of `GRID`, where the bits of multiplier and bias that this costs are not needed. */
function onGrid(
  channels: readonly ChannelScale[],
  stairs: readonly Staircase[],
  range: OutputRange,
  found: Affine,
  equalPowers: boolean,
): Affine {
  const logarithms = found.powers.map((one) => Math.log2(one));
  const less = equalPowers ? logarithms[0] % GRID : 0;
  if (less === 0 && found.shift % GRID === 0) return found;
  const powers = logarithms.map((one) => one - less);
  for (let shift = found.shift - (found.shift % GRID); shift > 4; shift -= GRID) {
    const other = forShift(channels, stairs, range, powers, shift);
    if (other !== "too large") return other ?? found;
  }
  return found;
}

/** Smaller shifts have fewer bits of multiplier: only a shift that is too large is worth another try. */
function forShift(
  channels: readonly ChannelScale[],
  stairs: readonly Staircase[],
  range: OutputRange,
  powers: readonly number[],
  shift: number,
): Affine | "too large" | undefined {
  const nearest = channels.map(({ factor }, c) =>
    Math.max(1, Math.round(factor * 2 ** (32 + shift - powers[c]))),
  );
  if (nearest.some((one) => one + MOST_DEVIATION >= 2 ** 31)) return "too large";
  const [biases, multipliers] = [[] as number[], [] as number[]];
  for (let c = 0; c < channels.length; c++) {
    const power = 2 ** powers[c];
    const found = multiplierNear(nearest[c], (one) =>
      biasOf(channels[c], stairs[c], range, power, one, shift),
    );
    if (!found) return undefined;
    const [multiplier, bias] = found;
    if (!staysWithin(channels[c], range, power, bias, multiplier, shift)) return "too large";
    biases.push(bias);
    multipliers.push(multiplier);
  }
  return { shift, powers: powers.map((one) => 2 ** one), biases, multipliers };
}

/** Where steps leave the bias less room than a unit, another slope within them may have a bias that fits. */
const MOST_DEVIATION = 24;

function multiplierNear(
  nearest: number,
  biasFor: (multiplier: number) => number | undefined,
): readonly [multiplier: number, bias: number] | undefined {
  for (let i = 0; i <= 2 * MOST_DEVIATION; i++) {
    const multiplier = nearest + (i % 2 === 0 ? -i / 2 : (i + 1) / 2);
    const bias = multiplier < 1 ? undefined : biasFor(multiplier);
    if (bias !== undefined) return [multiplier, bias];
  }
  return undefined;
}

/** Beyond all biases. */
const OPEN = 2 ** 40;

/** A bias for which every step comes at the same accumulator, the one in the middle of those there are. */
export function biasOf(
  { low, high }: ChannelScale,
  { steps, least, most }: Staircase,
  { zeroPoint, min, max }: OutputRange,
  power: number,
  multiplier: number,
  shift: number,
): number | undefined {
  let from = -OPEN;
  let to = OPEN;
  /** The least value of power * acc + bias that gives n steps. */
  const half = 2 ** (shift - 1);
  const threshold = (n: number) => ceilOfHighQuotient((2 * n - 1) * half, multiplier);
  for (let i = 0; i < steps.length; i++) {
    const exact = threshold(steps[i].steps) - steps[i].first * power;
    if (exact > from) from = exact;
    if (exact + power - 1 < to) to = exact + power - 1;
    if (from > to) return undefined;
  }
  // No further step within reach at either end; past the limits of the range there may be.
  if (least > min - zeroPoint) from = Math.max(from, threshold(least) - low * power);
  if (most < max - zeroPoint) to = Math.min(to, threshold(most + 1) - 1 - high * power);
  if (from > to) return undefined;
  // Steps that do not occur leave one end open: as near to no bias as can be.
  if (from === -OPEN || to === OPEN) return Math.max(from, Math.min(to, 0));
  return Math.floor((from + to) / 2);
}

function staysWithin(
  { low, high }: ChannelScale,
  { zeroPoint }: OutputRange,
  power: number,
  bias: number,
  multiplier: number,
  shift: number,
): boolean {
  // 128 more for results that are stored as bytes from 0 on, and for other limits than int8's.
  const most = roundingConstant(zeroPoint + 128, shift);
  const least = roundingConstant(zeroPoint - 128, shift);
  return [low, high].every((acc) => {
    const scaled = acc * power + bias;
    const high32 = Math.floor((scaled * multiplier) / 2 ** 32);
    const inside = Math.abs(scaled) < 2 ** 31 && high32 + most < 2 ** 31 && high32 + least > -(2 ** 31);
    return inside && most < 2 ** 31 && least >= -(2 ** 31);
  });
}

/** ceil(value * 2^32 / divisor), exact; value * 2^32 has at most 53 significant bits, 0 < divisor < 2^31. */
function ceilOfHighQuotient(value: number, divisor: number): number {
  const down = Math.floor((value * 2 ** 32) / divisor);
  // The quotient was rounded, so the floor may be off by one: the remainder, modulo 2^32, says so.
  const remainder = -Math.imul(down, divisor) | 0;
  if (remainder < 0) return remainder + divisor === 0 ? down - 1 : down;
  if (remainder >= divisor) return remainder === divisor ? down + 1 : down + 2;
  return remainder === 0 ? down : down + 1;
}
