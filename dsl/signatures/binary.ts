/** Options of operators on two tensors. */

import type { CommonOptions } from "../signatures.js";
import type { Activation } from "../tensor.js";

export interface AddOptions extends CommonOptions {
  readonly activation?: Activation;
}

export type SubtractOptions = AddOptions;

export type MultiplyOptions = AddOptions;

export interface MatmulOptions extends CommonOptions {
  /** Exchange the last two dimensions of the first operand; default false. */
  readonly transposeA?: boolean;
  /** Exchange those of the second one; default false. */
  readonly transposeB?: boolean;
}
