/** The tables of `tsc-mcu profile`. */

import { alignColumns, type Alignment } from "../7-report/table.js";
import type { Lowered } from "../ir/lowered.js";
import { boundOf } from "../run/bounds.js";
import { cyclesIn, type Region } from "../run/measurement.js";
import { memories, type MemoryName } from "../run/memories.js";
import type { Profile } from "../run/profile.js";
import { grouped } from "./headline.js";

/** A layer, or all of them. */
interface Row {
  readonly name: string;
  readonly kernel: string;
  readonly macs: number;
  readonly predicted: number;
  readonly weights: number;
  readonly live: number;
  readonly region: Region;
}

interface Column {
  readonly title: string;
  readonly align: Alignment;
  cell(row: Row): string;
}

export function profileText(net: Lowered, measured: Profile, memory: MemoryName): string {
  const rows = [...net.lowered.map((step, i) => layerRow(step, measured.layers[i])), totalRow(net, measured)];
  const columns = measured.total.timing === undefined ? countColumns : timeColumns(memory);
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const table = alignColumns(
    [columns.map(({ title }) => title), ...cells],
    columns.map(({ align }) => align),
  );
  const stack = `Stack used by ${net.name}_run: ${grouped(measured.stackBytes)} bytes, predicted ${grouped(net.totals.stackBytes)}.`;
  return `${[...table, "", ...notes(net, measured, memory), stack].join("\n")}\n`;
}

function layerRow(step: Lowered["lowered"][number], region: Region): Row {
  return {
    name: step.name,
    kernel: step.step.kernel.name,
    macs: step.macs,
    predicted: step.coreCycles,
    weights: step.constantBytes,
    live: step.liveBytes,
    region,
  };
}

const totalRow = ({ totals, arena, fast }: Lowered, { total }: Profile): Row => ({
  name: "total",
  kernel: "",
  macs: totals.macs,
  predicted: totals.coreCycles,
  weights: totals.constantBytes,
  live: arena.bytes + (fast?.bytes ?? 0),
  region: total,
});

const left = (title: string, cell: Column["cell"]): Column => ({ title, align: "left", cell });
const right = (title: string, cell: Column["cell"]): Column => ({ title, align: "right", cell });

const first = [left("layer", ({ name }) => name), left("kernel", ({ kernel }) => kernel)];
const instructions = right("instructions", ({ region }) => grouped(region.instructions));
const macs = right("MACs", (row) => (row.macs === 0 ? "-" : grouped(row.macs)));
const predicted = (title: string): Column => right(title, (row) => grouped(row.predicted));
const last = [
  right("weights", ({ weights }) => grouped(weights)),
  right("sram live", ({ live }) => grouped(live)),
];

/** Without the plugin. */
const countColumns: readonly Column[] = [
  ...first,
  instructions,
  macs,
  right("MACs/instr", (row) => (row.macs === 0 ? "" : (row.macs / row.region.instructions).toFixed(2))),
  predicted("cycles predicted"),
  ...last,
];

function timeColumns(memory: MemoryName): readonly Column[] {
  const inMemory = right(memory, ({ region }) => grouped(cyclesIn(region.timing!, memory)));
  return [
    ...first,
    predicted("predicted"),
    right("cycles", ({ region }) => grouped(region.timing!.cycles)),
    right("deviation", (row) => signedPercent(row.predicted / row.region.timing!.cycles - 1)),
    ...(memory === "ideal" ? [] : [inMemory]),
    instructions,
    macs,
    right("MAC/cycle", (row) => (row.macs === 0 ? "" : (row.macs / row.region.timing!.cycles).toFixed(2))),
    left("bound by", ({ region }) => boundText(region, memory)),
    ...last,
  ];
}

function boundText({ instructions, timing }: Region, memory: MemoryName): string {
  const { by, share } = boundOf(instructions, timing!, memory);
  return `${by} ${Math.round(100 * share)} %`;
}

function signedPercent(part: number): string {
  const text = (100 * part).toFixed(1);
  return `${part < 0 || text === "0.0" ? "" : "+"}${text} %`;
}

function notes(net: Lowered, { missing }: Profile, memory: MemoryName): string[] {
  const how = `each layer called as a function of its own; the total is one ${net.name}_run.`;
  if (missing !== undefined) {
    return [
      `Instructions counted on the emulated Cortex-M7 (QEMU mps2-an500), ${how}`,
      `No cycles, because the timing plugin is missing: ${missing}`,
    ];
  }
  const slow =
    memory === "ideal"
      ? []
      : [`${memory} adds the stalls of a model of its caches (${memories[memory].meaning}).`];
  return [
    `Cycles of a model of the Cortex-M7's pipeline, driven by what runs on the emulated core (QEMU mps2-an500), ${how}`,
    ...slow,
  ];
}
