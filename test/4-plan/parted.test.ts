/** Stripes and groups of channels: they take less memory than rows alone, and are not taken where that is not asked for. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { flashAllowance, leanest } from "../../compiler/4-plan/choose.js";
import { frontOf } from "../../compiler/4-plan/front.js";
import { arenaBytes } from "../../compiler/ir/plan.js";
import { evaluate, plan } from "../../compiler/4-plan/index.js";
import { leaner } from "../../compiler/4-plan/parted.js";
import { searchOf } from "../../compiler/4-plan/search.js";
import { lower } from "../../compiler/5-lower/index.js";
import { outputFiles } from "../../compiler/index.js";
import { elements, type Simplified } from "../../compiler/ir/graph.js";
import type { Planned } from "../../compiler/ir/plan.js";
import { reportJson } from "../../compiler/7-report/index.js";
import { evaluate as interpret } from "../../compiler/ops/evaluate.js";
import type { Callable } from "../../compiler/run/callable.js";
import { prepare } from "../../compiler/run/javascript.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { faultsOf } from "../../compiler/run/shadow/index.js";
import { Random } from "../kernels/layers.js";
import { bottleneck, randomNet } from "../kernels/row-networks.js";

const wide = (): Simplified => bottleneck(new Random(1), [24, 96, 4], { expanded: 24, size: 7, stride: 2 });
/** Rings hold most rows of the image, and channels are many. */
const deep = (): Simplified => bottleneck(new Random(6), [8, 8, 16], { expanded: 96, size: 7, stride: 2 });

const kernelNames = ({ steps }: Planned): string => steps.map(({ kernel }) => kernel.name).join("; ");
const isInParts = (planned: Planned): boolean => / in \d (stripes|groups)/.test(kernelNames(planned));

function inputsOf(random: Random, net: Simplified): Int8Array[] {
  return net.inputs.map((value) => random.int8(elements(net.values[value].shape)));
}

const expected = (net: Simplified, inputs: readonly Int8Array[]) =>
  interpret(net, new Map(net.inputs.map((value, i) => [value, inputs[i]]))).get(net.outputs[0].value)!;

for (const [name, net] of Object.entries({ wide: wide(), deep: deep() })) {
  const search = searchOf(net, "chosen");
  const rows = leanest(search.byEnd)!;
  const parts = leanest(leaner(search).byEnd)!;

  test(`${name}: less memory than rows alone, and more cycles`, () => {
    assert.ok(parts.bytes < 0.95 * rows.bytes, `${parts.bytes} of ${rows.bytes}`);
    assert.ok(parts.cycles > rows.cycles);
    const limits = [{ quantity: "sram", atMost: parts.bytes + 32, text: "" } as const];
    const planned = plan({ ...net, limits });
    assert.ok(isInParts(planned), kernelNames(planned));
    assert.ok(arenaBytes(planned) <= parts.bytes + 32);
    assert.ok(evaluate({ ...net, limits }).sram <= parts.bytes + 32);
    const { run } = prepare(lower(planned));
    for (let i = 0; i < 2; i++) {
      const inputs = inputsOf(new Random(i), net);
      assert.equal([...run(inputs)[0]], [...expected(net, inputs)]);
    }
  });

  (hasNativeCompiler() ? test : test.skip)(
    `${name}: in the shadow memory, and natively under sanitizers`,
    async () => {
      const lowered = lower(plan(net, { prefer: "memory" }));
      assert.ok(isInParts(lowered), kernelNames(lowered));
      const cases = [inputsOf(new Random(5), net)];
      const results = [expected(net, cases[0])];
      assert.equal(faultsOf(lowered, cases, false, [results]), []);
      const flags = ["-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
      const callable = reportJson(lowered) as unknown as Callable;
      const [actual] = await runNative(outputFiles(lowered), callable, cases, { flags });
      assert.equal(actual, results);
    },
  );
}

test("random networks: never slower for it within the same memory, exact where it is leaner", () => {
  let count = 0;
  for (let seed = 0; seed < 12; seed++) {
    const net = randomNet(new Random(320 + seed), { layers: 3 + (seed % 6), most: 24 });
    const search = searchOf(net, "chosen");
    const allowance = flashAllowance(net);
    const [rows, parts] = [search, leaner(search)].map((one) => frontOf(one, allowance));
    for (const point of rows)
      assert.ok(parts.some(({ bytes, cycles }) => bytes <= point.bytes && cycles <= point.cycles));
    if (seed % 4 === 0) assert.not.ok(isInParts(plan(net)), `seed ${seed}`);
    if (parts[parts.length - 1].bytes === rows[rows.length - 1].bytes) continue;
    count++;
    const planned = plan(net, { prefer: "memory" });
    const inputs = inputsOf(new Random(seed), net);
    assert.equal([...prepare(lower(planned)).run(inputs)[0]], [...expected(net, inputs)], `seed ${seed}`);
  }
  assert.ok(count > 0, `${count}`);
});

test.run();
