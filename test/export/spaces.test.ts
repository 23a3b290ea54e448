/** Search spaces as PyTorch super-networks: structure, names, and the same numbers for members. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { exportSpace } from "../../compiler/export/pytorch/index.js";
import { readNpy } from "../../compiler/files/npy.js";
import { openSafetensors } from "../../compiler/files/safetensors.js";
import { evaluateFloat } from "../../compiler/ops/evaluate.js";
import { recordOf, type Member } from "../../compiler/search/member.js";
import { randomOf } from "../../compiler/search/random.js";
import { Space } from "../../compiler/search/space.js";
import { spaceFile } from "../search/spaces.js";
import { compilePython, inFolder, runTorch, testWithPython, testWithTorch } from "./python.js";
import { stateDict } from "./state-dict.js";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const data = (name: string) => path(`../shared/data/keywords-supernet/${name}`);

const keywords = new Space(path("examples/keywords-space/space.ts"));
const exported = exportSpace(keywords);
const mcunet = exportSpace(new Space(path("examples/mcunet-space/space.ts")));

const supernetOf = (files: ReturnType<typeof exportSpace>) =>
  files.find((file) => file.path === "supernet.py")!.content as string;

const exportOf = (body: string, head?: string) => supernetOf(exportSpace(new Space(spaceFile(body, head))));

const codesOf = (body: string, head?: string) => {
  try {
    exportOf(body, head);
    return [];
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return error.diagnostics.map(({ code, message }) => `${code} ${message}`);
  }
};

/** Of a method, without its indentation. */
const bodyOf = (text: string, method: string): readonly string[] => {
  const after = text
    .slice(text.lastIndexOf(`    def ${method}(`))
    .split("\n")
    .slice(1);
  const end = after.findIndex((line) => !/^ {8}/.test(line));
  return after.slice(0, end).map((line) => line.slice(8));
};

test("the super-network has the names and shapes of its weights file", () => {
  const state = stateDict(supernetOf(exported));
  const stored = openSafetensors(data("supernet.safetensors"));
  assert.equal([...state.keys()].sort(), [...stored.names].sort());
  for (const name of stored.names) assert.equal(state.get(name), stored.get(name)!.shape, name);
});

test("choices are blocks and arguments, as one would write them", () => {
  const body = bodyOf(supernetOf(exported), "forward");
  assert.equal(body.slice(7, 12), [
    'if choices["stages.0.depth"] >= 2:',
    '    y = self.stages[0][1].expand(x, filters=x.shape[1] * choices["stages.0.1.expansion"])',
    "    y = F.relu6(self.stages[0][1].expand_bn(y))",
    '    y = self.stages[0][1].dw(y, kernel=choices["stages.0.1.kernel"], padding=choices["stages.0.1.kernel"] // 2)',
    "    y = F.relu6(self.stages[0][1].dw_bn(y))",
  ]);
  assert.match(
    supernetOf(exported),
    "                self.stages[0][0].project,\n                [self.stages[0][0].expand,",
  );
});

test("MCUNet's space: widths are tables, images come in the size that is chosen", () => {
  const text = supernetOf(mcunet);
  const body = bodyOf(text, "forward");
  assert.is(
    body[0],
    'x = resized(image.permute(0, 3, 1, 2), (choices["resolution"], choices["resolution"]))',
  );
  assert.is(body[1], 'x = F.relu6(self.stem(x, filters=FILTERS_1[choices["width"]]))');
  assert.match(text, /FILTERS_1 = \{\n {4}0\.2: 8, 0\.3: 16, /);
  assert.ok(body.includes('if choices["width"] == 0.2:'));
  assert.equal(stateDict(text).get("stages.4.3.expand.weight"), [1152, 192, 1, 1]);
});

test("a value of two choices is a table of pairs; strides and padding may be chosen", () => {
  const body = bodyOf(
    exportOf(
      `const size = choose("a", [3, 5]) * choose("b", [2, 7]) + 1;
       x = conv2d(x, { name: "first", filters: size, kernel: 3, stride: choose("stride", [1, 2]), padding: "same" });
       return globalAveragePool(x);`,
    ),
    "forward",
  );
  assert.is(
    body[1],
    'x = self.first(x, filters={(3, 2): 7, (3, 7): 22, (5, 2): 11, (5, 7): 36}[choices["a"], choices["b"]], stride=choices["stride"])',
  );
});

/** The expanding layer may be left out, and the block's input is still needed behind it. */
const optional = `let y = x;
  if (choose("wide", [false, true])) y = conv2d(y, { name: "wide", filters: 4, kernel: 1 });
  y = conv2d(y, { name: "last", filters: 4, kernel: 1 });
  return globalAveragePool(add(x, y));`;

test("a layer that may be missing while its input is needed is asked for", () => {
  const body = bodyOf(exportOf(optional), "forward");
  assert.equal(body.slice(1), [
    'if choices["wide"]:',
    "    y = self.wide(x)",
    'x = x + self.last((y if choices["wide"] else x))',
    "return x.mean(dim=(2, 3))",
  ]);
});

test("what one module cannot be is MCU6060 at its layer", () => {
  const three = `const size = choose("a", [3, 5]) * choose("b", [2, 7]) + choose("c", [1, 2]);
    return globalAveragePool(conv2d(x, { name: "first", filters: size, kernel: 1 }));`;
  assert.match(codesOf(three)[0], /^MCU6060 "first" .*its value of filters depends on "a", "b", "c"/);
  const together = `if (choose("a", [1, 2]) !== choose("b", [1, 2])) x = conv2d(x, { name: "odd", filters: 4, kernel: 1 });
    return globalAveragePool(x);`;
  assert.match(codesOf(together)[0], /^MCU6060 "odd" .*does not follow from each choice/);
  const kinds = `x = choose("kind", ["a", "b"]) === "a" ? conv2d(x, { name: "either", filters: 4, kernel: 1 })
    : depthwiseConv2d(x, { name: "either", kernel: 3 }); return globalAveragePool(x);`;
  assert.match(codesOf(kinds)[0], /^MCU6060 "either" .*it is depthwiseConv2d of 1 inputs/);
});

testWithPython("the Python of spaces is Python", () => {
  for (const files of [exported, mcunet]) {
    inFolder(files, (folder) => compilePython(folder, files));
  }
});

const runner = `
import json, sys, numpy as np, torch
from supernet import Keywords
network = Keywords().load(sys.argv[1]).eval()
inputs, recal = (torch.from_numpy(np.load(name)) for name in sys.argv[2:4])
task = json.load(sys.stdin)
results = []
with torch.no_grad():
    whole = network(inputs[:3], task[0]["choices"])
    for one in task:
        if one["recalibrate"]:
            network.recalibrate(recal.double(), one["choices"])
        results.append(network(inputs[: one["count"]], one["choices"]).tolist())
    network.load(sys.argv[1]).sort_by_importance()
    results.append([(network(inputs[:3], task[0]["choices"]) - whole).abs().max().item()])
print(json.dumps(results))
`;

const run = (tasks: readonly object[]): number[][][] =>
  inFolder([...exported, { path: "run.py", content: runner }], (folder) => {
    const files = ["supernet.safetensors", "val_inputs.npy", "recal_inputs.npy"].map(data);
    return JSON.parse(runTorch(folder, ["run.py", ...files], { input: JSON.stringify(tasks) }));
  });

const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, one, i) => Math.max(most, Math.abs(one - b[i])), 0);

/** As `subnets.json` writes a member: kernel and expansion of each block, by stage. */
function answersOf(choice: readonly (readonly (readonly number[])[])[]): Record<string, number> {
  const entries = choice.flatMap((blocks, s): [string, number][] => [
    [`stages.${s}.depth`, blocks.length],
    ...blocks.flatMap(([kernel, expansion], b): [string, number][] => [
      [`stages.${s}.${b}.kernel`, kernel],
      [`stages.${s}.${b}.expansion`, expansion],
    ]),
  ]);
  return Object.fromEntries(entries);
}

testWithTorch("members compute the same in PyTorch, and as the data's own logits say", () => {
  const stored = openSafetensors(data("supernet.safetensors"));
  const smallest = keywords.member(new Map(), ({ domain }) => domain[0]);
  const random = Array.from({ length: 3 }, (_, i) => keywords.random(randomOf(5, "member", i)));
  const members: readonly Member[] = [keywords.member(new Map()), smallest, ...random];
  const subnets = JSON.parse(readFileSync(data("subnets.json"), "utf8")).slice(0, 3);
  const results = run([
    ...members.map(({ values }) => ({ choices: recordOf(values), count: 3, recalibrate: false })),
    ...subnets.map(({ choice }: any) => ({ choices: answersOf(choice), count: 20, recalibrate: true })),
  ]);
  const inputs = readNpy(data("val_inputs.npy")).data as Float32Array;
  members.forEach((member, i) => {
    const checked = keywords.checked(member, stored);
    for (let sample = 0; sample < 3; sample++) {
      const own = inputs.subarray(sample * 490, (sample + 1) * 490);
      const values = evaluateFloat(checked, new Map([[checked.inputs[0], own]]));
      const difference = worst(results[i][sample], values.get(checked.outputs[0].value)!);
      assert.ok(difference < 1e-4, `member ${i}: ${difference}`);
    }
  });
  const logits = readNpy(data("check_logits.npy")).data as Float32Array;
  subnets.forEach((_: unknown, i: number) => {
    const difference = worst(results[members.length + i].flat(), logits.subarray(i * 240, (i + 1) * 240));
    assert.ok(difference < 1e-4, `subnet ${i}: ${difference}`);
  });
  // Sorting channels leaves the largest member what it is.
  assert.ok((results.at(-1) as unknown as number[])[0] < 1e-4);
});

test.run();
