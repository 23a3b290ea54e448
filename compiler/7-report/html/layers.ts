/** The table of layers: one row a step, in order. */

import { formatCount } from "../../limits/format.js";
import { layerName } from "../../limits/usage.js";
import { element, type Child, type Markup } from "./markup.js";
import { operatorText, type Subject } from "./subject.js";
import { bar, table, type Column } from "./table.js";
import { grouped, percent } from "./words.js";

export function layerTable(subject: Subject): Markup {
  const { net } = subject;
  const places = net.lowered.map((_, step) => subject.placeOfStep(step));
  const hasPlaces = places.some((place) => place !== undefined);
  const columns: Column[] = [
    { head: "#", align: "right" },
    { head: "layer" },
    { head: "operator" },
    { head: "result" },
    { head: "kernel" },
    ...(hasPlaces ? [{ head: "source" }] : []),
    { head: "live, B", align: "right", title: "bytes live in all arenas, scratch included" },
    { head: "scratch, B", align: "right" },
    { head: "MACs", align: "right", title: "multiply-accumulates" },
    { head: "cycles", align: "right", title: "predicted on the board" },
    { head: "share of cycles" },
  ];
  const most = Math.max(...net.lowered.map(({ cycles }) => cycles), 1);
  const rows = net.lowered.map((step, i) => ({
    class: i === net.arena.peakStep ? "is-peak" : undefined,
    cells: [
      i,
      nameCell(subject, i),
      operatorText(step),
      resultText(subject, i),
      step.step.kernel.name,
      ...(hasPlaces ? [places[i] ?? "-"] : []),
      grouped(step.liveBytes),
      step.scratchBytes === 0 ? "-" : grouped(step.scratchBytes),
      step.macs === 0 ? "-" : formatCount(step.macs, "fixed"),
      grouped(step.cycles),
      element(
        "span",
        { class: "measure" },
        bar([{ share: step.cycles / most, class: "bar-cycles" }]),
        element("span", {}, percent(step.cycles, net.totals.cycles)),
      ),
    ] satisfies Child[],
  }));
  return table(`Layers of ${net.name}`, columns, rows, 1);
}

function nameCell({ net }: Subject, step: number): Child {
  const name = layerName(net.lowered[step]);
  const { operations } = net.lowered[step].step;
  const peak = step === net.arena.peakStep ? [" ", element("span", { class: "tag" }, "peak")] : [];
  const others = operations.map((one) => one.name).filter((one) => one !== name);
  const along = operations.length < 2 ? [] : [element("small", {}, `with ${others.join(", ")}`)];
  return [name, ...peak, ...along];
}

function resultText({ net }: Subject, step: number): string {
  return net.lowered[step].step.outputs.map((value) => net.values[value].shape.join("x")).join(", ");
}
