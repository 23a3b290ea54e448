/** Networks whose inputs are fed by rows, as `Lowered`: the layers that read them in segments of one, the others as they come. */

import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { arrange } from "../../compiler/4-plan/arrange.js";
import { kernelsOf, layerOf, unitOf, type Unit } from "../../compiler/4-plan/units.js";
import { lower } from "../../compiler/5-lower/index.js";
import type { Operation, Simplified } from "../../compiler/ir/graph.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import { segmentKernel, type StageInput } from "../../compiler/kernels/rows/segment.js";
import type { Net } from "../../dsl/graph.js";

export function simplified(net: Net, board = "nucleo-h743zi"): Simplified {
  return simplify(check(net, { file: "net.ts", board, loadCalibration: false }), { calibrate: false });
}

export function lowerFed(net: Net, board?: string): Lowered {
  const graph = simplified(net, board);
  return lower(arrange(graph, unitsOf(graph)));
}

/** Every operation by itself. */
export function unitsOf(net: Simplified): Unit[] {
  return net.operations.map((operation) => {
    const isFed = operation.inputs.some((value) => net.values[value].feed);
    return isFed ? fedUnit(net, operation) : unitOf(operation, kernelsOf(net, operation)[0]);
  });
}

function fedUnit(net: Simplified, operation: Operation): Unit {
  const layer = layerOf(net, operation);
  const tensors = operation.inputs.filter((value) => !net.values[value].constant);
  const streamed = operation.inputs.findIndex((value) => net.values[value].feed);
  const values = [
    operation.inputs[streamed],
    ...tensors.filter((value) => value !== operation.inputs[streamed]),
  ];
  const inputs = tensors.map((value): StageInput => ({ tensor: values.indexOf(value) }));
  const kernel = layer.operator.rowKernels!.find((one) => one.fits(layer) && one.reads !== "biased")!;
  const segment = { stages: [{ layer, kernel, inputs, streamed }], values, fed: true };
  return {
    operations: [operation],
    inputs: values,
    output: operation.output,
    kernel: segmentKernel(segment),
  };
}
