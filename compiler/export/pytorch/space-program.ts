/** All members of a space as one program: which choices decide on each layer, its settings and its inputs. */

import { reject } from "../../diagnostics/diagnostic.js";
import type { Expression, Expressions } from "./call.js";
import { Setting } from "./expressions.js";
import type { Layer, Settings } from "./layers.js";
import { constructorOf } from "./module-file.js";
import { namesOf } from "./names.js";
import { Observations, orderOf, type Observation } from "./observations.js";
import type { Condition, Program, Slot, Step } from "./program.js";
import { isEqual, type Plain } from "./python.js";
import { Tables } from "./tables.js";
import { verify } from "./verify.js";

export interface SpaceProgram {
  readonly program: Program;
  /** Constants that the program's expressions need. */
  readonly tables: Tables;
}

/**
 * Expressions of two choices make `observations` see more members: then it is to be called again.
 * @throws Rejected MCU6060 at layers that the choices change in too many ways, MCU6061, and what is wrong with a member
 */
export function spaceProgramOf(observations: Observations): SpaceProgram {
  const tables = new Tables();
  const conditions = conditionsOf(observations);
  const order = orderOf(observations.all);
  for (const layer of order) demandOneKind(layer, observations);
  const largest = new Map(order.map((layer) => [layer.key, largestOf(layer, observations)]));
  const parts = new Map(
    order.map((layer) => [
      layer.key,
      {
        kind: layer.kind,
        largest: largest.get(layer.key)!,
        isElastic: isElastic(layer, observations),
        tensors: layer.tensors,
      },
    ]),
  );
  const { paths, renamed } = namesOf(order, (key) => constructorOf(parts.get(key)!));
  const program: Program = {
    name: observations.name,
    steps: order.map((layer): Step => ({
      ...parts.get(layer.key)!,
      key: layer.key,
      node: layer.node,
      inputs: layer.inputs.map((_, index) => slotOf(layer, index, order, observations)),
      condition: conditions.get(layer.key)!,
      expressions: expressionsOf(layer, observations, tables),
      module: paths.get(layer.key),
    })),
    outputs: outputsOf(order, observations),
    renamed,
  };
  verify(program, observations);
  return { program, tables };
}

/** For every layer the answers with which it is there, each choice by itself. May see more members, and so more layers. */
function conditionsOf(observations: Observations): ReadonlyMap<string, Condition> {
  const conditions = new Map<string, Condition>();
  // Grows while it is gone through.
  for (const witness of observations.all)
    for (const [key] of witness.layers) {
      if (conditions.has(key)) continue;
      const atoms = [...observations.flips(witness)].flatMap(([choice, flips]) => {
        const allowed = choice.domain.filter((value) => flips.get(value)!.layers.has(key));
        return allowed.length === choice.domain.length ? [] : [{ choice, allowed }];
      });
      conditions.set(key, atoms);
    }
  return conditions;
}

/** Settings that decide how large the tensors are. */
const sizes = ["channels", "filters", "units", "multiplier", "kernel"];

/** Sizes of the largest tensors; the rest is the first member's. */
function largestOf(layer: Layer, observations: Observations): Settings {
  const seen = observations.with(layer.key).map(({ layers }) => layers.get(layer.key)!.settings);
  const grown = sizes
    .filter((name) => name in layer.settings)
    .map((name): [string, Plain] => {
      const values = seen.map((settings) => settings[name]);
      return [name, values.reduce(larger)];
    });
  return { ...layer.settings, ...Object.fromEntries(grown) };
}

function larger(a: Plain, b: Plain): Plain {
  if (typeof a === "number" && typeof b === "number") return Math.max(a, b);
  const [left, right] = [a, b].map((one) => (Array.isArray(one) ? one : [one, one]) as readonly number[]);
  const both = left.map((size, i) => Math.max(size, right[i]));
  return both[0] === both[1] ? both[0] : both;
}

/** Settings that members of a module may differ in. */
const windows = [...sizes, "stride", "padding", "dilation"];

/** What a module is made with once: its bias, its groups, its epsilon. */
function demandOneModule(layer: Layer, observations: Observations): void {
  for (const { layers } of observations.with(layer.key)) {
    const { settings } = layers.get(layer.key)!;
    for (const name of ["ranks", "groups", "bias", "epsilon"]) {
      if (isEqual(settings[name], layer.settings[name])) continue;
      const what = `its value of ${name} depends on choices`;
      reject("MCU6060", layer.node.site?.at, {
        layer: layer.node.name,
        what,
        expected: "the same in all members",
      });
    }
  }
}

function isElastic(layer: Layer, observations: Observations): boolean {
  if (layer.tensors.length === 0 || layer.kind === "constant") return false;
  demandOneModule(layer, observations);
  const { padding } = layer.settings;
  if (padding === "same" || (Array.isArray(padding) && padding.length === 4)) return true;
  return observations.with(layer.key).some(({ layers }) => {
    const { settings } = layers.get(layer.key)!;
    return windows.some((name) => !isEqual(settings[name], layer.settings[name]));
  });
}

function demandOneKind(layer: Layer, observations: Observations): void {
  const seen = observations.with(layer.key).map(({ layers }) => layers.get(layer.key)!);
  const other = seen.find(({ inputs, kind }) => inputs.length !== layer.inputs.length || kind !== layer.kind);
  if (other) {
    const what = `it is ${layer.kind} of ${layer.inputs.length} inputs in some members, ${other.kind} of ${other.inputs.length} in others`;
    reject("MCU6060", layer.node.site?.at, { layer: layer.node.name, what, expected: "the same in all" });
  }
}

/** Everything that some member has there, in order. */
function slotOf(layer: Layer, index: number, order: readonly Layer[], observations: Observations): Slot {
  const seen = observations.with(layer.key).map(({ layers }) => layers.get(layer.key)!);
  const sources = new Set(seen.map(({ inputs }) => inputs[index]));
  return order.flatMap(({ key }) => (sources.has(key) ? [key] : []));
}

function outputsOf(order: readonly Layer[], { all, base }: Observations): Program["outputs"] {
  const names = ({ outputs }: Observation) => outputs.map(({ name }) => name);
  const other = all.find((one) => !isEqual(names(one), names(base)));
  if (other) {
    const layer = base.layers.get(base.outputs[0].key)!;
    const what = `the network's outputs are ${names(base).join(", ")} in some members and ${names(other).join(", ")} in others`;
    reject("MCU6060", layer.node.site?.at, { layer: layer.node.name, what, expected: "the same in all" });
  }
  return base.outputs.map(({ name }, index) => {
    const sources = new Set(all.map(({ outputs }) => outputs[index].key));
    return { name, slot: order.flatMap(({ key }) => (sources.has(key) ? [key] : [])) };
  });
}

/** Settings that the call of a layer never asks for are not looked into. */
function expressionsOf(layer: Layer, observations: Observations, tables: Tables): Expressions {
  const known = new Map<string, Expression>();
  return {
    has: (name) => name in layer.settings,
    get(name) {
      if (!(name in layer.settings)) return undefined;
      const found = known.get(name) ?? new Setting(observations, layer, name, tables).expression();
      known.set(name, found);
      return found;
    },
  };
}
