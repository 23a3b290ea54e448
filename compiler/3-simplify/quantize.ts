/** Every value and constant of the network becomes an integer one. */

import { reject } from "../diagnostics/diagnostic.js";
import type { Checked, Operation } from "../ir/graph.js";
import { operatorOf } from "../ops/index.js";
import { calibrate } from "./calibrate.js";
import { constantsOf } from "./layers.js";
import { quantizeNominally } from "./nominal.js";
import { propagateQuantization, unquantized } from "./propagate.js";
import { chooseConstantRanges, quantizeConstants } from "./quantize-constants.js";
import { quantizeWeights } from "./quantize-weights.js";

export interface Quantized {
  readonly graph: Checked;
  /** true: with placeholders. */
  readonly nominal: boolean;
}

/** @param wish `calibrate: false`: where weights or samples are needed and are not there, or not looked at, placeholders do */
export function quantize(checked: Checked, wish: { readonly calibrate: boolean }): Quantized {
  const given = propagateQuantization(chooseConstantRanges(checked), () => undefined);
  const open = unquantized(given);
  const untrained = given.operations.filter((operation) => !hasData(operation));
  if (untrained.length + open.length > 0 && !wish.calibrate) {
    return { graph: quantizeConstants(quantizeNominally(given)), nominal: true };
  }
  if (untrained.length > 0) {
    const [{ name, site }] = untrained;
    reject("MCU2018", site?.at, { layer: name, others: untrained.length - 1 });
  }
  if (open.length === 0) return { graph: quantizeConstants(quantizeWeights(given)), nominal: false };
  if (!given.calibration) {
    return reject("MCU2009", given.site?.attributes.options ?? given.site?.at ?? open[0].site?.at, {
      layer: open[0].name,
      others: open.length - 1,
    });
  }
  checkReals(given);
  const chosen = calibrate(given, given.calibration);
  const known = propagateQuantization(given, (id) => chosen.get(id));
  return { graph: quantizeConstants(quantizeWeights(known)), nominal: false };
}

/** Calibration runs the network in reals, which not every operator has: recurrent layers exist quantised only. */
function checkReals({ operations }: Checked): void {
  const operation = operations.find((one) => !operatorOf(one).float);
  if (!operation) return;
  reject("MCU2001", operation.site?.at, {
    operator: operation.kind,
    what: `${operation.name} has no float form to calibrate the other layers with`,
    expected: "the quantisation of every layer",
    help: "convert the whole network with TensorFlow Lite, and import it",
  });
}

function hasData(operation: Operation): boolean {
  return constantsOf(operation).every((constant) => constant.data !== undefined);
}
