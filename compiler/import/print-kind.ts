/** Prints a kind of blocks as a function of the model file. */

import type { Node } from "../../dsl/graph.js";
import { optionalAttributes, type Option } from "./kind-options.js";
import type { Kind, Step } from "./kinds.js";
import { UniqueNames } from "./names.js";
import { isNamed, type Operand } from "./net-blocks.js";
import { printCall } from "./print-call.js";

export interface PrintedKind {
  readonly name: string;
  /** Type of the options, where there are any. */
  readonly optionsType?: string;
  readonly text: string;
  /** The options of one of its blocks: `{ stride: 2 }`. */
  optionsOf(block: number): string;
  /** The call that makes one of its blocks. */
  call(block: number, inputs: readonly string[]): string;
}

/** Operators that read an image. */
const onImages = new Set(["conv2d", "conv2dTranspose", "depthwiseConv2d", "averagePool2d", "maxPool2d"]);

export function printKind(kind: Kind, names: UniqueNames, reserved: ReadonlySet<string>): PrintedKind {
  const { steps, options, blocks } = kind;
  const { title, comment } = describe(kind);
  const name = names.take(title);
  const optionsType = options.length > 0 ? `${name[0].toUpperCase()}${name.slice(1)}Options` : undefined;
  const body = new Body(steps, options, reserved);
  const inputs = ["x", "y"].slice(0, blocks[0].inputs.length);
  const parameters = inputs.map((input, at) => `${input}: ${typeOfInput(`#${at}`, steps)}`);
  const isOptional = options.every((option) => option.values.includes(undefined));
  const pattern = `{ ${options.map((option) => option.name).join(", ")} }: ${optionsType}${isOptional ? " = {}" : ""}`;
  const head = [...parameters, "name: string", ...(optionsType ? [pattern] : [])].join(", ");
  const optionsOf = (block: number): string => optionsText(options, kind.variants[block]);
  const text = [
    ...(optionsType ? [interfaceText(optionsType, options), ""] : []),
    `/** ${comment} */`,
    `function ${name}(${head}) {`,
    ...body.lines,
    "}",
  ].join("\n");
  return {
    name,
    optionsType,
    text,
    optionsOf,
    call(block, given) {
      const own = optionsOf(block);
      const last = own === "{}" && (isOptional || !optionsType) ? [] : [own];
      return `${name}(${[...given, JSON.stringify(blocks[block].name), ...last].join(", ")})`;
    },
  };
}

/** The one step of a kind as an expression of `x` and `name`. */
export function printStep({ steps }: Kind, x: string, reserved: ReadonlySet<string>): string {
  const body = new Body(steps, [], reserved, x);
  return body.lines.at(-1)!.replace(/^return |;$/g, "");
}

/** The statements of a function. */
class Body {
  readonly lines: string[] = [];
  /** What stands for a step's result where it is used. */
  private readonly texts = new Map<Operand, string>();

  constructor(steps: readonly Step[], options: readonly Option[], reserved: ReadonlySet<string>, x = "x") {
    this.texts.set("#0", x).set("#1", "y");
    const variables = new UniqueNames();
    for (const word of [...reserved, "x", "y", "name", ...options.map((option) => option.name)])
      variables.take(word);
    for (const step of steps) {
      const text = this.print(step, options);
      if (step === steps.at(-1)) this.lines.push(`return ${text};`);
      else if (!isNamed(sample(step))) this.texts.set(step.role, text);
      else {
        const word = /^\d/.test(step.role) ? `layer_${step.role}` : step.role.replace(/\W/g, "_");
        const variable = variables.take(reserved.has(word) ? `${word}_0` : word);
        this.lines.push(`const ${variable} = ${text};`);
        this.texts.set(step.role, variable);
      }
    }
  }

  private print(step: Step, options: readonly Option[]): string {
    const call = printCall({ ...sample(step), attributes: optionalAttributes(step, options) } as Node);
    const text = call.print(step.operands.map((operand) => this.texts.get(operand)!));
    if (step.otherwise === undefined) return text;
    const { name } = options.find((option) => option.step === step.role)!;
    const condition = `${name} ? ${text} : ${this.texts.get(step.otherwise)}`;
    return isNamed(sample(step)) ? condition : `(${condition})`;
  }
}

/** The step in one of the variants that have it. */
const sample = (step: Step): Node => step.layers.find((layer) => layer !== undefined)!.node;

function typeOfInput(input: Operand, steps: readonly Step[]): string {
  /** Steps without a name stand between the input and the operator that tells its rank. */
  const readers = (operand: Operand): readonly Step[] =>
    steps.filter((step) => step.operands.includes(operand));
  const isImage = (operand: Operand): boolean =>
    readers(operand).some(
      (step) => onImages.has(step.operator) || (step.operator === "pad" && isImage(step.role)),
    );
  return isImage(input) ? "Tensor<3>" : "Tensor";
}

function interfaceText(type: string, options: readonly Option[]): string {
  const lines = options.flatMap(({ name, type: of, comment, values }) => [
    ...(comment ? [`/** ${comment} */`] : []),
    `readonly ${name}${values.includes(undefined) ? "?" : ""}: ${of};`,
  ]);
  return [`interface ${type} {`, ...lines, "}"].join("\n");
}

function optionsText(options: readonly Option[], variant: number): string {
  const fields = options
    .filter(({ values }) => values[variant] !== undefined)
    .map(({ name, values }) => `${name}: ${JSON.stringify(values[variant])}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

/** What a person would call the function, and say of it. */
function describe({ steps }: Kind): { readonly title: string; readonly comment: string } {
  const layers = steps.filter((step) => "weights" in sample(step).attributes && !step.otherwise);
  const operators = layers.map(({ operator }) => operator).join(" ");
  const prefix = "`name`: what its weights' names begin with.";
  const sum = steps.find(({ operator }) => operator === "add");
  const added = sum && (sum.otherwise === undefined ? ", added to the block's input" : "");
  if (operators === "depthwiseConv2d conv2d")
    return { title: "separable", comment: `Depthwise and pointwise convolution${added ?? ""}. ${prefix}` };
  if (operators === "conv2d depthwiseConv2d conv2d")
    return {
      title: "invertedBottleneck",
      comment: `Expansion, depthwise convolution, projection${added ?? ""}. ${prefix}`,
    };
  if (sum && layers.every(({ operator }) => operator === "conv2d"))
    return { title: "residualBlock", comment: `Convolutions beside a shortcut. ${prefix}` };
  return {
    title: "block",
    comment: `${steps
      .filter((step) => isNamed(sample(step)))
      .map(({ role }) => role)
      .join(", ")}. ${prefix}`,
  };
}
