/** The body of a printed network: one statement a layer, calls and loops for what repeats, and the return. */

import type { Net, Node } from "../../dsl/graph.js";
import type { Kind } from "./kinds.js";
import { UniqueNames } from "./names.js";
import { isNamed, readersOf, type Readers } from "./net-blocks.js";
import type { PrintedCall } from "./print-call.js";
import { printStep, type PrintedKind } from "./print-kind.js";
import type { Repeat } from "./repeats.js";

/** Calls inside calls, at most: more is hard to read. */
const deepest = 2;

export class Body {
  private readonly lines: string[] = [];
  private readonly variables = new UniqueNames();
  /** What stands for each node where it is used: a variable, or the call itself. */
  private readonly operands = new Map<Node, { readonly text: string; readonly depth: number }>();
  private readonly readers: Readers;
  private readonly results: ReadonlyMap<Node, number>;
  private readonly indices: ReadonlyMap<Node, number>;
  /** The variable of the latest loop, and what is in it. */
  private loop: { readonly variable: string; readonly result: Node } | undefined;
  /** The block of the latest line that is a layer. */
  private block = "";

  /** @param reserved words that cannot be variables */
  constructor(
    private readonly net: Net,
    private readonly calls: readonly PrintedCall[],
    private readonly repeats: ReadonlyMap<number, Repeat>,
    private readonly kinds: ReadonlyMap<Kind, PrintedKind>,
    private readonly reserved: ReadonlySet<string>,
  ) {
    for (const word of reserved) this.variables.take(word);
    this.readers = readersOf(net);
    this.indices = new Map(net.nodes.map((node, index) => [node, index]));
    const results = new Map<Node, number>();
    for (const { value } of net.outputs) results.set(value.node, (results.get(value.node) ?? 0) + 1);
    this.results = results;
  }

  print(): readonly string[] {
    for (let index = 0; index < this.net.nodes.length;) {
      const repeat = this.repeats.get(index);
      if (repeat) {
        this.printRepeat(repeat);
        const { first, layers } = repeat.kind.blocks[repeat.from + repeat.count - 1];
        index = first + layers.length;
      } else this.printNode(index++);
    }
    return [...this.lines, `return ${this.returned()};`];
  }

  private text(node: Node): string {
    return this.operands.get(node)!.text;
  }

  private printNode(index: number): void {
    const node = this.net.nodes[index];
    const inputs = node.inputs.map((input) => this.operands.get(input.node)!);
    const depth = Math.max(0, ...inputs.map((input) => input.depth)) + 1;
    const text = this.calls[index].print(inputs.map((input) => input.text));
    if (depth <= deepest && this.standsInside(index)) {
      this.operands.set(node, { text, depth });
      return;
    }
    const block = /^(.+?)\./.exec(node.name)?.[1] ?? "";
    if (block !== this.block && this.lines.length > 0) this.lines.push("");
    this.block = block;
    this.declare(node, node.name.replace(/\W/g, "_"), text);
  }

  private declare(node: Node, name: string, text: string): void {
    // A result that nothing reads: a variable would be one too many.
    if (this.readers.get(node)!.length === 0 && !this.results.has(node)) {
      this.lines.push(`${text};`);
      return;
    }
    const variable = this.variables.take(this.reserved.has(name) ? `${name}_0` : name);
    this.lines.push(`const ${variable} = ${text};`);
    this.operands.set(node, { text: variable, depth: 0 });
  }

  private printRepeat(repeat: Repeat): void {
    const { kind, from, count } = repeat;
    const { name, inputs, layers } = kind.blocks[from];
    this.block = name;
    const result = layers.at(-1)!.node;
    const isLast = this.indices.get(result) === this.net.nodes.length - 1;
    if (count > 1) return this.printLoop(repeat);
    const text = this.kinds.get(kind)!.call(
      from,
      inputs.map((input) => this.text(input)),
    );
    if (isLast && this.isOnlyResult(result)) this.operands.set(result, { text, depth: 1 });
    else this.declare(result, name, text);
  }

  private printLoop({ kind, from, count }: Repeat): void {
    const blocks = kind.blocks.slice(from, from + count);
    const start = blocks[0].inputs[0];
    const printed = this.kinds.get(kind);
    if (this.lines.length > 0) this.lines.push("");
    const hasOptions = printed?.optionsType !== undefined;
    const table = hasOptions ? this.variables.take("blocks") : "";
    if (hasOptions) {
      const rows = blocks.map(({ name }, row) => `${name}: ${printed!.optionsOf(from + row)},`);
      this.lines.push(`const ${table}: Record<string, ${printed!.optionsType}> = {`, ...rows, "};");
    }
    const x = this.loopVariable(start, blocks[0].first);
    const names = blocks.map(({ name }) => JSON.stringify(name)).join(", ");
    const head = hasOptions ? `[name, options] of Object.entries(${table})` : `name of [${names}]`;
    const step = printed
      ? `${printed.name}(${x}, name${hasOptions ? ", options" : ""})`
      : printStep(kind, x, this.reserved);
    this.lines.push(`for (const ${head}) {`, `${x} = ${step};`, "}");
    const result = blocks.at(-1)!.layers.at(-1)!.node;
    this.loop = { variable: x, result };
    this.operands.set(result, { text: x, depth: 0 });
  }

  /** Declares the variable of a loop, or sets that of the one before where nothing else reads it any more. */
  private loopVariable(start: Node, index: number): string {
    const text = this.text(start);
    const isFree =
      this.loop &&
      !this.results.has(this.loop.result) &&
      this.readers.get(this.loop.result)!.every((reader) => this.indices.get(reader)! <= index);
    if (isFree) {
      const { variable } = this.loop!;
      if (text !== variable) this.lines.push(`${variable} = ${text};`);
      return variable;
    }
    const variable = this.variables.take("x");
    this.lines.push(`let ${variable} = ${text};`);
    return variable;
  }

  /**
   * true: the call is written inside of the one that uses it. Only where nothing else uses it and no other call comes between, so
   * that reading the file makes the nodes in the same order; and only for layers without a name of their own, or the network's result.
   */
  private standsInside(index: number): boolean {
    const { nodes } = this.net;
    const node = nodes[index];
    if (node.operator === "input") return false;
    if (index === nodes.length - 1) return this.isOnlyResult(node);
    const isNext = nodes[index + 1].inputs.some((input) => input.node === node);
    return !isNamed(node) && !this.results.has(node) && this.readers.get(node)!.length === 1 && isNext;
  }

  private isOnlyResult(node: Node): boolean {
    return this.net.outputs.length === 1 && this.results.get(node) === 1;
  }

  private returned(): string {
    const [first] = this.net.outputs;
    const isSingle = this.net.outputs.length === 1 && first.name === first.value.node.name;
    if (isSingle) return this.text(first.value.node);
    const entries = this.net.outputs.map(({ name, value }) => {
      const text = this.text(value.node);
      return text === name ? name : `${name}: ${text}`;
    });
    return `{ ${entries.join(", ")} }`;
  }
}
