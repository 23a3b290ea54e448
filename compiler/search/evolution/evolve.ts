/**
 * Stage 2 of the search: evolution among the networks that fit (Lin et al., "MCUNet: Tiny Deep Learning on IoT Devices", NeurIPS
 * 2020). The result depends on the space, the settings and the seed, and on nothing else: not on the number of workers, and not
 * on where the search was stopped and went on.
 */

import { limitText } from "../../limits/parse-limits.js";
import { diagnostic, reject } from "../../diagnostics/diagnostic.js";
import { atMost, candidateText, type Evaluator, type Warn } from "../evaluators/evaluator.js";
import { assignmentOf, recordOf, type Assignment } from "../member.js";
import type { EvolutionOutcome } from "../outcome.js";
import { Failure } from "../pool.js";
import { pickOf, randomOf } from "../random.js";
import type { Space } from "../space.js";
import { CostBook, drawFitting, type Candidate, type Drawn, type Ground } from "./drawing.js";
import { frontOf } from "./front.js";
import { crossed, mutated } from "./genome.js";
import type { Settings } from "./settings.js";
import { isOver, knownKeys, nothingYet, withGeneration, type EvolutionState } from "./state.js";
import type { CostPool } from "./worker.js";

export interface EvolutionOptions {
  readonly space: Pick<Space, "file" | "member" | "checked">;
  /** Answers that all networks share (what stage 1 has found), of the domains of their choices. */
  readonly fixed: Assignment;
  readonly settings: Settings;
  readonly seed: number;
  readonly costs: CostPool;
  readonly evaluator: Evaluator;
  /** Of a search with the same options, except that it may have ended after fewer generations. */
  readonly saved?: EvolutionState;
  /** After every generation; the search goes on when it is done. */
  readonly onGeneration?: (state: EvolutionState) => void | Promise<void>;
  /** How many networks got a score (or failed to) so far, of those of the whole search. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly warn: Warn;
}

/** Networks of one generation that are named when they cannot be planned. */
const mostFaults = 5;

/**
 * @throws Rejected MCU6040 where nothing fits, MCU6048 where a whole generation fails; what the
 * evaluator rejects
 */
export async function evolve(options: EvolutionOptions): Promise<EvolutionOutcome> {
  const { settings, seed, evaluator } = options;
  const book = new CostBook(options.costs);
  let state = options.saved ?? nothingYet(settings);
  while (!isOver(state, settings)) {
    state = await nextGeneration(state, options, book);
    await options.onGeneration?.(state);
  }
  const front = frontOf(state.scored);
  return {
    ...namesOf(options, assignmentOf(front[0].answers)),
    seed,
    measure: evaluator.measure,
    generations: state.generations,
    front,
    all: state.scored,
  };
}

async function nextGeneration(
  state: EvolutionState,
  options: EvolutionOptions,
  book: CostBook,
): Promise<EvolutionState> {
  const { settings, space, fixed, warn } = options;
  const generation = state.generations.length;
  const known = knownKeys(state);
  const ground: Ground = { space, fixed, costs: book, warn: atMost(mostFaults, warn) };
  const drawn: Drawn[] = [];
  if (generation === 0) {
    drawn.push(await fromNothing(state, options, ground, known, settings.population));
    requireSome(drawn[0], options);
  } else {
    drawn.push(await byCrossover(state, options, ground, known, settings.crossovers));
    // Parents that are much alike have few children; what is missing is made up for.
    const missing = settings.crossovers - drawn[0].candidates.length;
    drawn.push(await byMutation(state, options, ground, known, settings.mutations + missing));
  }
  const scored = await scoreAll(
    drawn.flatMap(({ candidates }) => candidates),
    state,
    options,
  );
  const rejected = drawn.flatMap(({ broken }) => [...broken.values()]).reduce((sum, count) => sum + count, 0);
  return withGeneration(state, settings, { ...scored, rejected });
}

type Way = (
  state: EvolutionState,
  options: EvolutionOptions,
  ground: Ground,
  known: Set<string>,
  count: number,
) => Promise<Drawn>;

const fromNothing: Way = (_, { settings, seed }, ground, known, count) =>
  drawFitting(ground, {
    count,
    drawsPerNetwork: settings.drawsPerNetwork,
    known,
    draw: (index) => ({ genome: new Map(), random: randomOf(seed, "evolution", 0, "first", index) }),
  });

const byCrossover: Way = ({ parents, generations }, { settings, seed }, ground, known, count) =>
  drawFitting(ground, {
    count,
    drawsPerNetwork: settings.drawsPerNetwork,
    known,
    draw(index) {
      const random = randomOf(seed, "evolution", generations.length, "crossover", index);
      const one = pickOf(parents, random);
      const other = pickOf(parents, random);
      if (one === other) return { genome: undefined, random };
      return { genome: crossed(assignmentOf(one.genome), assignmentOf(other.genome), random), random };
    },
  });

const byMutation: Way = ({ parents, generations }, { settings, seed }, ground, known, count) =>
  drawFitting(ground, {
    count,
    drawsPerNetwork: settings.drawsPerNetwork,
    known,
    draw(index) {
      const random = randomOf(seed, "evolution", generations.length, "mutation", index);
      const parent = assignmentOf(pickOf(parents, random).genome);
      const genome = mutated(parent, settings.mutationProbability, random);
      return { genome: genome.size === parent.size ? undefined : genome, random };
    },
  });

/** @throws Rejected MCU6048 where none of them gets a score */
async function scoreAll(
  candidates: readonly Candidate[],
  { scored, failed, generations }: EvolutionState,
  { settings, evaluator, space, onProgress }: EvolutionOptions,
): Promise<Pick<Parameters<typeof withGeneration>[2], "scored" | "failed">> {
  if (candidates.length === 0) return { scored: [], failed: [] };
  const generation = generations.length;
  const before = scored.length + failed.length;
  const total = settings.population + settings.generations * (settings.crossovers + settings.mutations);
  const scorable = candidates.map(({ answers, cost }, index) => ({ id: before + index, answers, cost }));
  onProgress?.(before, total);
  const results = await evaluator.score(scorable, (done) => onProgress?.(before + done, total));
  const isScore = (result: number | Failure): result is number => typeof result === "number";
  if (!results.some(isScore)) {
    const [last, reason] = [scorable.at(-1)!, (results.at(-1) as Failure).reason];
    const parameters = { count: results.length, generation, reason: `${candidateText(last)}: ${reason}` };
    reject("MCU6048", { file: space.file }, parameters);
  }
  return {
    scored: candidates.flatMap(({ answers, cost, genome }, index) => {
      const score = results[index];
      return isScore(score)
        ? [{ scored: { answers, cost, score, generation }, genome: recordOf(genome) }]
        : [];
    }),
    failed: candidates.filter((_, index) => !isScore(results[index])).map(({ key }) => key),
  };
}

function requireSome({ candidates, broken }: Drawn, options: EvolutionOptions): void {
  const { space, settings, fixed, warn } = options;
  const misses = [...broken.values()].reduce((sum, count) => sum + count, 0);
  if (candidates.length >= settings.population || misses === 0) return;
  const [what, count] = [...broken].reduce((most, one) => (one[1] > most[1] ? one : most));
  const most = what === "" ? "most of them cannot be planned" : `${what} is what most of them break first`;
  const [drawn, share, place] = [candidates.length + misses, count / misses, { file: space.file }];
  if (candidates.length > 0) {
    const parameters = { found: candidates.length, wanted: settings.population, drawn, most, share };
    return warn(diagnostic("MCU6041", place, parameters));
  }
  reject("MCU6040", place, { drawn, most, share, limits: limitsText(options, fixed) });
}

function namesOf({ space }: EvolutionOptions, values: Assignment) {
  const { name, board, limits } = space.checked(space.member(values));
  return { network: name, board: board.name, limits: limits.map(limitText).join("; ") };
}

/** For a message: where not even this member can be checked, "the limits" must do. */
function limitsText(options: EvolutionOptions, values: Assignment): string {
  try {
    return namesOf(options, values).limits || "the board";
  } catch {
    return "the limits";
  }
}
