/** `model.py` and `supernet.py`: the module's class around its layers and `forward`. */

import { Body } from "./body.js";
import { Call, type Expression } from "./call.js";
import { elasticClasses } from "./elastic.js";
import { access } from "./names.js";
import { literal, nameLike } from "./python.js";
import type { Program, Step } from "./program.js";
import { functions, supportOf } from "./support.js";
import { translatorOf } from "./translators.js";

/** What the file says besides its layers. */
export interface ModuleText {
  readonly className: string;
  /** The file's docstring. */
  readonly about: string;
  /** Imports besides PyTorch's. */
  readonly imports: readonly string[];
  /** Constants before the classes. */
  readonly constants: readonly string[];
  /** Methods behind `forward`, each with its indentation. */
  readonly methods: readonly string[];
  readonly isSpace: boolean;
}

const group = `class Group(nn.Module):
    """Modules by their names in the weights file, where parts may be numbers: \`stages.0.dw\` is \`stages[0].dw\`."""

    def __getitem__(self, name):
        return getattr(self, str(name))

    def __setitem__(self, name, value):
        setattr(self, str(name), value)`;

/** The text of the file; `hasLogits`: the module has a method for what comes before the softmax at its end. */
export function moduleFile(program: Program, text: ModuleText): string {
  const parameters = parametersOf(program);
  const before = beforeSoftmax(program);
  const body = new Body(before ?? program, parameters);
  const lines = body.lines((before ?? program).outputs);
  const modules = modulesOf(program);
  const classes = elasticClasses(modules);
  const isResized = lines.some((line) => line.includes("resized("));
  const support = supportOf(
    new Set([...body.support, ...classes.support, ...(isResized ? ["resized"] : [])]),
  );
  const args = [...parameters.values(), ...(text.isSpace ? ["choices"] : [])].join(", ");
  const forward = before
    ? [
        method("logits", args, lines),
        method("forward", args, [`return ${softmaxOf(program, `self.logits(${args})`)}`]),
      ]
    : [method("forward", args, lines)];
  const imports = [
    "import torch",
    "import torch.nn.functional as F",
    "from torch import nn",
    ...text.imports,
  ];
  return `${[
    `"""${text.about}"""\n\n${imports.join("\n")}`,
    ...(text.constants.length > 0 ? [text.constants.join("\n")] : []),
    ...support,
    ...classes.texts,
    group,
    [
      `class ${text.className}(Group):`,
      [
        `    def __init__(self):`,
        `        super().__init__()`,
        ...modules.map((line) => `        ${line}`),
      ].join("\n"),
      ...[...forward, ...text.methods].map((one) => `\n${one}`),
    ].join("\n"),
  ].join("\n\n\n")}\n`;
}

export const hasLogits = (program: Program): boolean => beforeSoftmax(program) !== undefined;

const method = (name: string, args: string, lines: readonly string[]): string =>
  [`    def ${name}(self, ${args}):`, ...lines.map((line) => `        ${line}`)].join("\n");

/** Names of the parameters of `forward`, by the keys of the network's inputs. */
export function parametersOf({ steps }: Program): ReadonlyMap<string, string> {
  const taken = new Set(["self", "choices", "F", "torch", "nn", "tensors", ...Object.keys(functions)]);
  const inputs = steps.filter(({ kind }) => kind === "input");
  return new Map(
    inputs.map(({ key, node }) => {
      let name = nameLike(node.name);
      while (taken.has(name)) name = `${name}_`;
      taken.add(name);
      return [key, name];
    }),
  );
}

/** The program without a softmax at its end: training wants what goes into it. */
function beforeSoftmax(program: Program): Program | undefined {
  const last = program.steps.at(-1);
  const isEnd =
    last?.kind === "softmax" &&
    program.outputs.length === 1 &&
    program.outputs[0].slot.join() === last.key &&
    last.condition.length === 0;
  if (!isEnd) return undefined;
  const [{ name }] = program.outputs;
  return { ...program, steps: program.steps.slice(0, -1), outputs: [{ name, slot: last.inputs[0] }] };
}

function softmaxOf({ steps }: Program, logits: string): string {
  const last = steps.at(-1)!;
  return translatorOf(last.kind)!.call(new Call(last.node, "", [logits], last.expressions, false));
}

/** The statements that make the modules, and the groups that they are in. */
function modulesOf({ steps }: Program): string[] {
  const groups = new Set<string>();
  return steps.flatMap((step) => {
    const path = step.module;
    if (!path || path.owner !== step.key) return [];
    const made: string[] = [];
    let place = "self";
    for (const segment of path.segments.slice(0, -1)) {
      place += access(segment);
      if (!groups.has(place)) made.push(`${place} = Group()`);
      groups.add(place);
    }
    return [...made, `${path.text} = ${constructorOf(step)}`];
  });
}

/** The module of a layer with tensors; a constant is its own tensor. */
export function constructorOf(step: Pick<Step, "kind" | "largest" | "isElastic" | "tensors">): string {
  if (step.kind === "constant") {
    const [{ constant }] = step.tensors;
    const zeros = `torch.zeros(${literal(constant.shape)})`;
    return `nn.Parameter(${zeros})`;
  }
  const [rank] = step.largest.ranks as readonly number[];
  return translatorOf(step.kind)!.module!(step.largest, rank, step.isElastic);
}

/** The same in all members. */
export const constantly = (value: Expression["value"]): Expression => ({
  value,
  text: () => literal(value!),
});
