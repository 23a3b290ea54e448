/** Every stage's type as text for people (`--show=<stage>`); long data is cut. */

import type { Net } from "../../dsl/graph.js";
import { CPrinter, pointerType } from "../6-emit/c.js";
import type { Graph, Operation, Value } from "./graph.js";
import type { Lowered, LoweredStep, Place } from "./lowered.js";
import { arenasOf, type Buffer, type Planned, type Step } from "./plan.js";

/** Elements of an array that are shown. */
const shownElements = 8;

/** 1-read: the nodes as the model file calls them. */
export function printNet(net: Net): string {
  const head = [`network ${net.name}`];
  if (net.board !== undefined) head.push(`board ${net.board}`);
  if (net.limits !== undefined) head.push(`limits ${net.limits}`);
  if (net.calibration) head.push(`calibration ${format(net.calibration)}`);
  const nodes = net.nodes.map((node) => {
    const inputs = node.inputs.map((input) => input.node.name);
    return `  ${node.name} = ${node.operator}(${[...inputs, attributes(node.attributes)].filter(Boolean).join(", ")})`;
  });
  const outputs = net.outputs.map((output) => `${output.name} = ${output.value.node.name}`);
  return lines([head.join("; "), ...nodes, `outputs: ${outputs.join(", ")}`]);
}

/** 2-check and 3-simplify: typed values, quantisation, explicit attributes. */
export function printGraph(net: Graph): string {
  const inputs = net.inputs.map(
    (id) => `  ${typed(net.values[id])} = input${net.values[id].feed ? " by rows" : ""}`,
  );
  const constants = net.values
    .filter((value) => value.constant)
    .map((value) => `  ${typed(value)} = constant`);
  const operations = net.operations.map(
    (operation) => `  ${typed(net.values[operation.output])} = ${call(net, operation)}`,
  );
  const outputs = net.outputs.map((output) => `${output.name} = ${net.values[output.value].name}`);
  const body = [...inputs, ...constants, ...operations];
  return lines([`network ${net.name}`, ...body, `outputs: ${outputs.join(", ")}`]);
}

/** 4-plan: where everything lives, and the steps in order. */
export function printPlan(net: Planned): string {
  const { bytes, lowerBound, memory, peakStep } = net.arena;
  const scratch = net.fast ? `; scratch ${net.fast.bytes} bytes in ${net.fast.memory}` : "";
  return lines([
    `network ${net.name}: arena ${bytes} bytes in ${memory}, lower bound ${lowerBound}, peak at ${stepName(net.steps[peakStep])}${scratch}`,
    "buffers",
    ...net.buffers.map((buffer) => `  ${printBuffer(net, buffer)}`),
    "steps",
    ...net.steps.map((step, index) => `  ${index}  ${printStep(net, step)}`),
  ]);
}

/** 5-lower: the loop IR of every step. */
export function printLowered(net: Lowered): string {
  const { macs, cycles, constantBytes, codeBytes, stackBytes } = net.totals;
  const totals = `network ${net.name}: ${macs} MACs, ${Math.round(cycles)} cycles, ${constantBytes} bytes of constants, ${codeBytes} of code, ${stackBytes} of stack`;
  return lines([totals, ...net.lowered.map((step) => printFunction(net, step))]);
}

function printFunction(net: Lowered, step: LoweredStep): string {
  const printer = new CPrinter((pointer) => pointer.name);
  const parameters = step.code.parameters.map(
    (one, index) => `${pointerType(one)}${one.name} @ ${printPlace(net, step.places[index])}`,
  );
  return [
    `\n${step.name}(${parameters.join(", ")})   ${step.step.kernel.name}; ${step.macs} MACs, ${Math.round(step.cycles)} cycles`,
    ...step.code.notes.map((note) => `  /* ${note} */`),
    ...step.code.constants.map(
      (one) => `  ${one.element} ${one.name}[${one.data.length}] = ${elements(one.data)}`,
    ),
    printer.statements(step.code.body, 1).trimEnd(),
  ].join("\n");
}

/** The memory is said where there are several. */
function printPlace(net: Planned, place: Place | undefined): string {
  if (!place) return "the row";
  const { memory, offset } = place;
  return arenasOf(net).length > 1 ? `${memory} ${offset}` : `${offset}`;
}

function printBuffer(net: Planned, buffer: Buffer): string {
  const life = net.steps.map((_, step) => (step >= buffer.first && step <= buffer.last ? "#" : "."));
  const where = arenasOf(net).length > 1 ? `${buffer.memory} ` : "";
  const range = `[${buffer.offset} .. ${buffer.offset + buffer.bytes - 1}]`;
  return `${String(buffer.id).padStart(3)}  ${range.padEnd(20)} ${life.join("")}  ${where}${buffer.kind} ${buffer.name}`;
}

function printStep(net: Planned, step: Step): string {
  const place = (id: number): string => {
    const storage = net.storage.get(id);
    return storage
      ? `${net.values[id].name}@${net.buffers[storage.buffer].offset + storage.offset}`
      : net.values[id].name;
  };
  const notes = [
    step.kernel.name,
    step.feeds === undefined ? "" : "once a row",
    step.inPlace ? "in place" : "",
    step.scratch === undefined ? "" : `scratch ${step.scratch}`,
  ];
  const moves = `${step.inputs.map(place).join(", ")} -> ${step.outputs.map(place).join(", ")}`;
  return `${stepName(step)}: ${moves}   (${notes.filter(Boolean).join("; ")})`;
}

const stepName = (step: Step | undefined): string =>
  step === undefined ? "-" : step.operations.map((operation) => operation.name).join(" + ");

function call(net: Graph, operation: Operation): string {
  const inputs = operation.inputs.map((id) => net.values[id].name);
  const folded = operation.from?.length
    ? `   (with ${operation.from.map((one) => one.name).join(", ")})`
    : "";
  return `${operation.kind}(${[...inputs, attributes(operation.attributes)].filter(Boolean).join(", ")})${folded}`;
}

function typed(value: Value): string {
  return `${value.name}: ${value.dtype} [${value.shape.join(", ")}]${value.quantization ? ` ${format(value.quantization)}` : ""}`;
}

/** Where things stand in the source is left out: it is not part of their meaning. */
const hidden = new Set(["site", "at", "kind"]);

function attributes(of: object): string {
  const text = format(of);
  return text === "{}" ? "" : text;
}

function format(value: unknown): string {
  if (ArrayBuffer.isView(value)) return elements(value as unknown as ArrayLike<number>);
  if (Array.isArray(value)) return elements(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).filter(([key, one]) => one !== undefined && !hidden.has(key));
  return entries.length === 0
    ? "{}"
    : `{ ${entries.map(([key, one]) => `${key}: ${format(one)}`).join(", ")} }`;
}

function elements(list: ArrayLike<unknown>): string {
  const shown = Array.from({ length: Math.min(list.length, shownElements) }, (_, index) =>
    format(list[index]),
  );
  if (list.length > shownElements) shown.push(`… ${list.length - shownElements} more`);
  return `[${shown.join(", ")}]`;
}

const lines = (list: readonly string[]): string => `${list.join("\n")}\n`;
