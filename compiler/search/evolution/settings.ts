/** How long and how wide evolution searches. */

export interface Settings {
  /** Networks of the first population. */
  readonly population: number;
  /** The best of everything scored so far, which the next generation comes from. */
  readonly parents: number;
  /** New networks of each generation, by how they come about. */
  readonly crossovers: number;
  readonly mutations: number;
  /** That a mutation draws an answer anew. */
  readonly mutationProbability: number;
  /** After the first population. */
  readonly generations: number;
  /** At most so many networks are drawn for each one that is wanted. */
  readonly drawsPerNetwork: number;
}

/** Those of Lin et al., "MCUNet: Tiny Deep Learning on IoT Devices", NeurIPS 2020; the bound on draws is ours. */
export const paperSettings: Settings = {
  population: 100,
  parents: 20,
  crossovers: 50,
  mutations: 50,
  mutationProbability: 0.1,
  generations: 30,
  drawsPerNetwork: 100,
};
