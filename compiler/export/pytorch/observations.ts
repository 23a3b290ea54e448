/**
 * What members of a space look like. A space is known by reading members only, so these are read: the one with the last value
 * of every choice, those that differ from it in one answer, and random ones.
 */

import type { Choice, Choosable } from "../../../dsl/choices.js";
import { reject } from "../../diagnostics/diagnostic.js";
import { keyOf, type Assignment, type Member } from "../../search/member.js";
import { randomOf } from "../../search/random.js";
import type { Space } from "../../search/space.js";
import { probe } from "../../search/survey/probes.js";
import { layersOf, type Layer, type Layers } from "./layers.js";
import { checkTranslated } from "./translators.js";

export interface Observation {
  readonly values: Assignment;
  readonly layers: ReadonlyMap<string, Layer>;
  readonly outputs: Layers["outputs"];
}

/** Random members: what the others show is tested with them. */
const randomMembers = 60;

/** Answers of one choice, by value, with the members that they lead to. */
export type Flips = ReadonlyMap<Choosable, Observation>;

export class Observations {
  readonly all: Observation[] = [];
  readonly choices: readonly Choice[];
  /** The network's name. */
  readonly name: string;
  readonly #known = new Map<string, Observation>();
  readonly #flips = new Map<Observation, ReadonlyMap<Choice, Flips>>();

  /**
   * @param extremes other members that must be right
   * @throws Rejected what is wrong with a member; MCU6061
   */
  constructor(
    private readonly space: Space,
    extremes: readonly Member[],
  ) {
    const { choices, base, around } = probe(space);
    this.choices = choices;
    this.name = base.net.name;
    this.see(base);
    for (const member of [...around.map((one) => one.member), ...extremes]) this.see(member);
    for (let i = 0; i < randomMembers; i++) this.see(space.random(randomOf(0, "export", i)));
  }

  get base(): Observation {
    return this.all[0];
  }

  see(member: Member): Observation {
    const key = keyOf(member.values);
    const known = this.#known.get(key);
    if (known) return known;
    const seen = this.#observed(member);
    this.#known.set(key, seen);
    this.all.push(seen);
    return seen;
  }

  /** The member with these answers in place of an observation's. */
  changed({ values }: Observation, answers: Assignment): Observation {
    return this.see(this.space.member(new Map([...values, ...answers])));
  }

  with(key: string): readonly Observation[] {
    return this.all.filter(({ layers }) => layers.has(key));
  }

  /** Every other answer to each of the choices that a member was asked. */
  flips(of: Observation): ReadonlyMap<Choice, Flips> {
    const known = this.#flips.get(of);
    if (known) return known;
    const asked = this.choices.filter(({ name }) => of.values.has(name));
    const flips = new Map(
      asked.map((choice) => [
        choice,
        new Map(choice.domain.map((value) => [value, this.changed(of, new Map([[choice.name, value]]))])),
      ]),
    );
    this.#flips.set(of, flips);
    return flips;
  }

  #observed(member: Member): Observation {
    const { layers, outputs } = layersOf(member.net, this.space.checked(member), true);
    checkTranslated(layers);
    return { values: member.values, layers: new Map(layers.map((layer) => [layer.key, layer])), outputs };
  }
}

/** All layers in an order that every member keeps. */
export function orderOf(observations: readonly Observation[]): readonly Layer[] {
  const order: Layer[] = [];
  const indices = new Map<string, number>();
  for (const { layers } of observations) {
    let place = -1;
    for (const layer of layers.values()) {
      const known = indices.get(layer.key);
      if (known !== undefined && known < place) rejectOrder(layer);
      place = known ?? place + 1;
      if (known !== undefined) continue;
      order.splice(place, 0, layer);
      order.forEach(({ key }, index) => indices.set(key, index));
    }
  }
  return order;
}

const rejectOrder = ({ node }: Layer): never =>
  reject("MCU6060", node.site?.at, {
    layer: node.name,
    what: "it comes before a layer in some members and behind it in others",
    expected: "one order",
  });
