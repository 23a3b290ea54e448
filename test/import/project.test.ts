/** The printed project: that it reads back to the network it was printed from, type-checks, and looks as it should. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { read } from "../../compiler/1-read/index.js";
import { parseSafetensors } from "../../compiler/files/safetensors.js";
import { importTflite, printProject, type Imported } from "../../compiler/import/index.js";
import type { Net } from "../../dsl/graph.js";
import * as dslFunctions from "../../dsl/index.js";
import { cases, networks, pathOf } from "./models.js";

const dsl = fileURLToPath(new URL("../../dsl/index.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "import-"));
writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
test.after(() => rmSync(folder, { recursive: true }));

const imported = (model: string): Imported | undefined => {
  try {
    return importTflite(pathOf(model));
  } catch {
    return undefined;
  }
};

async function printed(project: Imported): Promise<{ net: string; weights: Uint8Array }> {
  const [net, weights] = await printProject(project);
  assert.equal([net.path, weights.path], ["net.ts", "weights.safetensors"]);
  return { net: net.content as string, weights: weights.content as Uint8Array };
}

/** A network as plain data, without places in the source. */
function plain(net: Net): unknown {
  const indices = new Map(net.nodes.map((node, index) => [node, index]));
  const dropPlaces = (key: string, value: unknown): unknown =>
    key === "at" || key === "site" ? undefined : value;
  return JSON.parse(
    JSON.stringify(
      {
        ...net,
        nodes: net.nodes.map(({ operator, name, inputs, attributes }) => ({
          operator,
          name,
          attributes,
          inputs: inputs.map((input) => [indices.get(input.node), input.index]),
        })),
        outputs: net.outputs.map(({ name, value }) => [name, indices.get(value.node), value.index]),
      },
      dropPlaces,
    ),
  );
}

/** Runs a printed model file under Node. */
async function execute(text: string, name: string): Promise<Net> {
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, text.replace(`"tsc-mcu"`, JSON.stringify(pathToFileURL(dsl).href)));
  return (await import(pathToFileURL(file).href)).default;
}

test("running the printed file builds the imported network again, for all that can be imported", async () => {
  for (const model of [...networks, ...cases]) {
    const project = imported(model);
    if (!project) continue;
    const { net, weights } = await printed(project);
    assert.equal(plain(await execute(net, model.replace("/", "_"))), plain(project.net), model);
    const read = parseSafetensors(weights, "weights.safetensors");
    assert.equal(read.names, project.tensors.names);
    for (const name of read.names) {
      const [a, b] = [read.get(name)!, project.tensors.get(name)!];
      assert.equal([a.dtype, a.shape], [b.dtype, b.shape], name);
      assert.is(Buffer.compare(bytes(a.data!), bytes(b.data!)), 0, name);
    }
  }
});

const bytes = (array: ArrayBufferView): Buffer =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength);

test("reading the printed file builds it too", async () => {
  for (const model of networks) {
    const project = importTflite(pathOf(model));
    const { net, weights } = await printed(project);
    writeFileSync(join(folder, "net.ts"), net);
    writeFileSync(join(folder, "weights.safetensors"), weights);
    assert.equal(plain(read(join(folder, "net.ts"))), plain(project.net), model);
  }
});

test("the printed files type-check", async () => {
  const files: string[] = [];
  for (const model of [...networks, ...cases.filter((_, index) => index % 4 === 0)]) {
    const project = imported(model);
    if (!project) continue;
    files.push(join(folder, `typed_${model.replace("/", "_")}.ts`));
    writeFileSync(files.at(-1)!, (await printed(project)).net);
  }
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    noUnusedLocals: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    paths: { "tsc-mcu": [dsl] },
    types: [],
  });
  const found = ts
    .getPreEmitDiagnostics(program)
    .map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n"));
  assert.equal(found, []);
});

test("several results, names that are words of the language, values that are used twice", async () => {
  const w = dslFunctions.weights("./weights.safetensors", { layout: "tensorflow" });
  const net = dslFunctions.network("several", {}, () => {
    const class_ = dslFunctions.input("class", [4, 6, 2], { quantization: { scale: 0.1, zeroPoint: -3 } });
    const padded = dslFunctions.pad(class_, {
      paddings: [
        [1, 2],
        [0, 1],
        [0, 0],
      ],
    });
    const weights = dslFunctions.relu(padded, w.quantization("weights"));
    const x = dslFunctions.mean(weights, { ...w.quantization("add"), axes: [1, 0], keepDimensions: true });
    const a = dslFunctions.transpose(dslFunctions.reshape(padded, [7, 14]), [1, 0], { name: "turned" });
    return { x, pooled: dslFunctions.globalAveragePool(weights, w.quantization("w")), again: x, a };
  });
  const { net: text } = await printed({
    net,
    tensors: { file: "x.tflite", names: [], get: () => undefined },
    origins: new Map(),
  });
  assert.equal(plain(await execute(text, "several")), plain(net));
});

test("printing is the same every time", async () => {
  const [first, second] = [
    await printed(importTflite(pathOf(networks[1]))),
    await printed(importTflite(pathOf(networks[1]))),
  ];
  assert.is(first.net, second.net);
  assert.is(Buffer.compare(first.weights, second.weights), 0);
});

const golden = join(dirname(fileURLToPath(import.meta.url)), "../golden/import");

const shown =
  "mcunet_in4 mcunet_vww pretrainedResnet_quant person_detect ad01_int8 kws_ref_model micro_speech_quantized";

for (const name of shown.split(" ")) {
  test(`${name} reads as in test/golden/import`, async () => {
    const { net } = await printed(importTflite(pathOf(`models/${name}`)));
    const page = `# tsc-mcu import ${name}/model.tflite\n\n\`\`\`ts\n${net}\`\`\`\n`;
    const file = join(golden, `${name}.md`);
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, page);
    assert.is(page, readFileSync(file, "utf8"));
  });
}

test.run();
