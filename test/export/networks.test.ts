/** Plain networks as PyTorch: names, syntax, and the same numbers. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { read } from "../../compiler/1-read/index.js";
import { check } from "../../compiler/2-check/index.js";
import { exportNetwork } from "../../compiler/export/pytorch/index.js";
import { openSafetensors, writeSafetensors } from "../../compiler/files/safetensors.js";
import { elements, type Checked } from "../../compiler/ir/graph.js";
import { evaluateFloat } from "../../compiler/ops/evaluate.js";
import * as t from "../../dsl/index.js";
import { randomNumbers } from "../ops/random.js";
import { everyOperator } from "./operators.js";
import { compilePython, inFolder, runTorch, testWithPython, testWithTorch } from "./python.js";
import { stateDict } from "./state-dict.js";

const example = (name: string) => fileURLToPath(new URL(`../../examples/keywords/${name}`, import.meta.url));

function keywords() {
  const file = example("net.ts");
  const net = read(file);
  return { net, checked: check(net, { file, loadCalibration: true }) };
}

const textOf = (files: ReturnType<typeof exportNetwork>, path: string) =>
  files.find((file) => file.path === path)!.content as string;

test("state_dict() has the names and shapes of the weights file", () => {
  const { net, checked } = keywords();
  const state = stateDict(textOf(exportNetwork(checked, net), "model.py"));
  const stored = openSafetensors(example("weights.safetensors"));
  assert.equal([...state.keys()].sort(), [...stored.names].sort());
  for (const name of stored.names) assert.equal(state.get(name), stored.get(name)!.shape, name);
});

test("the text is as one would write it", () => {
  const { net, checked } = keywords();
  const text = textOf(exportNetwork(checked, net), "model.py");
  assert.match(text, "class Keywords(Group):");
  assert.match(text, "        x = F.relu(self.dw_bn[0](self.dw[0](x)))\n");
  assert.match(text, "    def forward(self, mfcc):\n        return F.softmax(self.logits(mfcc), dim=-1)\n");
  assert.match(textOf(exportNetwork(checked, net), "train.py"), "train_inputs.npy [samples, 49, 10, 1]");
});

test("names that PyTorch or Python cannot have are kept in the weights file", () => {
  const { net, checked, tensors } = everyOperator();
  const text = textOf(exportNetwork(checked, net), "model.py");
  const renamed = new Map(
    [...text.matchAll(/^ {4}"(.*)": "(.*)",$/gm)].map(([, name, stored]) => [name, stored]),
  );
  const state = stateDict(text);
  const names = [...state.keys()].map((name) => renamed.get(name) ?? name);
  assert.equal(names.sort(), tensors.map(({ name }) => name).sort());
  for (const [name, shape] of state) {
    const stored = tensors.find((one) => one.name === (renamed.get(name) ?? name))!;
    assert.equal(shape, stored.shape, name);
  }
  assert.ok(renamed.has("a.train_.weight"));
  assert.match(text, 'self["lambda"] = nn.Conv2d(');
  assert.match(text, "def forward(self, class_, v):");
});

test("the numbers of uint8 files stand for what the model file says", () => {
  const net = t.network("camera", {}, () => {
    const image = t.input("image", [8, 8, 3], {
      dtype: "uint8",
      quantization: { scale: 1 / 128, zeroPoint: 128 },
    });
    const x = t.conv2d(t.quantize(image), { filters: 4, kernel: 3 });
    return t.dense(t.globalAveragePool(x), { units: 2 });
  });
  const files = exportNetwork(check(net as any, { file: "net.ts", loadCalibration: false }), net as any);
  assert.match(textOf(files, "train.py"), "images = (images - 128) * 0.0078125\n");
  assert.match(textOf(files, "model.py"), "x = self.conv2d(x)");
});

testWithPython("the Python of every operator is Python", () => {
  const { net, checked } = everyOperator();
  const files = exportNetwork(checked, net);
  inFolder(files, (folder) => compilePython(folder, files));
  const whole = keywords();
  const others = exportNetwork(whole.checked, whole.net);
  inFolder(others, (folder) => compilePython(folder, others));
});

const runner = `
import json, sys, torch, model
network = getattr(model, sys.argv[1])().load("weights.safetensors").eval()
network.save("back.safetensors")
inputs = [torch.tensor(one) for one in json.load(open("inputs.json"))]
with torch.no_grad():
    result = network(*inputs)
result = result if isinstance(result, dict) else {"": result}
print(json.dumps({name: [list(one.shape), one.permute(0, 2, 3, 1).flatten().tolist() if one.dim() == 4 else one.flatten().tolist()] for name, one in result.items()}))
`;

/** Data of the inputs, sample by sample, as nested lists. */
function nested(data: Float32Array, shape: readonly number[]): unknown {
  if (shape.length === 0) return data[0];
  const size = data.length / shape[0];
  return Array.from({ length: shape[0] }, (_, i) =>
    nested(data.subarray(i * size, (i + 1) * size), shape.slice(1)),
  );
}

/** Largest difference of each output over two samples, between PyTorch and the compiler's real-valued semantics. */
function differences(
  {
    net,
    checked,
    className,
  }: Omit<ReturnType<typeof keywords>, "checked"> & { checked: Checked; className: string },
  weights: Uint8Array,
): Map<string, number> {
  const random = randomNumbers(2);
  const samples = 2;
  const inputs = checked.inputs.map((id) =>
    Float32Array.from({ length: samples * elements(checked.values[id].shape) }, () => 4 * random() - 2),
  );
  const files = [
    ...exportNetwork(checked, net),
    { path: "weights.safetensors", content: weights },
    { path: "run.py", content: runner },
    {
      path: "inputs.json",
      content: JSON.stringify(
        inputs.map((data, i) => nested(data, [samples, ...checked.values[checked.inputs[i]].shape])),
      ),
    },
  ];
  return inFolder(files, (folder) => {
    const results = JSON.parse(runTorch(folder, ["run.py", className])) as Record<
      string,
      [number[], number[]]
    >;
    const back = openSafetensors(join(folder, "back.safetensors"));
    const stored = openSafetensors(join(folder, "weights.safetensors"));
    for (const name of back.names) assert.equal(back.get(name)!.data, stored.get(name)!.data, name);
    const worst = new Map<string, number>();
    for (let sample = 0; sample < samples; sample++) {
      const own = inputs.map((data, i): [number, Float32Array] => {
        const size = elements(checked.values[checked.inputs[i]].shape);
        return [checked.inputs[i], data.subarray(sample * size, (sample + 1) * size)];
      });
      const values = evaluateFloat(checked, new Map(own));
      checked.outputs.forEach(({ name, value }, i) => {
        const key = net.outputs[i].name in results ? net.outputs[i].name : "";
        const [shape, data] = results[key];
        const expected = values.get(value)!;
        assert.is(elements(shape), samples * expected.length, name);
        const found = data.slice(sample * expected.length, (sample + 1) * expected.length);
        const most = found.reduce((most, one, j) => {
          const scale = Math.max(1, Math.abs(expected[j]));
          return Math.max(most, Math.abs(one - expected[j]) / scale);
        }, 0);
        worst.set(name, Math.max(most, worst.get(name) ?? 0));
      });
    }
    return worst;
  });
}

testWithTorch("every operator computes the same in PyTorch", () => {
  const { net, checked, tensors } = everyOperator();
  const worst = differences(
    { net: net as any, checked, className: "EveryOperator" },
    writeSafetensors(tensors),
  );
  assert.is(worst.size, checked.outputs.length);
  const wrong = [...worst].filter(([, difference]) => !(difference < 1e-4));
  assert.equal(wrong, []);
});

testWithTorch("the keyword network computes the same in PyTorch", () => {
  const worst = differences(
    { ...keywords(), className: "Keywords" },
    readFileSync(example("weights.safetensors")),
  );
  for (const [name, difference] of worst) assert.ok(difference < 1e-4, `${name}: ${difference}`);
});

test.run();
