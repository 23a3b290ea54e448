/** Two runs of the bench side by side: every figure as a ratio to what it was, the worst first. */

import { alignColumns } from "../../compiler/7-report/table.js";
import { grouped } from "../../compiler/commands/headline.js";
import type { NetworkFigures } from "./figures.js";

interface Change {
  readonly network: string;
  readonly figure: string;
  readonly before: number;
  readonly now: number;
}

/** Less is better in all of them. */
const figuresOf = (one: NetworkFigures): Readonly<Record<string, number | undefined>> => ({
  instructions: one.instructions,
  ...Object.fromEntries(Object.entries(one.cycles ?? {}).map(([name, value]) => [`cycles ${name}`, value])),
  arena: one.arena + (one.fast ?? 0),
  stack: one.stack,
  flash: one.text + one.rodata,
});

export function comparison(before: readonly NetworkFigures[], now: readonly NetworkFigures[]): string {
  const changes = now.flatMap((one) => {
    const old = before.find(({ name }) => name === one.name);
    return old ? changesOf(old, one) : [];
  });
  if (changes.length === 0) return "nothing to compare: no network is in both";
  changes.sort((a, b) => b.now / b.before - a.now / a.before);
  const rows = changes.map(({ network, figure, before, now }) => [
    network,
    figure,
    grouped(before),
    grouped(now),
    (now / before).toFixed(3),
  ]);
  const header = ["network", "figure", "before", "now", "ratio"];
  return alignColumns([header, ...rows], ["left", "left", "right", "right", "right"]).join("\n");
}

function changesOf(before: NetworkFigures, now: NetworkFigures): Change[] {
  const old = figuresOf(before);
  return Object.entries(figuresOf(now)).flatMap(([figure, value]) => {
    const was = old[figure];
    return value === undefined || !was ? [] : [{ network: now.name, figure, before: was, now: value }];
  });
}
