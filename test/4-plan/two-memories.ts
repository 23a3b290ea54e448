/** Random networks for boards with a tightly coupled memory that is too small for them. */

import { plan } from "../../compiler/4-plan/index.js";
import type { Simplified } from "../../compiler/ir/graph.js";
import type { Planned } from "../../compiler/ir/plan.js";
import type { Region } from "../../compiler/targets/board.js";
import { board, Random } from "../kernels/layers.js";
import { randomNet } from "./random-net.js";

/** The planner leaves so much of tightly coupled memory for the stack. */
export const stackBytes = 4096;
export const cacheBytes = 16384;
export const ram: Region = { name: "RAM", kind: "sram", bytes: 1 << 20, tightlyCoupled: false };

/** The same network for a board with `bytes` of DTCM for scratch, and for the stack as much as it takes. */
export function withDtcm(net: Simplified, bytes: number, regions: readonly Region[] = [ram]): Simplified {
  const dtcm: Region = { name: "DTCM", kind: "sram", bytes: bytes + stackBytes, tightlyCoupled: true };
  return { ...net, board: { ...board, dcacheBytes: cacheBytes, regions: [dtcm, ...regions] } };
}

/** A network of more than `stackBytes`, so that there is a DTCM that it does not fit, and its plan in one arena. */
export function largeNet(random: Random): { readonly net: Simplified; readonly whole: Planned } {
  for (;;) {
    const net = randomNet(random, random.int(3, 8), 36);
    const whole = plan({ ...net, board: { ...board, dcacheBytes: cacheBytes, regions: [ram] } });
    if (whole.arena.bytes > stackBytes + 64) return { net, whole };
  }
}

/** The next large network with scratch apart. */
export function divided(random = new Random(7000)): { readonly net: Simplified; readonly planned: Planned } {
  for (;;) {
    const { net, whole } = largeNet(random);
    const large = withDtcm(net, (whole.arena.bytes - stackBytes - 1) & -8);
    const planned = plan(large);
    if (planned.fast) return { net: large, planned };
  }
}
