/** What `tsc-mcu search` is given, after commander has parsed it. */

import type { Settings } from "../../search/evolution/index.js";

export interface SearchOptions extends Omit<Settings, "drawsPerNetwork"> {
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
  readonly front?: boolean;
}
