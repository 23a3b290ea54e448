/** What members of a search space cost, by the planner's own choice and its prices: no code is made. */

import { flashCeilingOf } from "../4-plan/ceilings.js";
import { evaluate, foresee } from "../4-plan/index.js";
import { simplify } from "../3-simplify/index.js";
import { placedIn } from "../diagnostics/diagnostic.js";
import { elements, type Checked, type Constant, type Simplified } from "../ir/graph.js";
import type { Quantity } from "../limits/limits.js";
import { operatorOf } from "../ops/index.js";
import type { Cost, Verdict } from "./cost.js";
import type { Member } from "./member.js";
import type { Space } from "./space.js";

export interface CostsOptions {
  /** "off": layer by layer. */
  readonly streaming?: "chosen" | "off";
}

export class Costs {
  /** Of those that verdicts had to ask for. */
  readonly #known = new WeakMap<Member["net"], Cost>();

  constructor(
    private readonly space: Space,
    private readonly options: CostsOptions = {},
  ) {}

  /** @throws Rejected where the member is not a network */
  of(member: Member): Cost {
    return this.#known.get(member.net) ?? this.#costOf(member, this.space.checked(member));
  }

  /**
   * Breaks a limit if and only if the costs of the member do, and says so much sooner.
   * @throws Rejected where the member is not a network
   */
  verdict(member: Member): Verdict {
    const checked = this.space.checked(member);
    const net = this.#simplified(checked);
    const macs = macsOf(net);
    const isTooMuch = net.limits.some(({ quantity, atMost }) => quantity === "macs" && macs > atMost);
    const isTimed = net.limits.some(({ quantity }) => quantity === "latency" || quantity === "energy");
    const foreseen = isTooMuch ? "macs" : foresee(net, this.options);
    if (foreseen === "fits" && !isTimed) return { macs };
    if (foreseen !== "fits" && foreseen !== undefined) return { macs, breaks: foreseen };
    const { breaks } = this.#costOf(member, checked, net);
    return breaks ? { macs, breaks } : { macs };
  }

  #costOf(member: Member, checked: Checked, net = this.#simplified(checked)): Cost {
    const { sram, flash, isHeld, seconds: predict } = evaluate(net, this.options);
    const macs = macsOf(net);
    const seconds = predict();
    const watts = net.board.activePower?.watts;
    const joules = watts === undefined ? undefined : watts * seconds;
    // Stack is not predicted: it is small, and known of code alone.
    const used = { sram: isHeld ? 0 : Infinity, flash, stack: 0, macs, latency: seconds, energy: joules };
    const breaks = firstBroken(net, used);
    const cost = { macs, parameters: parametersOf(checked), flash, sram, seconds, joules, breaks };
    this.#known.set(member.net, cost);
    return cost;
  }

  #simplified(checked: Checked): Simplified {
    return placedIn(this.space.file, () => simplify(checked, { calibrate: false }));
  }
}

function firstBroken(
  net: Simplified,
  used: Readonly<Record<Quantity, number | undefined>>,
): Quantity | undefined {
  const broken = net.limits.find(({ quantity, atMost }) => (used[quantity] ?? 0) > atMost);
  if (broken) return broken.quantity;
  if (used.sram === Infinity) return "sram";
  return used.flash! > flashCeilingOf(net) ? "flash" : undefined;
}

function macsOf({ operations, values }: Pick<Simplified, "operations" | "values">): number {
  return operations.reduce((sum, operation) => {
    const inputs = operation.inputs.map((id) => values[id]);
    return sum + operatorOf(operation).macs(operation, inputs, values[operation.output]);
  }, 0);
}

/** What training learns; a running mean and a variance are measured. */
const LEARNT = ["weights", "bias", "scale", "shift"];

function parametersOf({ operations }: Pick<Checked, "operations">): number {
  return operations.reduce((sum, { attributes }) => {
    const constants = Object.entries(attributes as unknown as Record<string, Partial<Constant> | undefined>);
    const learnt = constants.filter(([name, one]) => LEARNT.includes(name) && one?.shape !== undefined);
    return learnt.reduce((count, [, one]) => count + elements(one!.shape!), sum);
  }, 0);
}
