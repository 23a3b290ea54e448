/** The bench's figures for people. */

import { alignColumns, type Alignment } from "../../compiler/7-report/table.js";
import { grouped } from "../../compiler/commands/headline.js";
import type { MemoryName } from "../../compiler/run/memories.js";
import type { Cycles, LayerFigures, NetworkFigures } from "./figures.js";

const shown: readonly MemoryName[] = ["ideal", "h743", "h743-dtcm", "f746"];

const networkHeader = [
  ...["network", "instr M", ...shown.map((name) => `${name} M`), "MAC/cycle"],
  ...["arena", "stack (predicted)", "flash", "of weights", "predicted M", "deviation", "exact"],
];

/** Sizes in bytes, flash as machine code + constants; MACs per cycle and the deviation of the prediction in ideal memory. */
export function networkTable(figures: readonly NetworkFigures[]): string {
  const rows = figures.map((one) => [
    one.name,
    millions(one.instructions),
    ...shown.map((name) => millions(one.cycles?.[name])),
    ratio(one.macs, one.cycles?.ideal, 2),
    one.fast === 0 ? grouped(one.arena) : `${grouped(one.arena)} + ${grouped(one.fast)} DTCM`,
    `${one.stack} (${one.stackPredicted})`,
    `${grouped(one.text)} + ${grouped(one.rodata)}`,
    ratio(one.text + one.rodata, one.weights, 2),
    millions(one.predicted),
    deviation(one.predicted, one.cycles),
    exactness(one),
  ]);
  return aligned([networkHeader, ...rows], 1);
}

const layerHeader = [
  ...["layer", "kernel", "MACs", "instructions", ...shown, "share", "MAC/cycle"],
  ...["predicted", "deviation"],
];

/** The layers of one network, each called by itself. */
export function layerTable(layers: readonly LayerFigures[]): string {
  const total = layers.reduce((sum, { cycles }) => sum + (cycles?.ideal ?? 0), 0);
  const rows = layers.map((layer) => [
    layer.name,
    layer.kernel,
    grouped(layer.macs),
    grouped(layer.instructions),
    ...shown.map((name) => (layer.cycles?.[name] === undefined ? "-" : grouped(layer.cycles[name]))),
    layer.cycles?.ideal === undefined ? "-" : `${((100 * layer.cycles.ideal) / total).toFixed(1)} %`,
    ratio(layer.macs, layer.cycles?.ideal, 2),
    grouped(layer.predicted),
    deviation(layer.predicted, layer.cycles),
  ]);
  return aligned([layerHeader, ...rows], 2);
}

function aligned(rows: readonly (readonly string[])[], left: number): string {
  const alignments = rows[0].map((_, i): Alignment => (i < left ? "left" : "right"));
  return alignColumns(rows, alignments).join("\n");
}

const millions = (value: number | undefined): string =>
  value === undefined ? "-" : (value / 1e6).toFixed(value < 1e8 ? 3 : 1);

const ratio = (value: number, of: number | undefined, digits: number): string =>
  of === undefined || of === 0 ? "-" : (value / of).toFixed(digits);

function deviation(predicted: number, cycles: Cycles | undefined): string {
  if (!cycles?.ideal) return "-";
  const percent = 100 * (predicted / cycles.ideal - 1);
  return `${percent >= 0 ? "+" : ""}${percent.toFixed(1)} %`;
}

function exactness({ wrong, cases: [host, emulator] }: NetworkFigures): string {
  if (wrong !== undefined) return "NO";
  return host === 0 ? "M7 = host" : `${host} + ${emulator} on M7`;
}
