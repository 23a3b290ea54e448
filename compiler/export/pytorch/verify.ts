/** Whether all members that were seen are what the program makes of their answers: random ones show what single answers do not. */

import { reject } from "../../diagnostics/diagnostic.js";
import { keyOf } from "../../search/member.js";
import type { Layer } from "./layers.js";
import type { Observation, Observations } from "./observations.js";
import type { Program, Slot, Step } from "./program.js";

/** @throws Rejected MCU6060 */
export function verify({ steps, outputs }: Program, observations: Observations): void {
  for (const one of observations.all) {
    for (const step of steps) {
      const layer = one.layers.get(step.key);
      const isThere = step.condition.every(({ choice, allowed }) => {
        const answer = one.values.get(choice.name);
        return answer !== undefined && allowed.includes(answer);
      });
      if (isThere !== (layer !== undefined))
        rejectLayer(step, one, "whether it is there does not follow from each choice by itself");
      if (layer) checkInputs(step, layer, one);
    }
    outputs.forEach(({ slot }, index) => {
      const { key } = one.outputs[index];
      if (lastOf(slot, one) !== key)
        rejectLayer(one.layers.get(key)!, one, "it is an output in a way of its own");
    });
  }
}

function checkInputs(step: Step, layer: Layer, one: Observation): void {
  step.inputs.forEach((slot, index) => {
    if (lastOf(slot, one) === layer.inputs[index]) return;
    rejectLayer(step, one, `its input ${index} is not the last of those that come into question`);
  });
}

const lastOf = (slot: Slot, { layers }: Observation): string | undefined =>
  slot.findLast((key) => layers.has(key));

function rejectLayer({ node }: Pick<Step, "node">, { values }: Observation, what: string): never {
  return reject(
    "MCU6060",
    node.site?.at,
    { layer: node.name, what, expected: "layers that single choices decide on" },
    [{ message: `in the member ${keyOf(values)}` }],
  );
}
