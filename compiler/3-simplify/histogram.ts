/** What calibration remembers of a tensor's values: their extremes, and a histogram whose range grows with them. */

const bins = 4096;

export interface Histogram {
  readonly least: number;
  readonly most: number;
  /** Counts over [-limit, limit], all bins of one width. */
  readonly counts: Float64Array;
  readonly limit: number;
}

/** Collects values; the one mutable thing here. */
export class Collector {
  private least = Infinity;
  private most = -Infinity;
  private counts = new Float64Array(bins);
  /** A power of two, so that widening merges whole bins. */
  private limit = 2 ** -20;

  add(values: Float32Array): void {
    let [least, most] = [Infinity, -Infinity];
    for (let i = 0; i < values.length; i++) {
      if (values[i] < least) least = values[i];
      if (values[i] > most) most = values[i];
    }
    this.least = Math.min(this.least, least);
    this.most = Math.max(this.most, most);
    while (Math.max(-least, most) > this.limit) this.widen();
    const { counts, limit } = this;
    const perUnit = bins / 2 / limit;
    for (let i = 0; i < values.length; i++) {
      const bin = Math.floor((values[i] + limit) * perUnit);
      counts[bin < bins ? bin : bins - 1]++;
    }
  }

  private widen(): void {
    const wider = new Float64Array(bins);
    for (let i = 0; i < bins; i++) wider[bins / 4 + (i >> 1)] += this.counts[i];
    this.counts = wider;
    this.limit *= 2;
  }

  result(): Histogram {
    const { least, most, counts, limit } = this;
    return { least, most, counts, limit };
  }
}
