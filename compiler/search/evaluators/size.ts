/**
 * No evaluation at all: the largest network that fits is taken to be the best one. On the keyword spotters of
 * examples/keywords-space, multiply-accumulates rank members about as well as the accuracy of the super-network does: Kendall's tau
 * with the accuracy after training is 0.46 to 0.47 for them, and 0.41 to 0.55 for one-shot accuracy, which takes a trained
 * super-network and the validation set.
 */

import type { Evaluator } from "./evaluator.js";

export const sizeEvaluator: Evaluator = {
  measure: "MACs (M)",
  async score(candidates, onDone) {
    const scores = candidates.map(({ cost }) => cost.macs / 1e6);
    onDone?.(scores.length);
    return scores;
  },
  close: async () => {},
};
