import { test } from "uvu";
import * as assert from "uvu/assert";
import { fileURLToPath } from "node:url";
import type { Net } from "../../dsl/graph.js";
import { checkModel } from "../../compiler/index.js";
import type { Graph } from "../../compiler/ir/graph.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import type { Planned } from "../../compiler/ir/plan.js";
import { printGraph, printLowered, printNet, printPlan } from "../../compiler/ir/print.js";

const seen = new Map<string, unknown>();
const model = fileURLToPath(new URL("../../examples/keywords/net.ts", import.meta.url));
await checkModel(model, { observe: (stage, result) => void seen.set(stage, result) });

const texts: Readonly<Record<string, string>> = {
  "1-read": printNet(seen.get("1-read") as Net),
  "2-check": printGraph(seen.get("2-check") as Graph),
  "3-simplify": printGraph(seen.get("3-simplify") as Graph),
  "4-plan": printPlan(seen.get("4-plan") as Planned),
  "5-lower": printLowered(seen.get("5-lower") as Lowered),
};

const expected: Readonly<Record<string, readonly RegExp[]>> = {
  "1-read": [
    /^network keywords; board stm32f746g-disco; limits sram <= /,
    /^ {2}mfcc = input\(\{ shape: \[49, 10, 1\] \}\)$/m,
    /^ {2}conv = conv2d\(mfcc, \{ weights: \{ file: ".\/weights.safetensors", name: "conv.weight"/m,
    /^outputs: scores = softmax$/m,
  ],
  "2-check": [/^ {2}mfcc: int8 \[49, 10, 1\] = input$/m, /^ {2}bn: int8 \[25, 5, 64\] = batchNorm\(conv, /m],
  "3-simplify": [
    /^ {2}conv: int8 \[25, 5, 64\] \{ scale: .* \} = conv2d\(mfcc, .*activation: "relu".*\(with .*bn/m,
  ],
  "4-plan": [
    /^network keywords: arena \d+ bytes in \w+, lower bound \d+, peak at \w+( \+ \w+)*$/m,
    /^ {4}0 {2}\[\d+ \.\. \d+\] +#\.* {2}input mfcc$/m,
    /^ {2}0 {2}conv( \+ \w+)*: mfcc@\d+ -> \w+@\d+ {3}\(\w+/m,
  ],
  "5-lower": [/^conv\(const int8_t \*in @ \d+, int8_t \*out @ \d+/m, /^ {4}for \(int32_t /m],
};

for (const [stage, patterns] of Object.entries(expected)) {
  test(`${stage} is readable, and long data is cut`, () => {
    for (const pattern of patterns) assert.match(texts[stage], pattern);
    assert.not.match(texts[stage], /undefined|\[object|NaN/);
    const longest = Math.max(...texts[stage].split("\n").map((line) => line.length));
    assert.ok(longest < 1500, `${longest} columns`);
  });
}

test.run();
