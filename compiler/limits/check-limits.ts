/** Holds a finished network against its limits and its board. */

import { diagnostic, type Diagnostic, type Related } from "../diagnostics/diagnostic.js";
import type { Lowered, LoweredStep } from "../ir/lowered.js";
import type { Board, Region } from "../targets/board.js";
import { formatBytes, formatClock, formatCount, formatQuantity, formatTime, passingLimit } from "./format.js";
import type { Limit, Quantity } from "./limits.js";
import { builtInBoards } from "./load-board.js";
import { nearest } from "./nearest.js";
import { limitName } from "./parse-limits.js";
import { layerName, layerPlace, shareOf, tenantsAt, usageOf, type Tenant } from "./usage.js";

/** How many live tensors, or costly layers, a message lists. */
const listedTenants = 6;
const listedLayers = 3;

/** An error for every limit that is violated, and where the board's memory is too small. */
export function checkLimits(net: Lowered): Diagnostic[] {
  return [...net.limits.flatMap((limit) => checkLimit(net, limit)), ...checkArena(net), ...checkFlash(net)];
}

function checkLimit(net: Lowered, limit: Limit): Diagnostic[] {
  const regions = net.board.regions.filter((one) => one.kind === "sram").map((one) => one.name);
  if (limit.region !== undefined && !regions.includes(limit.region)) {
    const { region } = limit;
    return [
      diagnostic("MCU2121", limit.at, {
        region,
        board: net.board.name,
        known: regions,
        nearest: nearest(region, regions),
      }),
    ];
  }
  const used = usageOf(net, limit);
  if (used === undefined) return [diagnostic("MCU2104", limit.at, { board: net.board.name })];
  return used <= limit.atMost ? [] : [violation(net, limit, used)];
}

function violation(net: Lowered, limit: Limit, used: number): Diagnostic {
  const { quantity, atMost } = limit;
  const format = formatQuantity[quantity];
  const culprit = culpritOf(net, quantity);
  const parameters = {
    limit: limitName(limit),
    used: format(used),
    atMost: limit.text,
    over: format(used - atMost),
    layer: culprit === undefined ? "" : `; ${culpritWords(quantity, culprit)}`,
    advice: advice(net, limit, used, culprit),
  };
  const place = culprit && layerPlace(culprit);
  const itself: Related[] = [{ message: `the limit: ${limitName(limit)} <= ${limit.text}`, place: limit.at }];
  const others = quantity === "sram" ? liveAtPeak(net) : nextLayers(net, quantity, culprit);
  return diagnostic("MCU2101", place ?? limit.at, parameters, [...(place ? itself : []), ...others]);
}

function culpritOf(net: Lowered, quantity: Quantity): LoweredStep | undefined {
  if (quantity === "sram") return net.lowered[net.arena.peakStep];
  return byShare(net, quantity)[0];
}

/** Steps by their part of a quantity, largest first. */
function byShare(net: Lowered, quantity: Quantity): LoweredStep[] {
  const share = shareOf[quantity];
  return share === undefined ? [] : [...net.lowered].sort((a, b) => share(b) - share(a));
}

function culpritWords(quantity: Quantity, culprit: LoweredStep): string {
  const name = `\`${layerName(culprit)}\``;
  return quantity === "sram"
    ? `the peak is at ${name}`
    : `${name} has the largest part, ${shareText(quantity, culprit)}`;
}

function shareText(quantity: Quantity, step: LoweredStep): string {
  const share = shareOf[quantity]!(step);
  if (quantity === "latency" || quantity === "energy") return `${formatCount(share)} cycles`;
  return quantity === "macs" ? `${formatCount(share)} MACs` : `${formatBytes(share)} of weights`;
}

function nextLayers(net: Lowered, quantity: Quantity, culprit: LoweredStep | undefined): Related[] {
  const others = byShare(net, quantity).filter((step) => step !== culprit && shareOf[quantity]!(step) > 0);
  return others.slice(0, listedLayers).map((step) => ({
    message: `then \`${layerName(step)}\`: ${shareText(quantity, step)}`,
    place: layerPlace(step),
  }));
}

/**
 * Who is live at the main arena's peak, largest first, and what is lost between them. The fast arena breaks no limit: the
 * planner puts scratch there within the limits on `sram` or not at all.
 */
function liveAtPeak(net: Lowered): Related[] {
  const tenants = tenantsAt(net, net.arena.peakStep, net.arena.memory);
  const listed = tenants
    .slice(0, listedTenants)
    .map((one) => ({ message: `live at the peak: ${tenantText(one)}`, place: one.place }));
  const sum = (some: readonly Tenant[]) => some.reduce((total, { buffer }) => total + buffer.bytes, 0);
  const rest = tenants.slice(listedTenants);
  if (rest.length > 0)
    listed.push({ message: `and ${rest.length} more, ${formatBytes(sum(rest))} together`, place: undefined });
  const gaps = net.arena.bytes - sum(tenants);
  if (gaps >= net.arena.align)
    listed.push({ message: `and ${formatBytes(gaps)} between them`, place: undefined });
  return listed;
}

function tenantText({ buffer, name, shape }: Tenant): string {
  const what = buffer.kind === "input" || buffer.kind === "output" ? `, the network's ${buffer.kind}` : "";
  return `${formatBytes(buffer.bytes)}, \`${name}\`${shape === undefined ? "" : ` ${shape.join("x")}`}${what}`;
}

function advice(net: Lowered, limit: Limit, used: number, culprit: LoweredStep | undefined): string[] {
  const { quantity, atMost } = limit;
  const lines: string[] = [];
  if (culprit !== undefined) lines.push(smaller(quantity, layerName(culprit)));
  if (quantity === "sram" && net.arena.lowerBound > atMost) {
    lines.push(
      `in this order no placement of these tensors needs less than ${formatBytes(net.arena.lowerBound)}`,
    );
  }
  lines.push(`\`${limitName(limit)} <= ${passingLimit(quantity, used)}\` would pass`);
  if (quantity === "latency") lines.push(...fasterBoards(net.board, used, atMost));
  return lines;
}

function smaller(quantity: Quantity, layer: string): string {
  if (quantity === "sram")
    return `fewer channels at \`${layer}\`, or a smaller image there (a stride before it), lower the peak`;
  if (quantity === "flash") return `fewer channels at \`${layer}\` need fewer weights`;
  return `fewer channels at \`${layer}\`, or a smaller image there, need less work`;
}

/** By clock alone: memories differ, so it is an estimate. */
function fasterBoards(board: Board, seconds: number, atMost: number): string[] {
  const scaled = (other: Board) => (seconds * board.clockHz) / other.clockHz;
  return builtInBoards()
    .filter((other) => other.clockHz > board.clockHz && scaled(other) <= atMost)
    .map(
      (other) =>
        `${other.name} (${formatClock(other.clockHz)}) would take about ${formatTime(scaled(other))}`,
    );
}

/** The arena is one piece, so it must fit into its region as a whole. The fast one is made to. */
function checkArena(net: Lowered): Diagnostic[] {
  const { arena, board } = net;
  const memories = board.regions.filter((one) => one.kind === "sram");
  const region = memories.find((one) => one.name === arena.memory) ?? largest(memories);
  if (region !== undefined && arena.bytes <= region.bytes) return [];
  const peak = net.lowered[arena.peakStep];
  const lines = peak === undefined ? [] : [smaller("sram", layerName(peak))];
  const parameters = {
    used: formatBytes(arena.bytes),
    region: region?.name ?? "the memory",
    board: board.name,
    available: formatBytes(region?.bytes ?? 0),
    advice: [...lines, ...largerBoards(arena.bytes, board, "sram")],
  };
  return [diagnostic("MCU2102", peak && layerPlace(peak), parameters, liveAtPeak(net))];
}

function checkFlash(net: Lowered): Diagnostic[] {
  const { board, totals } = net;
  const regions = board.regions.filter((one) => one.kind === "flash");
  const used = totals.constantBytes + totals.codeBytes;
  const available = regions.reduce((sum, region) => sum + region.bytes, 0);
  // A linker script without read-only memory runs everything from RAM: nothing is known then.
  if (regions.length === 0 || used <= available) return [];
  const culprit = culpritOf(net, "flash");
  const parameters = {
    used: formatBytes(used),
    weights: formatBytes(totals.constantBytes),
    code: formatBytes(totals.codeBytes),
    board: board.name,
    available: formatBytes(available),
    advice: [
      ...(culprit ? [smaller("flash", layerName(culprit))] : []),
      ...largerBoards(used, board, "flash"),
    ],
  };
  return [
    diagnostic("MCU2103", culprit && layerPlace(culprit), parameters, nextLayers(net, "flash", culprit)),
  ];
}

/** Boards that would do; not the emulated one, which nobody ships. */
function largerBoards(bytes: number, board: Board, kind: Region["kind"]): string[] {
  return builtInBoards()
    .filter((other) => other.name !== board.name && !other.name.startsWith("mps2-"))
    .map((other) => ({ other, region: largest(other.regions.filter((one) => one.kind === kind)) }))
    .filter(({ region }) => region !== undefined && region.bytes >= bytes)
    .map(({ other, region }) => `${other.name} has ${formatBytes(region!.bytes)} in ${region!.name}`);
}

function largest(regions: readonly Region[]): Region | undefined {
  return [...regions].sort((a, b) => b.bytes - a.bytes)[0];
}
