/** Draws networks until enough of them fit. */

import { Rejected, diagnostic } from "../../diagnostics/diagnostic.js";
import { answersText, type Warn } from "../evaluators/evaluator.js";
import type { Cost } from "../cost.js";
import { keyOf, recordOf, type Assignment } from "../member.js";
import type { Answers } from "../outcome.js";
import { Failure } from "../pool.js";
import type { Random } from "../random.js";
import { grown, type Genome, type Reader } from "./genome.js";
import type { CostPool, CostResult } from "./worker.js";

/** A network that fits. */
export interface Candidate {
  readonly genome: Genome;
  readonly key: string;
  readonly answers: Answers;
  readonly cost: Cost;
}

export interface Drawn {
  readonly candidates: readonly Candidate[];
  /** Different networks that do not fit, by the limit that they break first; "" for those that cannot be planned at all. */
  readonly broken: ReadonlyMap<string, number>;
}

/** Where draws come from and go to; the same for all generations. */
export interface Ground {
  readonly space: Reader & { readonly file: string };
  readonly fixed: Assignment;
  readonly costs: CostBook;
  readonly warn: Warn;
}

export interface Wish {
  readonly count: number;
  readonly drawsPerNetwork: number;
  /** Keys of networks that are not wanted again; grows. */
  readonly known: Set<string>;
  /** The genome of one draw (undefined: one that is known for certain), and what decides its open choices. */
  readonly draw: (index: number) => { readonly genome: Genome | undefined; readonly random: Random };
}

/** So many draws a wanted network that give nothing new, one after the other, are the end of it: nothing else is there to find. */
const patience = 10;

type Draw =
  | { readonly genome: Genome; readonly key: string; readonly answers: Answers }
  | { readonly fault: string; readonly key: string }
  | undefined;

/** Which networks are taken depends on the order of draws alone, and not on how many are costed at a time. */
export async function drawFitting(ground: Ground, wish: Wish): Promise<Drawn> {
  const candidates: Candidate[] = [];
  const broken = new Map<string, number>();
  const breaks = (what: string) => broken.set(what, (broken.get(what) ?? 0) + 1);
  const mostDraws = wish.count * wish.drawsPerNetwork;
  let [index, different, repeats] = [0, 0, 0];
  while (candidates.length < wish.count && index < mostDraws && repeats < patience * wish.count) {
    const share = (candidates.length + 1) / (different + 1);
    const size = Math.min(256, Math.max(4, Math.ceil((wish.count - candidates.length) / share)));
    const batch = drawBatch(ground, wish, index, Math.min(mostDraws, index + patience * wish.count), size);
    index += batch.length;
    const results = await ground.costs.of(
      batch.flatMap((one) => (one && "genome" in one && !wish.known.has(one.key) ? [one] : [])),
    );
    for (const one of batch) {
      if (candidates.length >= wish.count || repeats >= patience * wish.count) break;
      if (one === undefined || wish.known.has(one.key)) {
        repeats++;
        continue;
      }
      [different, repeats] = [different + 1, 0];
      wish.known.add(one.key);
      const result = "fault" in one ? new Failure(one.fault) : results.get(one.key)!;
      if ("genome" in one && "cost" in result) candidates.push({ ...one, cost: result.cost });
      else if ("breaks" in result) breaks(result.breaks);
      else {
        breaks("");
        tellFault(ground, one, (result as Failure).reason);
      }
    }
  }
  return { candidates, broken };
}

/** Draws from index `from` up to `to`, or until `size` of them are new. */
function drawBatch({ space, fixed }: Ground, wish: Wish, from: number, to: number, size: number): Draw[] {
  const batch: Draw[] = [];
  const fresh = new Set<string>();
  for (let index = from; index < to && fresh.size < size; index++) {
    const { genome, random } = wish.draw(index);
    if (genome === undefined) {
      batch.push(undefined);
      continue;
    }
    const one = readDraw(space, genome, fixed, random);
    batch.push(one);
    if (!wish.known.has(one.key)) fresh.add(one.key);
  }
  return batch;
}

function readDraw(space: Reader, from: Genome, fixed: Assignment, random: Random): NonNullable<Draw> {
  try {
    const { genome, values } = grown(space, from, fixed, random);
    return { genome, key: keyOf(values), answers: recordOf(values) };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return { fault: error.message, key: `fault ${error.message}` };
  }
}

function tellFault({ space, warn }: Ground, one: NonNullable<Draw>, reason: string): void {
  const candidate =
    "answers" in one ? `the network with ${answersText(one.answers)}` : "a network of the space";
  const what = "answers" in one ? "planned" : "read";
  warn(diagnostic("MCU6047", { file: space.file }, { candidate, what, reason }));
}

/** What was asked about before is remembered, within limits: draws that came too late for one generation may come again. */
export class CostBook {
  readonly #known = new Map<string, CostResult | Failure>();

  constructor(private readonly pool: CostPool) {}

  async of(
    draws: readonly { readonly key: string; readonly answers: Answers }[],
  ): Promise<ReadonlyMap<string, CostResult | Failure>> {
    const open = new Map(draws.filter(({ key }) => !this.#known.has(key)).map((one) => [one.key, one]));
    const tasks = [...open.values()].map(({ answers }) => ({ answers }));
    const results = await this.pool.map(tasks);
    const all = new Map(draws.map(({ key }) => [key, this.#known.get(key)!]));
    if (this.#known.size > mostRemembered) this.#known.clear();
    [...open.keys()].forEach((key, index) => {
      all.set(key, results[index]);
      this.#known.set(key, results[index]);
    });
    return all;
  }
}

/** Keys take about a kilobyte each. */
const mostRemembered = 20_000;
