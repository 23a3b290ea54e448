/** Every attribute knows where it was written, through spreads, variables, functions and files. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { read } from "../../compiler/1-read/index.js";
import type { Net, Site, Span } from "../../dsl/graph.js";
import { writeModel } from "./model.js";

const text = `import { conv2d, input, network, pad, weights } from "tsc-mcu";
import sizes from "./stem.json";
const w = weights("./w.safetensors", { layout: "pytorch" });
const shared = { padding: "same", quantization: { scale: 1 / 4, zeroPoint: 3 } } as const;
const LIMITS = "sram <= 4 KiB";
const shape: [number, number, number] = [8, 9, 3];
function conv(x: any, stride: number) {
  return conv2d(x, { ...w.conv("stem"), ...shared, stride, dilation: sizes.dilation as 1 });
}
const rows: [number, number][] = [[1, 0]]; rows.push([2, 2], [0, 0]);
export default network("n", { limits: LIMITS }, () => conv(pad(input("x", shape), { paddings: rows }), 1 + 1));
export const other = network("m", { limits: \`flash <= 9 KiB\` }, () => input("y", [1]));
`;
writeModel("stem.json", `{ "dilation": 1 }`);
const file = writeModel("sites.ts", text);
const net: Net = read(file);
const at = (span: Span): string => readFileSync(span.file, "utf8").slice(span.start, span.end);
const attribute = (site: Site | undefined, key: string): string => at(site!.attributes[key]);

test("a call", () => {
  assert.is(at(net.nodes[0].site!.at), `input("x", shape)`);
  assert.is(net.nodes[0].site!.at.file, file);
});

test("positional parameters, and elements of what they are given", () => {
  assert.is(attribute(net.nodes[0].site, "name"), `"x"`);
  assert.is(attribute(net.nodes[0].site, "shape"), "shape");
  assert.is(attribute(net.nodes[0].site, "shape.1"), "9");
});

test("options of a spread constant keep their places, nested ones too", () => {
  const { site } = net.nodes[2];
  assert.is(attribute(site, "padding"), `"same"`);
  assert.is(attribute(site, "quantization.zeroPoint"), "3");
  assert.is(attribute(site, "quantization.scale"), "1 / 4");
});

test("options that the DSL made are at their spread", () => {
  const { site, attributes } = net.nodes[2];
  assert.is(attribute(site, "weights"), `...w.conv("stem")`);
  assert.is(at((attributes as any).weights.at), `w.conv("stem")`);
});

test("shorthand and imported values", () => {
  assert.is(attribute(net.nodes[2].site, "stride"), "stride");
  assert.is(attribute(net.nodes[2].site, "dilation"), "sizes.dilation as 1");
});

test("elements that were pushed", () => {
  assert.is(attribute(net.nodes[1].site, "paddings.1"), "[2, 2]");
  assert.is(attribute(net.nodes[1].site, "paddings.1.0"), "2");
});

test("limits are at their text, also through a constant", () => {
  assert.is(attribute(net.site, "limits"), "sram <= 4 KiB");
});

test("limits in a template", () => {
  const direct = read(writeModel("limits.ts", text.replace("LIMITS }", "`stack <= 1 KiB` }")));
  assert.is(attribute(direct.site, "limits"), "stack <= 1 KiB");
});

test("options that the DSL made, given as they are, are at their argument", () => {
  const given = text.replace(/\{ \.\.\.w\.conv.*\}/, `w.conv("stem")`);
  const { site } = read(writeModel("given.ts", given)).nodes[2];
  assert.is(attribute(site, "weights"), `w.conv("stem")`);
  assert.is(attribute(site, "quantization"), `w.conv("stem")`);
});

test.run();
