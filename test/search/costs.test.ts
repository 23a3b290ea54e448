/** What members of search spaces cost: against the plans and the code that they really get. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Choosable } from "../../dsl/choices.js";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { arenaBytes } from "../../compiler/ir/plan.js";
import { Costs } from "../../compiler/search/costs.js";
import { Space } from "../../compiler/search/space.js";

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const KEYWORDS = pathOf("../../examples/keywords-space/space.ts");
const MCUNET = pathOf("../../examples/mcunet-space/space.ts");

interface Subnet {
  /** [kernel, expansion] by stage and block. */
  readonly choice: readonly (readonly (readonly [number, number])[])[];
  readonly macs: number;
  readonly parameters: number;
}

function valuesOf({ choice }: Subnet): ReadonlyMap<string, Choosable> {
  return new Map(
    choice.flatMap((blocks, s): [string, Choosable][] => [
      [`stages.${s}.depth`, blocks.length],
      ...blocks.flatMap(([kernel, expansion], b): [string, Choosable][] => [
        [`stages.${s}.${b}.kernel`, kernel],
        [`stages.${s}.${b}.expansion`, expansion],
      ]),
    ]),
  );
}

test("costs are those of the plan and its code", () => {
  const table = pathOf("../../../shared/data/keywords-supernet/subnets.json");
  const subnets = JSON.parse(readFileSync(table, "utf8")) as Subnet[];
  const space = new Space(KEYWORDS);
  const costs = new Costs(space);
  for (const subnet of subnets.slice(0, 3)) {
    const member = space.member(valuesOf(subnet));
    const cost = costs.of(member);
    const { totals, ...lowered } = lower(plan(space.nominal(member)));
    assert.is(cost.macs, subnet.macs);
    assert.is(cost.parameters, subnet.parameters);
    assert.is(cost.sram, arenaBytes(lowered));
    assert.ok(Math.abs(cost.seconds / totals.seconds - 1) < 0.01, `${cost.seconds} of ${totals.seconds}`);
    const flash = totals.constantBytes + totals.codeBytes;
    // That layers with equal code share it is not foreseen.
    assert.ok(cost.flash > 0.9 * flash && cost.flash < 1.25 * flash, `${cost.flash} of ${flash}`);
  }
});

test("limits are named, the board's memory among them", () => {
  const breaksOf = (limits: string, streaming?: "chosen" | "off") => {
    const space = new Space(MCUNET, { limits });
    const answers = Object.entries({ width: 0.2, resolution: 48, "stages.0.depth": 2 });
    const member = space.member(new Map<string, Choosable>(answers), ({ domain }) => domain[0]);
    const costs = new Costs(space, { streaming });
    const { breaks } = costs.verdict(member);
    assert.is(breaks === undefined, costs.of(member).breaks === undefined);
    return breaks;
  };
  assert.is(breaksOf("macs <= 100 k"), "macs");
  assert.is(breaksOf("flash <= 16 KiB"), "flash");
  assert.is(breaksOf("latency <= 1 ms"), "latency");
  assert.is(breaksOf("sram <= 4 KiB", "off"), "sram");
  assert.is(breaksOf("sram(DTCM) <= 1 KiB; sram(SRAM1) <= 1 KiB; sram(SRAM2) <= 1 KiB", "off"), "sram");
  assert.is(breaksOf("sram <= 64 KiB; flash <= 1 MiB"), undefined);
});

test.run();
