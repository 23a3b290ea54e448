/** A search space: a model file with choices. Its members are networks; this reads them and brings them to the planner. */

import type { Chooser } from "../../dsl/choices.js";
import type { Net } from "../../dsl/graph.js";
import { Model } from "../1-read/index.js";
import { check } from "../2-check/index.js";
import { simplify } from "../3-simplify/index.js";
import { placedIn } from "../diagnostics/diagnostic.js";
import type { TensorFile } from "../files/tensor-file.js";
import type { Checked, Simplified } from "../ir/graph.js";
import type { Assignment, Member } from "./member.js";
import { pickOf, type Random } from "./random.js";

/** In place of what the model file says. */
export interface SpaceOptions {
  readonly board?: string;
  readonly linkerScript?: string;
  readonly limits?: string;
}

export class Space {
  readonly #model: Model;

  /** @throws Rejected where the model file has faults; whether it asks anything at all is for `surveyOf` to say */
  constructor(
    readonly file: string,
    readonly options: SpaceOptions = {},
  ) {
    this.#model = new Model(file);
  }

  /**
   * @param values answers; those that are not asked for are left out
   * @param rest answers what `values` leaves open; default: the last value
   * @throws Rejected where this member cannot be read
   */
  member(values: Assignment, rest: Chooser = ({ domain }) => domain[domain.length - 1]): Member {
    const answers = new Map<string, ReturnType<Chooser>>();
    const { net, choices } = this.#model.read((choice) => {
      const known = values.get(choice.name);
      const value = known !== undefined && choice.domain.includes(known) ? known : rest(choice);
      answers.set(choice.name, value);
      return value;
    });
    return { values: answers, choices, net };
  }

  /** Every choice that is asked and not fixed is equally likely to get each of its values. */
  random(random: Random, fixed: Assignment = new Map()): Member {
    return this.member(fixed, ({ domain }) => pickOf(domain, random));
  }

  /**
   * @param tensors of the super-network, whatever file the model names; default: that file
   * @throws Rejected
   */
  checked({ net }: { readonly net: Net }, tensors?: TensorFile): Checked {
    const { file } = this;
    return check(net, { file, tensors, ...this.options, loadCalibration: false });
  }

  /** With sizes and costs right and numbers not: what the planner needs. */
  nominal(member: { readonly net: Net }): Simplified {
    return placedIn(this.file, () => simplify(this.checked(member), { calibrate: false }));
  }

  /** For those who look at the source. */
  get model(): Model {
    return this.#model;
  }

  /** The model file and its imports, by absolute path. */
  get sources(): Model["sources"] {
    return this.#model.sources;
  }
}
