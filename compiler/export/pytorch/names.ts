/**
 * Where layers are in the module, so that `state_dict()` has the names of the weights file: the tensor `stages.0.dw.weight` is
 * `weight` of `self.stages[0].dw`. Names that PyTorch cannot have get another one, and an entry in `renamed`.
 */

import { reject } from "../../diagnostics/diagnostic.js";
import type { Layer } from "./layers.js";
import { isName, literal } from "./python.js";

export interface ModulePath {
  readonly segments: readonly string[];
  /** How Python writes it: `self.stages[0].dw`. */
  readonly text: string;
  /** The layer that makes the module; another one has the same weights. */
  readonly owner: string;
}

export interface Names {
  readonly paths: ReadonlyMap<string, ModulePath>;
  /** By the name in `state_dict()`, the name in the weights file. */
  readonly renamed: ReadonlyMap<string, string>;
}

type Named = Pick<Layer, "key" | "node" | "tensors">;

/** @param constructorOf layers that share their weights share a module, if they would make the same */
export function namesOf(layers: readonly Named[], constructorOf: (key: string) => string): Names {
  const paths = new Map<string, ModulePath>();
  const renamed = new Map<string, string>();
  const tree = new Tree();
  const owners = new Map<string, string>();
  for (const layer of layers.filter(({ tensors }) => tensors.length > 0)) {
    const identity = identityOf(layer);
    const owner = identity === undefined ? undefined : owners.get(identity);
    if (owner !== undefined) {
      if (constructorOf(owner) !== constructorOf(layer.key)) rejectShared(layer, owner);
      paths.set(layer.key, paths.get(owner)!);
      continue;
    }
    if (identity !== undefined) owners.set(identity, layer.key);
    const segments = tree.take((prefixOf(layer) ?? layer.node.name).split("."));
    paths.set(layer.key, { segments, text: `self${segments.map(access).join("")}`, owner: layer.key });
    for (const { role, reference } of layer.tensors) {
      const name = [...segments, ...(role === "" ? [] : [role])].join(".");
      if (reference && reference.name !== name) renamed.set(name, reference.name);
    }
  }
  return { paths, renamed };
}

/** What the names of a layer's tensors have in common: `stem` of `stem.weight` and `stem.bias`. */
function prefixOf({ tensors }: Named): string | undefined {
  const prefixes = tensors.map(({ role, reference }) => {
    if (!reference || role === "") return reference?.name;
    return reference.name.endsWith(`.${role}`) ? reference.name.slice(0, -role.length - 1) : undefined;
  });
  return prefixes.every((one) => one === prefixes[0]) ? prefixes[0] : undefined;
}

function identityOf({ tensors }: Named): string | undefined {
  if (!tensors.every(({ reference }) => reference)) return undefined;
  return JSON.stringify(tensors.map(({ role, reference }) => [role, reference!.file, reference!.name]));
}

function rejectShared({ node }: Named, owner: string): never {
  const what = `shares its weights with "${owner}", which has another stride, padding or size`;
  return reject("MCU6061", node.site?.at, { operator: node.operator, layer: node.name, what });
}

/** `.dw`, `[0]`, `["a-b"]`. */
export function access(segment: string): string {
  if (isName(segment)) return `.${segment}`;
  return /^(0|[1-9]\d{0,8})$/.test(segment) ? `[${segment}]` : `[${literal(segment)}]`;
}

/** What torch.nn.Module and the exported classes have as attributes of their own. */
const reserved = new Set(
  (
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval " +
    "extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load load_state_dict logits " +
    "modules mtia named_buffers named_children named_modules named_parameters parameters recalibrate register_backward_hook " +
    "register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook " +
    "register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module " +
    "register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ save set_extra_state " +
    "set_submodule share_memory sort_by_importance state_dict to to_empty train training type xpu zero_grad"
  ).split(" "),
);

/** Modules inside of modules; a layer is a leaf. */
class Tree {
  readonly #leaves = new Set<string>();
  readonly #groups = new Set<string>();

  /** @returns where a layer goes: the wanted place, or one like it */
  take(wanted: readonly string[]): readonly string[] {
    const segments: string[] = [];
    wanted.forEach((name, index) => {
      const isLeaf = index === wanted.length - 1;
      let segment = name;
      const isTaken = () => {
        const path = [...segments, segment].join(".");
        if (segment === "" || segment.startsWith("_") || reserved.has(segment)) return true;
        return this.#leaves.has(path) || (isLeaf && this.#groups.has(path));
      };
      while (isTaken()) segment = segment === "" || segment.startsWith("_") ? `at${segment}` : `${segment}_`;
      segments.push(segment);
      (isLeaf ? this.#leaves : this.#groups).add(segments.join("."));
    });
    return segments;
  }
}
