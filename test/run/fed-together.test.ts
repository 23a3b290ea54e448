/** Fed networks with scratch in a memory of its own, and several networks, fed or not, in one program. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { sharedArenas } from "../../compiler/6-emit/together.js";
import { outputFiles, outputFilesTogether, reportJson, type Lowered } from "../../compiler/index.js";
import { elements, type Simplified } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { strict, type Callable } from "../../compiler/run/callable.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { prepare } from "../../compiler/run/javascript.js";
import { hasNativeCompiler, nativeCompiler, runNative } from "../../compiler/run/native.js";
import { execute, findProgram } from "../../compiler/run/program.js";
import { faultsOf } from "../../compiler/run/shadow/index.js";
import { inFolder } from "../../compiler/run/workplace.js";
import { conv2d, globalAveragePool, input, maxPool2d, network } from "../../dsl/index.js";
import { runBatched, type Job } from "../../scripts/batch.js";
import { withDtcm } from "../4-plan/two-memories.js";
import { Random } from "../kernels/layers.js";
import { simplified } from "./fed-network.js";

const random = new Random(21);
const row = { kernel: 3, padding: "same", activation: "relu" } as const;

function fed(name: string, height: number, width: number): Simplified {
  return simplified(
    network(name, {}, () => {
      const image = input("image", [height, width, 4], { feed: "rows" });
      const stem = conv2d(image, { ...row, filters: 8, stride: 2 });
      const wide = conv2d(stem, { ...row, filters: 32, name: "wide" });
      // More than planned stacks: else all of it would be in the fast memory.
      return { y: width > 100 ? wide : globalAveragePool(conv2d(wide, { filters: 8, kernel: 1 })) };
    }),
  );
}

const whole = lower(
  plan(simplified(network("whole", {}, () => ({ y: maxPool2d(input("x", [6, 8, 4]), { size: 2 }) })))),
);

/** For a board whose tightly coupled memory takes scratch only. */
function apart(net: Simplified): Lowered {
  for (let bytes = 256; bytes < 1 << 15; bytes += 256) {
    const planned = plan(withDtcm(net, bytes));
    if (planned.fast && planned.arena.memory !== "DTCM") return lower(planned);
  }
  throw new Error("its scratch is nowhere apart");
}

const nets = [
  lower(plan(fed("small", 12, 12))),
  apart(fed("large", 12, 160)),
  whole,
  lower(plan(fed("other", 20, 20))),
];
const jobs = nets.map((net): Job => {
  const cases = Array.from({ length: 3 }, () =>
    net.inputs.map((id) => random.int8(elements(net.values[id].shape))),
  );
  return { net, cases, resetsBeforeEach: false };
});
const expected = jobs.map(({ net, cases }) =>
  cases.map((tensors) => {
    const values = evaluate(net, new Map(net.inputs.map((id, i) => [id, tensors[i]])));
    return net.outputs.map(({ value }) => values.get(value)!);
  }),
);

test("scratch of a fed layer in the second memory, exact here, and nobody reads what is overwritten", () => {
  const { net, cases } = jobs[1];
  assert.ok(net.fast);
  assert.equal(cases.map(prepare(net).run), expected[1]);
  assert.equal(faultsOf(net, cases, false, expected[1] as never), []);
});

const withCompiler = hasNativeCompiler() ? test : test.skip;
const withEmulator = hasEmulator() ? test : test.skip;

withCompiler("its C on this machine, checked", async () => {
  const { net, cases } = jobs[1];
  const flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  assert.equal(await runNative(outputFiles(net), reportJson(net) as Callable, cases, { flags }), expected[1]);
});

withEmulator("and on the emulated Cortex-M7", async () => {
  const { net, cases } = jobs[1];
  assert.equal(await runEmulated(outputFiles(net), reportJson(net) as Callable, cases), expected[1]);
});

withCompiler("a batch of all of them, on this machine", async () => {
  assert.equal(await runBatched("native", jobs), expected);
});

withEmulator("a batch of all of them, on the emulated Cortex-M7", async () => {
  assert.equal(await runBatched("emulator", jobs), expected);
});

test("what rows leave behind shares no memory with other networks", () => {
  const shared = sharedArenas(nets).flatMap(({ networks }) => networks);
  for (const name of ["small", "other"]) assert.not.ok(shared.includes(name), name);
});

/** Two images at once, a row of each in turns, and a whole network between the rows. */
function main(): string {
  const literal = (data: ArrayLike<number>) => `{ ${Array.from(data).join(", ")} }`;
  const image = (job: number, name: string) =>
    `static const int8_t ${name}[] = ${literal(jobs[job].cases[0][0])};
static const int8_t ${name}_expected[] = ${literal(expected[job][0][0] as Int8Array)};`;
  return `#include "small.h"
#include "other.h"
#include "whole.h"
#include <string.h>
${image(0, "first")}
${image(3, "second")}
${image(2, "third")}
static small_arena a;
static other_arena b;
static whole_arena c;
int main(void)
{
    int bad = 0;
    small_reset(&a);
    other_reset(&b);
    for (int image = 0; image < 2; image++) {
        for (int i = 0; i < 20; i++) {
            if (i < 12) bad |= small_feed_image(&a, first + i * 48) != (i == 11);
            memcpy(whole_input_x(&c), third, sizeof third);
            whole_run(&c);
            bad |= memcmp(whole_output_y(&c), third_expected, sizeof third_expected);
            bad |= other_feed_image(&b, second + i * 80) != (i == 19);
        }
        small_run(&a);
        other_run(&b);
        bad |= memcmp(small_output_y(&a), first_expected, sizeof first_expected);
        bad |= memcmp(other_output_y(&b), second_expected, sizeof second_expected);
    }
    return bad != 0;
}
`;
}

withCompiler("one firmware with two that are fed in turns and one that is not", async () => {
  const [small, , , other] = nets;
  const files = [
    ...outputFilesTogether([small, other, whole], ["small.ts", "other.ts", "whole.ts"]),
    { path: "main.c", content: main() },
  ];
  const ended = await inFolder(files, async (folder) => {
    const compiler = findProgram(nativeCompiler()[0])!;
    const sources = files.map(({ path }) => path).filter((path) => path.endsWith(".c"));
    const built = await execute(compiler, [...strict, ...sources, "-o", "program"], folder, 60);
    assert.is(built.code, 0, built.output);
    return execute(`${folder}/program`, [], folder, 60);
  });
  assert.is(ended.code, 0);
});

test.run();
