/** The scripts that come with exported networks: they train, go on after a break, write what the model reads, and score candidates. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { exportNetwork, exportSpace } from "../../compiler/export/pytorch/index.js";
import { writeNpy } from "../../compiler/files/npy.js";
import { openSafetensors } from "../../compiler/files/safetensors.js";
import { evaluateFloat } from "../../compiler/ops/evaluate.js";
import { recordOf } from "../../compiler/search/member.js";
import { randomOf } from "../../compiler/search/random.js";
import { Space } from "../../compiler/search/space.js";
import { randomNumbers } from "../ops/random.js";
import { spaceFile } from "../search/spaces.js";
import { inFolder, runTorch, testWithTorch } from "./python.js";

/** Three classes of noisy images. */
function dataFiles(samples: number) {
  const random = randomNumbers(4);
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 3);
  const inputs = Float32Array.from({ length: samples * 1024 }, (_, i) => {
    const sample = Math.floor(i / 1024);
    return (i % 4 === labels[sample] ? 1 : 0) + random() - 0.5;
  });
  return ["train", "val"].flatMap((part) => [
    { path: `${part}_inputs.npy`, content: writeNpy(inputs, [samples, 16, 16, 4], "float32") },
    { path: `${part}_labels.npy`, content: writeNpy(labels, [samples], "uint8") },
  ]);
}

const space = new Space(
  spaceFile(
    `const n = choose("n", [8, 16, 24]);
     let y = relu6(batchNorm(conv2d(x, w.conv("expand", { filters: n, kernel: 1, bias: false })), w.batchNorm("expand_bn")));
     const kernel = choose("kernel", [3, 5]);
     y = depthwiseConv2d(y, { ...w.conv("dw", { kernel }), stride: 2, padding: "same", activation: "relu6" });
     y = conv2d(y, w.conv("project", { filters: 8, kernel: 1 }));
     if (choose("more", [false, true])) y = conv2d(y, { ...w.conv("more", { filters: 8, kernel: 3 }), padding: 1 });
     return dense(globalAveragePool(y), w.dense("fc", { units: 3 }));`,
    `import { batchNorm } from "tsc-mcu"; const w = weights("./supernet.safetensors", { layout: "pytorch", elastic: true });`,
  ),
);

const epochs = ["--largest-epochs", "1", "--epochs", "2", "--batch", "20", "--rate", "0.01"];

/** Ends after the second epoch, as if it were killed. */
const broken = `
import sys, train_supernet
whole = train_supernet.save_whole
def save(path, state):
    whole(path, state)
    if state["epoch"] == 2:
        sys.exit(0)
train_supernet.save_whole = save
train_supernet.main()
`;

testWithTorch("train_supernet.py: a break changes nothing, and the space reads what was trained", () => {
  const files = [...exportSpace(space), ...dataFiles(60), { path: "broken.py", content: broken }];
  inFolder(files, (folder) => {
    const said = runTorch(folder, ["train_supernet.py", ...epochs]);
    assert.match(said, /epoch 3: loss [\d.]+, validation: largest [\d.]+ %, smallest [\d.]+ %\n/);
    const once = readFileSync(join(folder, "supernet.safetensors"));
    rmSync(join(folder, "supernet.checkpoint"));
    rmSync(join(folder, "supernet.safetensors"));
    runTorch(folder, ["broken.py", ...epochs]);
    assert.not.ok(existsSync(join(folder, "supernet.safetensors")));
    const rest = runTorch(folder, ["train_supernet.py", ...epochs]);
    assert.match(rest, /^epoch 3: /);
    assert.ok(readFileSync(join(folder, "supernet.safetensors")).equals(once));
    assert.throws(() => runTorch(folder, ["train_supernet.py", ...epochs, "--seed", "1"]), /other options/);
    checkScores(folder);
  });
});

/** `evaluate.py` on the folder's super-network, and its tensors in the compiler. */
function checkScores(folder: string): void {
  const members = Array.from({ length: 3 }, (_, i) => space.random(randomOf(6, "member", i)));
  const lines = members.map(({ values }, id) => JSON.stringify({ id, choices: recordOf(values) }));
  const input = [...lines, JSON.stringify({ id: 9, choices: { kernel: 4 } }), ""].join("\n");
  const answers = runTorch(folder, ["evaluate.py"], { input })
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(answers[0], { ready: true, measure: "accuracy (%)" });
  assert.equal(
    answers.slice(1).map(({ id }) => id),
    [0, 1, 2, 9],
  );
  for (const { score } of answers.slice(1, 4)) assert.ok(score >= 0 && score <= 100);
  assert.match(answers[4].error, "4 is no answer to the choice 'kernel'");
  const stored = openSafetensors(join(folder, "supernet.safetensors"));
  for (const member of members) {
    const checked = space.checked(member, stored);
    const values = evaluateFloat(checked, new Map([[checked.inputs[0], new Float32Array(1024)]]));
    assert.is(values.get(checked.outputs[0].value)!.length, 3);
  }
}

/** What torchrun starts, without it: its own start-up fails on some pairs of Python and PyTorch. */
const twice = `
import os, subprocess, sys
names = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": sys.argv[1]}
runs = [
    subprocess.Popen([sys.executable, "-W", "ignore", "train_supernet.py", *sys.argv[2:]], env={**os.environ, **names, "RANK": rank, "LOCAL_RANK": rank})
    for rank in "01"
]
sys.exit(max(run.wait() for run in runs))
`;

testWithTorch("train_supernet.py: two processes share every batch, as torchrun starts them", () => {
  const files = [...exportSpace(space), ...dataFiles(60), { path: "twice.py", content: twice }];
  inFolder(files, (folder) => {
    const port = String(20_000 + (process.pid % 20_000));
    const said = runTorch(folder, ["twice.py", port, ...epochs]);
    // One of them speaks.
    assert.is(said.match(/epoch 3: /g)!.length, 1);
    assert.ok(openSafetensors(join(folder, "supernet.safetensors")).names.includes("expand_bn.running_var"));
  });
});

testWithTorch("train.py trains a network without weights, and its names can be read", () => {
  const model = new Space(
    spaceFile(
      `x = conv2d(x, { filters: 4, kernel: 3, activation: "relu6" });
       return dense(globalAveragePool(x), { name: "classes", units: 3 });`,
    ),
  );
  const { net } = model.member(new Map());
  const files = [...exportNetwork(model.checked({ net }), net), ...dataFiles(60)];
  inFolder(files, (folder) => {
    const said = runTorch(folder, ["train.py", "--epochs", "3", "--batch", "20", "--rate", "0.05"]);
    assert.match(said, /epoch 3: loss [\d.]+, validation [\d.]+ %\n/);
    const tensors = openSafetensors(join(folder, "weights.safetensors"));
    assert.equal([...tensors.names].sort(), [
      "classes.bias",
      "classes.weight",
      "conv2d.bias",
      "conv2d.weight",
    ]);
    assert.equal(tensors.get("conv2d.weight")!.shape, [4, 4, 3, 3]);
  });
});

test.run();
