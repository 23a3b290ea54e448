/** One plain network as a program. */

import type { Net } from "../../../dsl/graph.js";
import type { Checked } from "../../ir/graph.js";
import type { Expression } from "./call.js";
import { layersOf, type Layer } from "./layers.js";
import { constantly, constructorOf } from "./module-file.js";
import { namesOf } from "./names.js";
import type { Program, Step } from "./program.js";
import { checkTranslated } from "./translators.js";

/** @throws Rejected MCU6061 where a layer has no Python */
export function programOf(checked: Checked, net: Net): Program {
  const { layers, outputs } = layersOf(net, checked, false);
  checkTranslated(layers);
  const byKey = new Map(layers.map((layer) => [layer.key, layer]));
  const moduleOf = (key: string) => constructorOf({ ...fixed(byKey.get(key)!), kind: byKey.get(key)!.kind });
  const { paths, renamed } = namesOf(layers, moduleOf);
  return {
    name: net.name,
    steps: layers.map((layer): Step => ({
      ...fixed(layer),
      key: layer.key,
      kind: layer.kind,
      node: layer.node,
      inputs: layer.inputs.map((key) => [key]),
      condition: [],
      module: paths.get(layer.key),
    })),
    outputs: outputs.map(({ name, key }) => ({ name, slot: [key] })),
    renamed,
  };
}

const fixed = ({ settings, tensors }: Layer) => ({
  expressions: new Map(
    Object.entries(settings).map(([name, value]): [string, Expression] => [name, constantly(value)]),
  ),
  largest: settings,
  isElastic: false,
  tensors,
});
