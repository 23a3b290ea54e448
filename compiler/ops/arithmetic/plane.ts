/**
 * A function of two int8 that is a rounded and limited linear one, in few instructions: the coefficients that give each of its
 * 65536 results, found by relaxation and proved by trying them all.
 */

import { clamp } from "./fixed-point.js";

/**
 * The result is (floor(left * a / 2^8) + floor(right * b / 2^8) + offset) >> shift, within int8. Nothing leaves int32 on the
 * way, not with 128 added to the result either. 1 <= shift <= 22.
 */
export interface Plane {
  readonly left: number;
  readonly right: number;
  readonly offset: number;
  readonly shift: number;
}

/** left * a + right * b + offset in reals: what the result is before it is rounded, about. */
export interface Linear {
  readonly left: number;
  readonly right: number;
  readonly offset: number;
}

/** Room around the steps between results, in units of the last bit: two are lost to rounding down. */
const ROOMS = [16, 4, 2, 1];
const TURNS = 300;
/** Results that are this near to another decide; the others are far from every candidate. */
const NEAR = 2 ** -9;
/** More of them than that are ties, which are rounded by sign: no plane does that. */
const MOST_NEAR = 2000;

/** undefined: none was found. @param results 256 * 256 of them, by a + 128 and then by b + 128 */
export function planeThrough(results: Int8Array, linear: Linear): Plane | undefined {
  const shift = shiftOf(linear);
  const unit = 2 ** shift;
  const constraints = near(results, linear);
  if (shift < 1 || constraints.length > MOST_NEAR) return undefined;
  for (const room of ROOMS) {
    const moved = relax(constraints, room / unit);
    if (!moved) continue;
    const plane: Plane = {
      left: Math.round((linear.left + moved[0]) * unit * 256),
      right: Math.round((linear.right + moved[1]) * unit * 256),
      offset: Math.round((linear.offset + moved[2] + 0.5) * unit) + 1,
      shift,
    };
    if (isExact(plane, results)) return plane;
  }
  return undefined;
}

/** The most bits below the point with which neither coefficients nor sums, and 128 more, leave int32. */
function shiftOf({ left, right, offset }: Linear): number {
  const coefficient = Math.max(Math.abs(left), Math.abs(right));
  const most = 128 * (Math.abs(left) + Math.abs(right)) + Math.abs(offset) + 130;
  return Math.floor(Math.min(22, 31 - Math.log2(most), 31 - 8 - Math.log2(1.001 * coefficient)));
}

/** x * left + y * right + z * offset + room >= 0, for a change of the three. */
type Constraint = readonly [left: number, right: number, offset: number, room: number];

/** The steps from a result to the next that the real plane comes near to. */
function near(results: Int8Array, { left, right, offset }: Linear): Constraint[] {
  const found: Constraint[] = [];
  for (let i = 0; i < 65536; i++) {
    const [a, b, result] = [(i >> 8) - 128, (i & 255) - 128, results[i]];
    const above = left * a + right * b + offset + 0.5 - result;
    if (result > -128 && above < NEAR) found.push([a, b, 1, above]);
    if (result < 127 && 1 - above < NEAR) found.push([-a, -b, -1, 1 - above]);
  }
  return found;
}

/**
 * A change of the coefficients with which every constraint has that much room: the relaxation method, which moves to where the
 * worst one holds (Agmon, "The Relaxation Method for Linear Inequalities", Canadian J. Math. 6, 1954).
 */
function relax(
  constraints: readonly Constraint[],
  room: number,
): readonly [number, number, number] | undefined {
  let [x, y, z] = [0, 0, 0];
  for (let turn = 0; turn < TURNS; turn++) {
    let worst: Constraint | undefined;
    let least = room;
    for (const one of constraints) {
      const has = one[0] * x + one[1] * y + one[2] * z + one[3];
      if (has < least) [worst, least] = [one, has];
    }
    if (!worst) return [x, y, z];
    // a and b are as large as 128, the third is 1: all three get a like share in what they add.
    const [a, b, c] = [worst[0] / 128, worst[1] / 128, worst[2]];
    const step = (1.2 * (room - least)) / (a * a + b * b + 1);
    x += (a * step) / 128;
    y += (b * step) / 128;
    z += c * step;
  }
  return undefined;
}

function isExact({ left, right, offset, shift }: Plane, results: Int8Array): boolean {
  const most = (Math.abs(left) + Math.abs(right)) / 2 + Math.abs(offset) + 2 + 2 ** (shift + 7);
  if (Math.max(Math.abs(left), Math.abs(right), most) >= 2 ** 31) return false;
  const [first, second] = [left, right].map((one) =>
    Int32Array.from({ length: 256 }, (_, i) => Math.floor((one * (i - 128)) / 256)),
  );
  for (let i = 0; i < 65536; i++)
    if (clamp((first[i >> 8] + second[i & 255] + offset) >> shift, -128, 127) !== results[i]) return false;
  return true;
}
