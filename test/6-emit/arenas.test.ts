/** C of networks with two arenas: clean, exact, with names that nobody else has, and sharing memory when built together. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { emitCalls } from "../../compiler/6-emit/index.js";
import { arenaNames } from "../../compiler/6-emit/names.js";
import { findClash, sharedArenas } from "../../compiler/6-emit/together.js";
import {
  outputFiles,
  outputFilesTogether,
  reportJson,
  type Lowered,
  type OutputFile,
} from "../../compiler/index.js";
import { elements } from "../../compiler/ir/graph.js";
import { strict, type Callable } from "../../compiler/run/callable.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { prepare } from "../../compiler/run/javascript.js";
import { hasNativeCompiler, nativeCompiler, runNative } from "../../compiler/run/native.js";
import { profile } from "../../compiler/run/profile.js";
import { execute, findProgram } from "../../compiler/run/program.js";
import { inFolder } from "../../compiler/run/workplace.js";
import { divided, largeNet, withDtcm } from "../4-plan/two-memories.js";
import { Random } from "../kernels/layers.js";

const onHost = hasNativeCompiler() ? test : test.skip;
const onBoard = hasEmulator() ? test : test.skip;

const named = (net: Lowered, name: string): Lowered => ({ ...net, name });
const lowered = (random: Random): Lowered => lower(divided(random).planned);
const inputOf = (net: Lowered, random: Random): Int8Array =>
  random.int8(elements(net.values[net.inputs[0]].shape));
const textOf = (files: readonly OutputFile[], path: string): string =>
  String(files.find((one) => one.path === path)!.content);

test("one type a memory, both passed to the run, inputs and outputs in the main one", () => {
  const net = named(lowered(new Random(1)), "kws");
  const report = reportJson(net);
  assert.equal(
    report.arenas.map(({ type, memory, bytes }) => [type, memory, bytes]),
    [
      ["kws_arena", "RAM", net.arena.bytes],
      ["kws_dtcm", "DTCM", net.fast!.bytes],
    ],
  );
  assert.is(report.sram.arenas, net.arena.bytes + net.fast!.bytes);
  const header = textOf(outputFiles(net), "kws.h");
  for (const text of [
    `#define KWS_DTCM_BYTES ${net.fast!.bytes}\n`,
    "void kws_run(kws_arena *arena, kws_dtcm *dtcm);",
    "int8_t *kws_input_x(kws_arena *arena);",
    '`static kws_dtcm dtcm __attribute__((section(".dtcm")));`',
    "`.dtcm (NOLOAD) : { *(.dtcm) } > DTCM`",
  ])
    assert.ok(header.includes(text), text);
});

test("names that C, the network, a layer or a constant have are none for an arena", () => {
  const net = lowered(new Random(2));
  const parameter = (memory: string, layer = "conv", constant = "weights"): string => {
    const fast = { ...net.fast!, memory };
    const constants = [{ name: constant }] as never;
    const step = { ...net.lowered[0], name: layer, code: { ...net.lowered[0].code, constants } };
    return arenaNames({ ...net, name: "kws", fast, lowered: [step] }, fast).parameter;
  };
  assert.is(parameter("DTCM"), "dtcm");
  assert.is(parameter("DTCM_2"), "dtcm_2");
  for (const memory of ["arena", "RUN", "input_1", "static", "bytes", "reset"])
    assert.is(parameter(memory), `memory_${memory.toLowerCase()}`);
  assert.is(parameter("DTCM", "dtcm"), "memory_dtcm");
  assert.is(parameter("DTCM", "kws_dtcm"), "memory_dtcm");
  assert.is(parameter("DTCM_DATA", "dtcm", "data"), "memory_dtcm_data");
});

onHost("the emitted C computes what the loop IR does, under sanitizers", async () => {
  for (let seed = 10; seed < 14; seed++) {
    const random = new Random(seed);
    const net = lowered(random);
    const cases = [inputOf(net, random), inputOf(net, random)].map((input) => [input]);
    const expected = cases.map(prepare(net).run);
    const flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    const actual = await runNative(outputFiles(net), reportJson(net) as Callable, cases, { flags });
    assert.equal(actual, expected, `seed ${seed}`);
  }
});

onBoard("on the emulated board, whole and layer by layer", async () => {
  const random = new Random(20);
  const net = lowered(random);
  const input = inputOf(net, random);
  const callable = reportJson(net) as Callable;
  const [actual] = await runEmulated(outputFiles(net), callable, [[input]]);
  assert.equal(actual, prepare(net).run([input]));
  const measured = await profile(outputFiles(net), callable, emitCalls(net), [input], { memories: ["h743"] });
  assert.is(measured.layers.length, net.lowered.length);
});

test("networks built together share each memory; those that are alone in one keep their arena", () => {
  const random = new Random(30);
  const first = named(lowered(random), "first");
  const second = named(lowered(random), "second");
  const { net, whole } = largeNet(random);
  const small = named(lower(plan(withDtcm(net, whole.arena.bytes))), "small");
  const shared = (...nets: Lowered[]) =>
    sharedArenas(nets).map(({ type, memory, bytes, networks }) => [type, memory, bytes, networks.join()]);
  assert.is(small.arena.memory, "DTCM");
  const both = Math.max(first.arena.bytes, second.arena.bytes);
  const fast = Math.max(first.fast!.bytes, second.fast!.bytes);
  assert.equal(shared(first, second), [
    ["tsc_mcu_shared_arena", "RAM", both, "first,second"],
    ["tsc_mcu_shared_dtcm", "DTCM", fast, "first,second"],
  ]);
  const inDtcm = Math.max(first.fast!.bytes, small.arena.bytes);
  assert.equal(shared(small, first), [["tsc_mcu_shared_dtcm", "DTCM", inDtcm, "small,first"]]);
  // What lasts from run to run is in the main arena; scratch is not.
  const lasting = { ...first, state: [{ offset: 0, bytes: 4, fill: 0 }] };
  assert.equal(shared(lasting, second), [["tsc_mcu_shared_dtcm", "DTCM", fast, "first,second"]]);
  const nested = named(second, "first_dtcm");
  assert.is(
    findClash(
      [first, nested],
      [first, nested].map((one) => outputFiles(one)),
    ),
    undefined,
  );
});

onHost("one network with two arenas and one with one take turns", async () => {
  const random = new Random(40);
  const big = named(lowered(random), "big");
  const { net, whole } = largeNet(random);
  const small = named(lower(plan(withDtcm(net, whole.arena.bytes))), "small");
  const files = outputFilesTogether([small, big], ["small.ts", "big.ts"]);
  const header = textOf(files, "tsc_mcu_arenas.h");
  assert.ok(header.includes("`small_run(&dtcm.small);`"), header);
  const inputs = [small, big].map((one) => inputOf(one, random));
  const bytesOf = (data: ArrayLike<number>): string => Array.from(data).join(", ");
  const check = (one: Lowered, input: Int8Array, place: string, call: string): string => {
    const results = prepare(one).run([input]);
    const compared = results.map(
      (result, i) => `        static const int8_t expected${i}[] = {${bytesOf(result)}};
        bad |= memcmp(${one.name}_output_${one.outputs[i].name}(${place}), expected${i}, sizeof expected${i}) != 0;`,
    );
    return `    {
        static const int8_t input[] = {${bytesOf(input)}};
        memcpy(${one.name}_input_x(${place}), input, sizeof input);
        ${call}
${compared.join("\n")}
    }`;
  };
  const turns = [
    check(small, inputs[0], "&dtcm.small", "small_run(&dtcm.small);"),
    check(big, inputs[1], "&arena", "big_run(&arena, &dtcm.big);"),
  ];
  const main = `#include "tsc_mcu_arenas.h"
#include <string.h>
static tsc_mcu_shared_dtcm dtcm;
static big_arena arena;
int main(void)
{
    int bad = 0;
${[...turns, ...turns].join("\n")}
    return bad;
}
`;
  const sources = [small, big].flatMap(({ name }) => [`${name}.c`, `${name}_weights.c`]);
  const [compiler, ...first] = nativeCompiler();
  await inFolder([...files, { path: "main.c", content: main }], async (folder) => {
    const args = [...first, ...strict, "-O1", ...sources, "main.c", "-o", "program"];
    const compiled = await execute(findProgram(compiler)!, args, folder, 100);
    assert.is(compiled.code, 0, compiled.output);
    assert.is((await execute(`${folder}/program`, [], folder, 20)).code, 0);
  });
});

test.run();
