/** Segments as C: natively under sanitizers, on the M7 as asm and as C. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { arrange } from "../../compiler/4-plan/arrange.js";
import type { Unit } from "../../compiler/4-plan/units.js";
import { lower } from "../../compiler/5-lower/index.js";
import { reportJson } from "../../compiler/7-report/index.js";
import { outputFiles } from "../../compiler/index.js";
import type { Simplified } from "../../compiler/ir/graph.js";
import { segmentKernel, type Segment } from "../../compiler/kernels/rows/segment.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import type { Callable } from "../../compiler/run/callable.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { Random, inputCases } from "./layers.js";
import { invertedResidual, randomNet, segmentOf } from "./row-networks.js";

interface Built {
  readonly net: Simplified;
  readonly segment: Segment;
}

/** The first segment of a random network that is of interest. */
function find(
  seed: number,
  make: (random: Random) => Simplified,
  isWanted: (segment: Segment) => boolean,
): Built {
  for (let i = 0; i < 1000; i++) {
    const random = new Random(seed + i);
    const net = make(random);
    const segment = segmentOf(random, net);
    if (segment && isWanted(segment)) return { net, segment };
  }
  throw new Error("no such segment");
}

const unit = ({ net, segment }: Built): Unit => ({
  operations: net.operations,
  inputs: segment.values,
  output: net.outputs[0].value,
  kernel: segmentKernel(segment),
});

const dag = (random: Random) => randomNet(random, { layers: 7, most: 10 });
const joins = ({ stages }: Segment) => stages.filter(({ inputs }) => inputs.length > 1).length;

const built: readonly (Built & { readonly name: string })[] = [
  {
    name: "inverted residual",
    ...find(
      0,
      (random) => invertedResidual(random, 12, 9),
      () => true,
    ),
  },
  { name: "two branches", ...find(100, dag, (one) => one.stages.length >= 5 && joins(one) >= 1) },
  { name: "several sums", ...find(300, dag, (one) => one.stages.length >= 5 && joins(one) >= 2) },
  {
    name: "a reduction",
    ...find(600, dag, ({ stages }) => stages.length >= 4 && stages.some(({ kernel }) => kernel.total)),
  },
];

for (const { name, net, segment } of built) {
  const lowered = lower(arrange(net, [unit({ net, segment })]));
  const callable = reportJson(lowered) as unknown as Callable;
  const all = net.inputs.map((value) => inputCases(new Random(5), net.values[value].shape));
  const cases = [0, 1].map((i) => all.map((one) => one[i]));
  const expected = cases.map((inputs) =>
    evaluate(net, new Map(net.inputs.map((value, i) => [value, inputs[i]]))).get(net.outputs[0].value)!,
  );
  (hasNativeCompiler() ? test : test.skip)(`${name}: natively, under sanitizers`, async () => {
    const flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    const results = await runNative(outputFiles(lowered), callable, cases, { flags });
    cases.forEach((_, c) => assert.equal(results[c], [expected[c]]));
  });
  (hasEmulator() ? test : test.skip)(`${name}: on the M7, as asm and as C`, async () => {
    for (const flags of name === "several sums" ? [["-O2"], ["-O2", "-DTSC_MCU_NO_ASM"]] : [["-O2"]]) {
      const results = await runEmulated(outputFiles(lowered), callable, cases, { flags });
      cases.forEach((_, c) => assert.equal(results[c], [expected[c]], flags.join(" ")));
    }
  });
}

test.run();
