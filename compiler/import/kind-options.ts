/** In what the blocks of a kind differ, as options of the function that makes them. */

import type { Step } from "./kinds.js";
import type { Attributes } from "./net-blocks.js";
import { Source } from "./source-text.js";

export interface Option {
  readonly name: string;
  /** In TypeScript. */
  readonly type: string;
  readonly comment?: string;
  /** By variant; undefined: left out. */
  readonly values: readonly unknown[];
  /** The step that is there where the option is given, by its role. */
  readonly step?: string;
  /** Attributes that the option gives: `dw.stride`. */
  readonly gives: readonly string[];
}

/** A function with more options than that is no easier than the lines. */
const maxOptions = 4;

/** Attributes that a person would vary; whatever else differs makes another kind. */
const variable = new Set(["stride", "padding", "dilation", "activation", "depthMultiplier"]);

/** true: zeros around an image, equally many on every side. */
function evenMargin(operator: string, { paddings, ...others }: Attributes): number | undefined {
  if (operator !== "pad" || !Array.isArray(paddings) || paddings.length !== 3) return undefined;
  if (Object.keys(others).length > 0) return undefined;
  const [vertical, horizontal, channels] = paddings as number[][];
  const sizes = new Set([...vertical, ...horizontal]);
  return sizes.size === 1 && vertical[0] > 0 && channels.every((size) => size === 0)
    ? vertical[0]
    : undefined;
}

/** The options, or undefined where the blocks differ in more than options can say. */
export function findOptions(steps: readonly Step[]): readonly Option[] | undefined {
  const options: Option[] = [];
  for (const step of steps) {
    const found = optionsOf(step);
    if (!found) return undefined;
    for (const option of found) if (!addTo(options, option)) return undefined;
  }
  const free = options.filter((option) => !isImplied(option, options));
  return free.length <= maxOptions && free.every((option) => option.type !== "") ? free : undefined;
}

function optionsOf(step: Step): readonly Option[] | undefined {
  const { role, operator, attributes } = step;
  const margins = attributes.map((one) => one && evenMargin(operator, one));
  const isMargin = attributes.every((one, variant) => !one || margins[variant] !== undefined);
  const given = attributes.filter((one) => one !== undefined);
  const differing = [...new Set(given.flatMap(Object.keys))].filter(
    (key) => new Set(given.map((one) => JSON.stringify(one[key]))).size > 1,
  );
  if (isMargin && operator === "pad" && (step.otherwise !== undefined || differing.length > 0)) {
    const comment = `Zeros on every side of what \`${role.split("<")[0]}\` reads.`;
    return [
      { name: "margin", type: "number", comment, values: margins, step: role, gives: [`${role}.paddings`] },
    ];
  }
  if (differing.some((key) => !variable.has(key))) return undefined;
  const options = differing.map((key): Option => {
    const values = attributes.map((one) => one?.[key]);
    return { name: key, type: typeOf(values), values, gives: [`${role}.${key}`] };
  });
  return step.otherwise === undefined ? options : [presence(step), ...options];
}

/** Whether an optional step is there. */
function presence({ role, operator, layers }: Step): Option {
  const values = layers.map((layer) => (layer ? true : undefined));
  const isSum = operator === "add";
  const name = isSum
    ? "residual"
    : `with${role.replace(/(?:^|\W+|_)(\w)/g, (_, first: string) => first.toUpperCase())}`;
  const comment = isSum ? "The block's input is added to its result." : undefined;
  return { name, type: "boolean", comment, values, step: role, gives: [] };
}

/** Joins options that say the same; false where two different ones have a name. */
function addTo(options: Option[], option: Option): boolean {
  const at = options.findIndex(({ name }) => name === option.name);
  if (at < 0) return options.push(option) > 0;
  const { values, gives } = options[at];
  const isEqual = values.every(
    (value, variant) => JSON.stringify(value) === JSON.stringify(option.values[variant]),
  );
  if (!isEqual || option.step !== undefined) return false;
  options[at] = { ...options[at], gives: [...gives, ...option.gives] };
  return true;
}

/** The margin that is there exactly where an option is left out: `margin ? undefined : "same"`. */
function marginInstead(option: Option, options: readonly Option[]): Option | undefined {
  if (option.name !== "padding" || new Set(option.values.map((one) => JSON.stringify(one))).size !== 2)
    return undefined;
  return options.find(
    ({ name, values }) =>
      name === "margin" &&
      values.every((value, variant) => (value === undefined) !== (option.values[variant] === undefined)),
  );
}

const isImplied = (option: Option, options: readonly Option[]): boolean =>
  marginInstead(option, options) !== undefined;

/** The attributes of a step in the function: options in the place of what differs. */
export function optionalAttributes(step: Step, options: readonly Option[]): Attributes {
  const given = step.attributes.filter((one) => one !== undefined);
  const attributes: Record<string, unknown> = { ...given[0] };
  const margin = options.find(({ gives }) => gives.includes(`${step.role}.paddings`));
  if (margin) {
    const size = new Source(margin.name);
    return {
      paddings: [
        [size, size],
        [size, size],
        [0, 0],
      ],
    };
  }
  for (const key of variable) {
    const option = options.find(
      ({ name, gives }) =>
        gives.includes(`${step.role}.${key}`) || (name === key && agrees(step, options, key)),
    );
    if (option) attributes[key] = new Source(option.name);
    else if (given.some((one) => JSON.stringify(one[key]) !== JSON.stringify(given[0][key]))) {
      const value = given.find((one) => one[key] !== undefined)![key];
      attributes[key] = new Source(`margin ? undefined : ${JSON.stringify(value)}`);
    }
  }
  return inOrder(attributes);
}

/** Names and weights, then what varies as the importer orders it. */
function inOrder(attributes: Attributes): Attributes {
  const order = [...variable];
  const entries = Object.entries(attributes).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return Object.fromEntries(entries);
}

/** true: the one value of an optional step is the option's wherever the step is there. */
function agrees({ attributes, otherwise }: Step, options: readonly Option[], key: string): boolean {
  const { values } = options.find(({ name }) => name === key)!;
  return (
    otherwise !== undefined &&
    attributes.every((one) => !one || one[key] !== undefined) &&
    attributes.every((one, variant) => !one || JSON.stringify(one[key]) === JSON.stringify(values[variant]))
  );
}

/** A type of all values; "" where there is none that reads well. */
function typeOf(values: readonly unknown[]): string {
  const types = values
    .filter((value) => value !== undefined)
    .map((value) => {
      if (typeof value === "number" || typeof value === "boolean") return typeof value;
      if (typeof value === "string") return JSON.stringify(value);
      if (Array.isArray(value) && value.every((one) => typeof one === "number"))
        return `readonly [${value.map(() => "number").join(", ")}]`;
      return "";
    });
  return types.includes("") ? "" : [...new Set(types)].sort().join(" | ");
}
