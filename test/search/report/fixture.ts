/** Outcomes of searches that never were: like real ones in size and shape, the same each time. */

import type { Cost } from "../../../compiler/search/cost.js";
import type {
  EvolutionOutcome,
  Generation,
  GridOutcome,
  Scored,
  SubSpace,
} from "../../../compiler/search/outcome.js";
import { randomOf } from "../../../compiler/search/random.js";

const widths = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const resolutions = [48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224];

interface GridFixture {
  readonly streaming?: GridOutcome["streaming"];
  readonly samples?: number;
  readonly change?: (subSpace: SubSpace) => Partial<SubSpace>;
}

/** MCUNet's grid: larger networks fit less often, with streaming more often. */
export function gridFixture({ streaming = "chosen", samples = 100, change }: GridFixture = {}): GridOutcome {
  const subSpaces = widths.flatMap((width) =>
    resolutions.map((resolution): SubSpace => {
      const random = randomOf(7, width, resolution);
      const memory = streaming === "chosen" ? 260 : 110;
      const macs: number[] = [];
      const broken = { sram: 0, flash: 0 };
      for (let i = 0; i < samples; i++) {
        const size = 0.6 + 0.25 * (random() + random() + random());
        const sram = (width * resolution * resolution * size) / 60;
        const flash = 2300 * width * width * size;
        if (flash > 1024) broken.flash++;
        else if (sram > memory) broken.sram++;
        else macs.push(Math.round(300e6 * width ** 1.7 * (resolution / 224) ** 2 * size));
      }
      macs.sort((a, b) => a - b);
      const one = { grid: { width, resolution }, drawn: samples, macs, broken };
      return { ...one, ...change?.(one) };
    }),
  );
  const mean = ({ macs }: SubSpace) => macs.reduce((sum, one) => sum + one, 0) / Math.max(macs.length, 1);
  subSpaces.sort((a, b) => mean(b) - mean(a));
  return {
    network: "mcunet",
    board: "stm32f746g-disco",
    limits: "sram <= 320 KiB; flash <= 1 MiB",
    streaming,
    seed: 1,
    samples,
    subSpaces,
  };
}

interface EvolutionFixture {
  readonly count?: number;
  readonly limits?: string;
  /** Renames a choice or an answer. */
  readonly named?: (text: string) => string;
}

/** Keyword spotters: the larger, the better, with some luck. */
export function evolutionFixture({
  count = 1500,
  limits = "sram <= 16 KiB; flash <= 96 KiB; latency <= 8 ms",
  named = (text) => text,
}: EvolutionFixture = {}): EvolutionOutcome {
  const perGeneration = Math.max(1, Math.ceil(count / 31));
  const all = Array.from({ length: count }, (_, i): Scored => {
    const random = randomOf(11, i);
    const generation = Math.floor(i / perGeneration);
    const size = Math.min(0.86, 0.15 + 0.68 * random() + 0.008 * generation);
    const cost: Cost = {
      macs: Math.round(2.1e6 * size * (0.85 + 0.3 * random())),
      parameters: Math.round(9000 + 30000 * size * (0.8 + 0.4 * random())),
      flash: Math.round(24000 + 68000 * size * (0.85 + 0.3 * random())),
      sram: Math.min(16384, Math.round(5200 + 9000 * size + 3500 * random())),
      seconds: 7.9e-3 * size * (0.85 + 0.3 * random()),
    };
    const score = 62 + 30 * (1 - Math.exp(-3 * size)) + 5 * random();
    return { answers: answersOf(random, named), cost, score, generation };
  });
  const front = frontOf(all);
  const generations = Array.from({ length: Math.ceil(count / perGeneration) }, (_, i): Generation => {
    const scores = all.slice(0, (i + 1) * perGeneration).map(({ score }) => score);
    const top = [...scores].sort((a, b) => b - a).slice(0, 100);
    return {
      best: top[0],
      mean: top.reduce((sum, one) => sum + one, 0) / top.length,
      scored: scores.length,
      rejected: 37 * (i + 1),
    };
  });
  const measure = "accuracy (%)";
  return {
    network: "keywords",
    board: "stm32f746g-disco",
    limits,
    seed: 1,
    measure,
    generations,
    front,
    all,
  };
}

function answersOf(random: () => number, named: (text: string) => string): Scored["answers"] {
  const pick = (from: readonly number[]) => from[Math.floor(random() * from.length)];
  const entries: [string, number][] = [];
  for (const stage of [0, 1, 2]) {
    const depth = pick([1, 2, 3]);
    entries.push([named(`stages.${stage}.depth`), depth]);
    for (let block = 0; block < depth; block++) {
      entries.push([named(`stages.${stage}.${block}.kernel`), pick([3, 5, 7])]);
      entries.push([named(`stages.${stage}.${block}.expansion`), pick([2, 3, 4])]);
    }
  }
  return Object.fromEntries(entries);
}

function frontOf(all: readonly Scored[]): Scored[] {
  const sorted = [...all].sort((a, b) => b.score - a.score);
  const isBeaten = ({ cost, score }: Scored, front: readonly Scored[]) =>
    front.some(
      (one) =>
        one.score >= score &&
        one.cost.seconds <= cost.seconds &&
        one.cost.sram <= cost.sram &&
        one.cost.flash <= cost.flash,
    );
  const front: Scored[] = [];
  for (const one of sorted) if (!isBeaten(one, front)) front.push(one);
  return front;
}
