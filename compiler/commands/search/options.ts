/** What `tsc-mcu search` is given, after commander has parsed it. */

export interface SearchOptions {
  readonly stage?: "1" | "2";
  readonly output: string;
  readonly board?: string;
  readonly linkerScript?: string;
  readonly limits?: string;
  readonly fix: readonly string[];
  readonly seed: number;
  readonly workers: number;
  readonly restart?: boolean;
  readonly json?: boolean;

  readonly samples: number;
  readonly layerByLayer?: boolean;

  readonly supernet?: string;
  readonly data?: string;
  readonly evaluator?: string;
  readonly evaluatorTimeout: number;
  readonly population: number;
  readonly parents: number;
  readonly crossovers: number;
  readonly mutations: number;
  readonly mutationProbability: number;
  readonly generations: number;
  readonly front?: boolean;
}
