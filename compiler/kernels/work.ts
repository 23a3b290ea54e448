/** What a kernel has to do for a layer, from shapes alone: prices are formulas over it (4-plan/prices). */

export interface Work {
  /** `family: form`. Layers of one form run the same code, but for its counts: each form has a formula of its own. */
  readonly form: string;
  /** How often the parts of that code run: cycles are a linear function of these, nearly. */
  readonly counts: readonly number[];
  /** How often the code has its parts: so are its bytes. */
  readonly code: readonly number[];
  /** Bytes of its constants. */
  readonly constants: number;
}
