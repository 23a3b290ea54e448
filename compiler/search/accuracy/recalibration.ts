/**
 * Statistics of batch normalisation measured again for a member of a search space: those of the super-network are means over all
 * of its members, and wrong for each. All samples are one batch: every normalisation uses the mean and the biased variance of
 * that batch, over samples and positions, and what is stored for later are the mean and the unbiased variance.
 *
 * Samples pass in chunks that stay in the cache, one round of normalisations after the other; what the rounds before have computed
 * is kept where computing it again would take longer.
 */

import { elements, type Checked, type Constant, type Operation, type ValueId } from "../../ir/graph.js";
import { operatorOf } from "../../ops/index.js";
import type { Samples } from "./data.js";
import { frontierAfter, isBatchNorm, partBetween, roundsOf, type BatchNorm } from "./depths.js";
import { runPart, sizeOf, type Known, type Setting } from "./passes.js";
import { digest, keysOf, type Prefixes, type Statistics } from "./prefixes.js";

/** A kept element is written and read again in the time of about so many multiply-accumulates. */
const macsPerKept = 20;

/** Elements kept of all samples, at most: 256 MiB. */
const mostKept = 1 << 26;

/** Normalisations that are measured in one pass. */
export interface Round {
  readonly normalisations: readonly BatchNorm[];
  /** Their inputs. */
  readonly ids: readonly ValueId[];
  /** Values that the rounds after it start from; none: they start where this one did. */
  readonly keeping: readonly ValueId[];
  /** They are no more than those before; only then are they remembered for other networks. */
  readonly shrinks: boolean;
  /** The same for all networks in which it comes out the same. */
  readonly key: string;
}

/**
 * @param samples of the network's only input
 * @returns the network with the statistics of these samples, to be used from now on
 * @throws Rejected
 */
export async function recalibrate(
  setting: Setting & { readonly prefixes: Prefixes },
  graph: Checked,
  samples: Samples,
  rounds = planRounds(graph, samples),
): Promise<Checked> {
  const { prefixes } = setting;
  const measured = new Map<BatchNorm, Statistics>();
  const learn = ({ normalisations, ids }: Round, statistics: readonly Statistics[]) =>
    normalisations.forEach((one) => measured.set(one, statistics[ids.indexOf(one.inputs[0])]));
  const start = knownRounds(rounds, prefixes);
  const last = rounds.slice(0, start).findLast(({ keeping }) => keeping.length > 0);
  for (const round of rounds.slice(0, start)) learn(round, prefixes.statistics.get(round.key)!);
  const values = last && prefixes.values.get(last.key);
  let kept: Known = values ? keptBy(last.keeping, values) : new Map([[graph.inputs[0], samples.data]]);
  for (const round of rounds.slice(start)) {
    const known = withStatistics(graph, measured, ({ variance }) => variance);
    const { statistics, values } = await measure(setting, known, round, kept, samples.count);
    learn(round, statistics);
    prefixes.statistics.add(round.key, statistics, bytesOfStatistics(statistics));
    if (values.length === 0) continue;
    if (round.shrinks) prefixes.values.add(round.key, values, bytesOf(values));
    kept = keptBy(round.keeping, values);
  }
  return withStatistics(graph, measured, unbiased);
}

/** How many rounds from the first on need not be measured, because all that later ones need of them is remembered. */
function knownRounds(rounds: readonly Round[], { statistics, values }: Prefixes): number {
  const unknown = rounds.findIndex(({ key }) => !statistics.has(key));
  // Where all are known, nothing is computed, and no values are needed.
  if (unknown < 0) return rounds.length;
  let start = unknown;
  while (start > 0) {
    const last = rounds.slice(0, start).findLast(({ keeping }) => keeping.length > 0);
    if (!last || values.has(last.key)) return start;
    start = rounds.indexOf(last);
  }
  return 0;
}

/** @param keys of the graph's values */
export function planRounds(graph: Checked, { count }: Samples, keys = keysOf(graph)): Round[] {
  let before: readonly ValueId[] = graph.inputs;
  let key = String(count);
  return roundsOf(graph).map((normalisations, round) => {
    const ids = [...new Set(normalisations.map(({ inputs: [id] }) => id))];
    const keeping = worthKeeping(graph, before, round, count);
    key = digest([key, ...ids.map((id) => keys.get(id)), "", ...keeping.map((id) => keys.get(id))].join());
    const shrinks = round === 0 || sizeOfAll(graph, keeping) <= sizeOfAll(graph, before);
    if (keeping.length > 0) before = keeping;
    return { normalisations, ids, keeping, shrinks, key };
  });
}

/** Values to keep in the place of those kept before; none: the rounds to come start where this one did. */
function worthKeeping(graph: Checked, before: readonly ValueId[], round: number, samples: number): ValueId[] {
  const frontier = frontierAfter(graph, round);
  const { operations } = partBetween(graph, before, frontier);
  const fresh = frontier.filter((id) => !before.includes(id));
  const macs = operations.reduce((sum, one) => sum + macsOf(graph, one), 0);
  const isWorthIt = macs > macsPerKept * sizeOfAll(graph, fresh);
  return isWorthIt && sizeOfAll(graph, frontier) * samples <= mostKept ? frontier : [];
}

const sizeOfAll = (graph: Checked, ids: readonly ValueId[]) =>
  ids.reduce((sum, id) => sum + sizeOf(graph, id), 0);

export function macsOf(graph: Checked, operation: Operation): number {
  const types = operation.inputs.map((id) => graph.values[id]);
  return operatorOf(operation).macs(operation, types, graph.values[operation.output]);
}

/** Runs all samples through the part of the network from what is kept to what is wanted. */
async function measure(
  setting: Setting,
  graph: Checked,
  { ids, keeping }: Round,
  kept: Known,
  count: number,
): Promise<{ readonly statistics: Statistics[]; readonly values: Float32Array[] }> {
  const outputs = keeping.filter((id) => !kept.has(id));
  const part = { ...partBetween(graph, kept.keys(), [...ids, ...keeping]), outputs, measured: ids };
  const sums = new Map(ids.map((id) => [id, new Sums(graph, id)]));
  const fresh = await runPart(setting, graph, part, kept, count, (id, means, squares) =>
    sums.get(id)!.add(means, squares),
  );
  return {
    statistics: ids.map((id) => sums.get(id)!.statistics()),
    values: keeping.map((id) => fresh.get(id) ?? kept.get(id)!),
  };
}

const keptBy = (ids: readonly ValueId[], values: readonly Float32Array[]): Known =>
  new Map(ids.map((id, i) => [id, values[i]]));

const bytesOfStatistics = (statistics: readonly Statistics[]) =>
  statistics.reduce((sum, { mean, variance }) => sum + mean.byteLength + variance.byteLength, 0);

const bytesOf = (values: readonly Float32Array[]) =>
  values.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** Sums over samples of the means of each sample's channels; in double, so that their order hardly matters. */
class Sums {
  readonly #positions: number;
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #samples = 0;

  constructor({ values }: Checked, id: ValueId) {
    const { shape } = values[id];
    const channels = shape[shape.length - 1];
    this.#positions = elements(shape) / channels;
    this.#mean = new Float64Array(channels);
    this.#square = new Float64Array(channels);
  }

  add(means: Float32Array, squares: Float32Array): void {
    const channels = this.#mean.length;
    for (let i = 0; i < means.length; i++) {
      this.#mean[i % channels] += means[i];
      this.#square[i % channels] += squares[i];
    }
    this.#samples += means.length / channels;
  }

  statistics(): Statistics {
    const mean = this.#mean.map((sum) => sum / this.#samples);
    const variance = this.#square.map((sum, i) => Math.max(0, sum / this.#samples - mean[i] ** 2));
    return { mean, variance, count: this.#samples * this.#positions };
  }
}

/** A single element has no unbiased variance: then the biased one, 0, stays. */
function unbiased({ variance, count }: Statistics): Float64Array {
  return count < 2 ? variance : variance.map((one) => (one * count) / (count - 1));
}

function withStatistics(
  graph: Checked,
  measured: ReadonlyMap<BatchNorm, Statistics>,
  varianceOf: (statistics: Statistics) => Float64Array,
): Checked {
  const operations = graph.operations.map((operation) => {
    const statistics = isBatchNorm(operation) ? measured.get(operation) : undefined;
    if (!isBatchNorm(operation) || !statistics) return operation;
    const { mean, variance } = operation.attributes;
    const attributes = {
      ...operation.attributes,
      mean: withData(mean, statistics.mean),
      variance: withData(variance, varianceOf(statistics)),
    };
    return { ...operation, attributes };
  });
  return { ...graph, operations };
}

function withData(constant: Constant, values: Float64Array): Constant {
  return { ...constant, dtype: "float32", data: Float32Array.from(values) };
}
