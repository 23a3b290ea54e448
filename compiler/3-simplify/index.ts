/**
 * Stage 3: the network as int8 operations, as few as possible.
 *
 *     Checked ─ rules on the float network ─ quantisation ─ rules on the int8 network ─ channels left out → Simplified
 */

import type { Checked, Simplified } from "../ir/graph.js";
import { compact } from "../ir/rewrite.js";
import { checkAccumulators } from "./accumulators.js";
import { dropChannels } from "./channels/index.js";
import { rewriteToFixpoint } from "./fixpoint.js";
import { quantize } from "./quantize.js";
import { rules } from "./rules.js";
import { verifySimplified } from "./verify.js";

export interface SimplifyOptions {
  /**
   * true: the numbers matter. A network of unknown quantisation is calibrated over its samples; rejected where it has none (MCU2009)
   * or no weights (MCU2018). false: it gets placeholders, quickly, and the result is `nominal`.
   */
  readonly calibrate: boolean;
}

export function simplify(checked: Checked, options: SimplifyOptions): Simplified {
  const folded = rewriteToFixpoint(checked, rules);
  const { graph, nominal } = quantize(folded, options);
  const { calibration: _, ...simplified } = compact(rewriteToFixpoint(graph, rules));
  verifySimplified(simplified);
  // Placeholders say nothing about what values there can be.
  if (nominal) return { ...simplified, nominal };
  checkAccumulators(simplified);
  const { graph: narrow, facts } = dropChannels(simplified);
  verifySimplified(narrow);
  return { ...narrow, nominal, channels: facts };
}
