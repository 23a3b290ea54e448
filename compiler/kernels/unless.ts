import type { OperatorKind } from "../ops/attributes.js";
import type { Kernel } from "./kernel.js";

/** A general kernel, for the layers that none of the special ones computes: those are better in every respect. */
export function unless<K extends OperatorKind>(special: readonly Kernel<K>[], general: Kernel<K>): Kernel<K> {
  return {
    ...general,
    fits: (layer) => general.fits(layer) && !special.some((one) => one.fits(layer)),
  };
}
