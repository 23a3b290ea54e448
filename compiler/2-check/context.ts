/** What an operator's shape rule may ask: the context of one node. */

import type { Node, Site } from "../../dsl/graph.js";
import type { TensorReference } from "../../dsl/weights.js";
import { reject, type Place } from "../diagnostics/diagnostic.js";
import type { Constant, Value } from "../ir/graph.js";
import type { ConstantLayout, ResolveContext } from "../ops/operator.js";
import type { OperatorKind } from "../ops/attributes.js";
import { readConstant, untrainedConstant } from "./constants.js";
import type { Tensors } from "./tensors.js";

export function contextOf<K extends OperatorKind>(
  node: Node,
  inputs: readonly Value[],
  tensors: Tensors,
): ResolveContext<K> {
  const { site } = node;
  return {
    node: node as ResolveContext<K>["node"],
    inputs,
    site,
    inputName: (index) => node.inputs[index].node.name,
    constant(
      attribute: string,
      reference: TensorReference,
      shape: readonly number[],
      layout: ConstantLayout,
    ) {
      // The reference's own place, `w.conv("stem")`, says more than that of the option it was spread into.
      const at = reference.at ?? placeOf(attribute, site);
      return readConstant(tensors, reference, { shape, layout, integers: attribute === "bias", at, site });
    },
    untrained: (shape): Constant => untrainedConstant(shape, `a constant of ${node.name}`, site?.at, site),
    fail: (attribute, what, expected, help) =>
      reject("MCU2001", placeOf(attribute, site), { operator: node.operator, what, expected, help }),
  };
}

function placeOf(attribute: string | undefined, site: Site | undefined): Place | undefined {
  return (attribute === undefined ? undefined : site?.attributes[attribute]) ?? site?.at;
}
