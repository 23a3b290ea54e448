/** Reading a model and executing it under Node give the same graph: the oracle of the static reader. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { read } from "../../compiler/1-read/index.js";
import type { Net, NodeOutput } from "../../dsl/graph.js";
import { executable, executeFile, folder, writeModel } from "./model.js";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));

for (const name of readdirSync(examples)) {
  const file = `${examples}${name}/net.ts`;
  if (!existsSync(file)) continue;
  test(`examples/${name}: read as executed`, async () => {
    mkdirSync(join(folder, name));
    for (const part of readdirSync(join(examples, name)).filter((one) => /\.(ts|json)$/.test(one))) {
      writeModel(`${name}/${part}`, executable(readFileSync(join(examples, name, part), "utf8")));
    }
    const executed = await executeFile(join(folder, name, "net.ts"));
    assert.equal(withoutPlaces(read(file)), withoutPlaces(executed.default as Net));
  });
}

test("a model that uses much of the language: read as executed", async () => {
  const text = `
    import { add, conv2d, dense, depthwiseConv2d, flatten, input, mean, network, pad, quantize, relu6, softmax, weights, type Tensor } from "tsc-mcu";
    import * as boards from "tsc-mcu/boards";
    import plan from "./plan.json";
    const w = weights("./w.safetensors", { layout: "tensorflow" });
    enum Kind { Plain, Residual }
    interface Block { readonly width: number; readonly stride?: number; readonly kind: Kind }
    const blocks: Block[] = plan.blocks.map(({ width, stride, residual }) => ({ width, stride, kind: residual ? Kind.Residual : Kind.Plain }));
    const shared = { activation: "relu6", quantization: { scale: 0.5, zeroPoint: -3 } } as const;
    function block(x: Tensor<3>, { width, stride = 1, kind }: Block, index: number): Tensor<3> {
      const name = (part: string) => \`block\${index}_\${part}\`;
      const wide = conv2d(x, { filters: width * plan.expansion, kernel: 1, ...shared, name: name("expand") });
      const deep = depthwiseConv2d(wide, { kernel: [3, 3], stride: [stride, stride], padding: "same", ...shared, name: name("depthwise") });
      const flat = conv2d(deep, { ...w.conv(name("project")), bias: false, name: name("project") });
      switch (kind) { case Kind.Residual: return add(x, flat, { name: name("add") }); default: return flat; }
    }
    export default network("much", { board: boards.nucleoH743zi, limits: "sram <= 64 KiB", calibration: { image: "./c.npy" } }, () => {
      const image = quantize(input("image", [32, 32, 3], { dtype: "float32" }));
      const stem = conv2d(pad(image, { paddings: [[0, 1], [0, 1], [0, 0]] }), { filters: 8, kernel: 3, stride: 2, ...shared });
      const body = blocks.reduce(block, stem);
      const [scores, features] = [softmax(dense(flatten(body), w.dense("head"))), mean(relu6(body), { axes: [0, 1], keepDimensions: true })];
      return { scores, features };
    });`;
  writeModel(
    "plan.json",
    `{ "expansion": 4, "blocks": [{ "width": 8, "residual": true }, { "width": 16, "stride": 2, "residual": false }, { "width": 16, "residual": true }] }`,
  );
  const net = read(writeModel("much.ts", text));
  assert.equal(
    withoutPlaces(net),
    withoutPlaces((await executeFile(writeModel("executed.ts", executable(text)))).default as Net),
  );
  assert.is(net.nodes.length, 20);
});

/** A network as plain data: inputs by the number of their node, no places. */
function withoutPlaces(net: Net): unknown {
  const output = ({ node, index }: NodeOutput): unknown => [net.nodes.indexOf(node), index];
  return withoutKeys({
    ...net,
    nodes: net.nodes.map((node) => ({ ...node, inputs: node.inputs.map(output) })),
    outputs: net.outputs.map(({ name, value }) => ({ name, value: output(value) })),
  });
}

function withoutKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "site" && key !== "at");
  return Object.fromEntries(entries.map(([key, part]) => [key, withoutKeys(part)]));
}

test.run();
