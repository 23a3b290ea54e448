/** What repeats in a printed network: functions and loops build the network again, whatever its blocks differ in. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { printProject } from "../../compiler/import/index.js";
import type { Net } from "../../dsl/graph.js";
import * as d from "../../dsl/index.js";

const dsl = fileURLToPath(new URL("../../dsl/index.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "import-repeats-"));
writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
test.after(() => rmSync(folder, { recursive: true }));

const w = d.weights("./weights.safetensors", { layout: "tensorflow" });
const files: string[] = [];

async function print(net: Net): Promise<string> {
  const tensors = { file: "x.tflite", names: [], get: () => undefined };
  const [{ content }] = await printProject({ net, tensors, origins: new Map() });
  return String(content);
}

/** The printed file builds the network again. */
async function assertSame(net: Net): Promise<string> {
  const text = await print(net);
  const file = join(folder, `net${files.length}.ts`);
  writeFileSync(file, text);
  files.push(file);
  const runnable = file.replace(/net(\d+\.ts)$/, "run$1");
  writeFileSync(runnable, text.replace(`"tsc-mcu"`, JSON.stringify(pathToFileURL(dsl).href)));
  const again: Net = (await import(pathToFileURL(runnable).href)).default;
  assert.equal(plain(again), plain(net), text);
  return text;
}

function plain(net: Net): unknown {
  const index = new Map(net.nodes.map((node, at) => [node, at]));
  return JSON.parse(
    JSON.stringify({
      nodes: net.nodes.map(({ operator, name, attributes, inputs }) => [
        operator,
        name,
        attributes,
        inputs.map(({ node }) => index.get(node)),
      ]),
      outputs: net.outputs.map(({ name, value }) => [name, index.get(value.node)]),
    }),
    // Objects' keys in one order.
    (_, value) =>
      value && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
  );
}

/** Numbers below `limit`, the same in every run. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Blocks of a few makes, options drawn; now and then something between them, read again later, or returned. */
function randomNetwork(seed: number): Net {
  const draw = randomNumbers(seed);
  const chance = (percent: number): boolean => draw(100) < percent;
  const [stray, optional, blocks] = [draw(30), draw(100), 1 + draw(9)];
  return d.network("random", {}, () => {
    let x: d.Tensor<3> = d.input("x", [16, 16, 4], { quantization: { scale: 0.1, zeroPoint: 0 } });
    let early = x;
    const results: Record<string, d.Tensor<any>> = {};
    const maybe = <T extends object>(options: T): T | {} => (chance(optional) ? options : {});
    const border = (y: d.Tensor<3>, size: number) =>
      // prettier-ignore
      d.pad(y, { paddings: [[size, size], [size, size], [0, 0]] });
    const variant = draw(3);
    for (let i = 0; i < blocks; i++) {
      const start = chance(stray) ? early : x;
      const name = `block${i}`;
      if (variant === 0) {
        let y = d.conv2d(start, { ...w.conv(`${name}.expand`), activation: "relu6" });
        const isPadded = chance(optional);
        if (isPadded) y = border(y, 1 + draw(3));
        y = d.depthwiseConv2d(y, {
          ...w.conv(`${name}.dw`),
          ...maybe({ stride: 2 }),
          ...(isPadded ? {} : { padding: "same" }),
        });
        y = d.conv2d(y, { ...w.conv(`${name}.project`), ...maybe({ activation: "relu" as const }) });
        x = chance(optional) ? d.add(y, start, w.quantization(`${name}.add`)) : y;
      } else if (variant === 1) {
        const a = d.conv2d(start, { ...w.conv(`${name}.conv1`), ...maybe({ stride: [1, 2] as const }) });
        const b = d.conv2d(a, w.conv(`${name}.conv2`));
        const side = chance(optional) ? d.conv2d(start, { ...w.conv(`${name}.shortcut`), stride: 2 }) : start;
        const sum = d.add(side, b, w.quantization(`${name}.add`));
        x = chance(20) ? d.relu(sum, w.quantization(`${name}.relu`)) : sum;
      } else {
        x = d.conv2d(chance(optional) ? border(start, 2) : start, {
          ...w.conv(`layer_${i}`),
          activation: "relu",
        });
        if (chance(stray)) x = d.add(x, early, w.quantization(`add_${i}`));
      }
      if (chance(stray)) x = d.maxPool2d(x, { size: 2 });
      if (chance(stray)) early = x;
      if (chance(stray / 2)) results[`result${i}`] = x;
    }
    return Object.keys(results).length > 0 ? { ...results, last: x } : x;
  });
}

test("300 random networks of blocks", async () => {
  let repeats = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const text = await assertSame(randomNetwork(seed));
    if (/\bfor \(|interface \w+Options/.test(text)) repeats++;
  }
  assert.ok(repeats > 60, `${repeats} with a function or a loop`);
});

test("blocks of two inputs are calls of a function", async () => {
  const net = d.network("unet", {}, () => {
    const image = d.input("image", [8, 8, 4], { quantization: { scale: 0.1, zeroPoint: 0 } });
    const skips = [image];
    for (const i of [0, 1, 2]) skips.push(d.conv2d(skips[i], { ...w.conv(`down_${i}`), stride: 2 }));
    let x = skips[3];
    for (const i of [0, 1, 2]) {
      const up = d.conv2dTranspose(x, { ...w.convTranspose(`up${i}.grow`), stride: 2 });
      x = d.conv2d(d.concatenate([up, skips[2 - i]]), { ...w.conv(`up${i}.mix`), activation: "relu" });
    }
    return x;
  });
  const text = await assertSame(net);
  assert.match(text, "function block(x: Tensor<3>, y: Tensor, name: string)");
  assert.match(text, `block(down_2, down_1, "up0")`);
});

test("a layer's name that is a word of its options, or of the language", async () => {
  const net = d.network("words", {}, () => {
    let x = d.input("x", [8, 8, 4], { quantization: { scale: 0.1, zeroPoint: 0 } });
    for (const block of ["relu6", "same", "for", "constructor"]) {
      x = d.depthwiseConv2d(x, { ...w.conv(`${block}.stride`), padding: "same", activation: "relu6" });
      x = d.conv2d(x, { ...w.conv(`${block}.name`), activation: "relu6" });
    }
    return x;
  });
  await assertSame(net);
});

test("all of them type-check", () => {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    paths: { "tsc-mcu": [dsl] },
    types: [],
  });
  const found = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  assert.equal(found, []);
});

test("a network of 2 000 layers, all of them different, prints in time", async () => {
  for (const isEqual of [true, false]) {
    const net = d.network("long", {}, () => {
      let x = d.input("x", [8, 8, 4], { quantization: { scale: 0.1, zeroPoint: 0 } });
      for (let i = 0; i < 1000; i++) {
        const stride = isEqual ? 1 : 1 + i;
        x = d.depthwiseConv2d(x, { ...w.conv(`block${i}.dw`), stride });
        x = d.conv2d(x, w.conv(`block${i}.pointwise`));
      }
      return x;
    });
    const { findRepeats } = await import("../../compiler/import/repeats.js");
    const start = performance.now();
    findRepeats(net);
    assert.ok(performance.now() - start < 1000, `${performance.now() - start} ms`);
  }
});

test.run();
