/**
 * The model of the pipeline against published measurements of the core. They are what the model was made of: this checks
 * the implementation, not the core. Method of quinapalus.com: four and fourteen copies between two isb, a tenth of the
 * difference.
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasEmulator } from "../../compiler/run/emulator.js";
import { hasNativeCompiler } from "../../compiler/run/native.js";
import { measureProgram, withPlugin } from "./program.js";

/** [meaning, cycles of one copy, instructions] */
type Sequence = readonly [string, number, string];

/** quinapalus.com/cm7cycles.html, STM32H730. */
const quinapalus: readonly Sequence[] = [
  ["two independent exclusive ors", 1, "eor.w r0,r0,r1; eor.w r2,r2,r3"],
  ["adc and adc", 1, "adc.w r0,r0,r1; adc.w r2,r2,r3"],
  ["a chain through the carry", 2, "adcs.w r0,r0,r1; adcs.w r2,r2,r3"],
  ["mul throughput", 1, "mul r0,r1,r2"],
  ["umull throughput", 1, "umull r0,r1,r2,r3"],
  ["mul chain, multiplier input", 2, "mul r0,r0,r1"],
  ["mla chain, addend", 1, "mla r0,r1,r2,r0"],
  ["umlal chain, accumulator", 1, "umlal r0,r1,r2,r3"],
  ["umull beside an ALU instruction", 1, "umull r0,r1,r2,r3; eor.w r4,r5,r6"],
  ["umlal beside an ALU instruction", 1, "umlal r0,r1,r2,r3; eor.w r4,r5,r6"],
  ["mul and mul", 2, "mul r0,r1,r2; mul r3,r4,r5"],
  ["ldr", 1, "ldr.w r0,[r9]"],
  ["ldr and ldr of the same word", 2, "ldr.w r0,[r9]; ldr.w r1,[r9]"],
  ["ldr beside adc", 1, "ldr.w r0,[r9]; adc.w r1,r2,r3"],
  ["ldr beside mul", 1, "ldr.w r0,[r9]; mul r1,r2,r3"],
  ["ldr beside mla", 1, "ldr.w r0,[r9]; mla r1,r2,r3,r4"],
  ["ldr chain, data to address", 3, "ldr.w r0,[r9,r0]"],
  ["vadd.f32 throughput", 1, "vadd.f32 s0,s1,s2"],
  ["vadd.f32 chain", 3, "vadd.f32 s0,s0,s2"],
  ["vmul.f32 throughput", 1, "vmul.f32 s0,s1,s2"],
  ["vmul.f32 chain", 3, "vmul.f32 s0,s0,s2"],
  ["vfma.f32 chain, addend", 3, "vfma.f32 s0,s1,s2"],
  ["vfma.f32 chain, operand", 5, "vfma.f32 s0,s0,s2"],
  ["vmla.f32 chain, addend", 3, "vmla.f32 s0,s1,s2"],
  ["vmla.f32 chain, operand", 6, "vmla.f32 s0,s0,s2"],
];

/** mastodawn.com, notes on the Cortex-M7. */
const mastodawn: readonly Sequence[] = [
  ["dependent additions in one cycle: early and late ALU", 1, "add.w r1,r0,r3; add.w r1,r1,r2"],
];

/** jnk0le, "pipeline cycle test", cortex_m7.md, STM32H743. */
const jnk0le: readonly Sequence[] = [
  ["smlad chain, accumulator", 1, "smlad r0,r1,r2,r0"],
  ["smlad chain, operand", 2, "smlad r0,r0,r2,r3"],
  ["smlad and smlad", 2, "smlad r0,r1,r2,r0; smlad r3,r1,r2,r3"],
  ["smlad beside an older sxtb16", 1, "sxtb16 r0,r1; smlad r2,r3,r4,r2"],
  ["ldr and ldr of different banks", 1, "ldr.w r0,[r9]; ldr.w r1,[r9,#4]"],
  ["uxtb and uxtb", 2, "uxtb.w r0,r1; uxtb.w r2,r3"],
  ["uxtb beside add", 1, "uxtb.w r0,r1; add.w r2,r3,r4"],
  ["movw and movt of one register", 1, "movw r0,#1; movt r0,#2"],
  ["two shifted operands", 2, "add.w r0,r1,r2,lsl #3; add.w r3,r4,r5,lsl #3"],
  ["two shifted constants", 2, "eor.w r0,r1,#0x1fc0; eor.w r3,r4,#0x1fc0"],
  ["two plain shifts", 1, "lsl.w r0,r1,#3; lsr.w r2,r3,#5"],
  ["chain through the shifted operand", 2, "add.w r0,r1,r0,lsl #3"],
  ["chain through the other operand", 1, "add.w r0,r0,r1,lsl #3"],
  ["ldr to the late ALU, next cycle", 1, "ldr.w r0,[r9]; eor.w r2,r0,r3"],
  ["ldrb to the late ALU", 2, "ldrb.w r0,[r9]; eor.w r2,r0,r3"],
  ["ldr to mul", 2, "ldr.w r0,[r9]; mul r2,r0,r3"],
  ["ldr, and str of that word", 1, "ldr.w r0,[r9]; str.w r0,[r10]"],
  ["str and str", 2, "str.w r0,[r10]; str.w r1,[r10,#4]"],
  ["mul and str", 2, "mul r0,r1,r2; str.w r3,[r10]"],
  ["ldrd", 1, "ldrd r0,r1,[r9]"],
  ["ldrd issues alone", 2, "ldrd r0,r1,[r9]; add.w r2,r3,r4"],
  ["ldm of 4", 2, "ldmia.w r9,{r0-r3}"],
  ["ldm of 7", 4, "ldmia.w r9,{r0-r6}"],
  ["unaligned ldr", 4, "ldr.w r0,[r9,#1]"],
  ["add to the index of a load: early ALU", 2, "add.w r0,r0,r2; nop.w; ldr.w r4,[r9,r0]; nop.w"],
  ["uxtb to the index of a load", 3, "uxtb.w r0,r2; nop.w; ldr.w r4,[r9,r0]; nop.w"],
  ["late ALU to the accumulator of mla, same cycle", 1, "eor.w r0,r1,r2; mla r3,r4,r5,r0"],
  ["ldrb to the accumulator of mla, next cycle", 2, "ldrb.w r0,[r9]; nop.w; mla r2,r3,r4,r0; nop.w"],
  ["post-indexed loads one after another", 1, "ldr.w r0,[r11],#0"],
  ["vdiv.f32", 16, "vdiv.f32 s0,s1,s2"],
  ["vsqrt.f32", 14, "vsqrt.f32 s0,s1"],
  ["vldr to vadd", 1, "vldr s0,[r9]; vadd.f32 s3,s0,s2"],
  ["vmov of a core register to vadd", 4, "vmov s0,r0; nop.w; vadd.f32 s3,s0,s2; nop.w"],
];

/** [meaning, cycles of a turn, body and branch]: rust-embedded/cortex-m issue 430 (STM32H7), jnk0le. */
const nops = (count: number): string => Array(count).fill("nop.w").join("; ");
const loops: readonly Sequence[] = [
  ["a delay loop", 1, "subs r7,r7,#1; bne.n 1b"],
  ["a loop of 20 instructions", 10, `${nops(9)}; subs.w r7,r7,#1; ${nops(9)}; bne.w 1b`],
];

const turns = 1000;
const copies = [4, 14] as const;
const sequences = [...quinapalus, ...mastodawn, ...jnk0le];

/** r9 and r11 point to `memory`, r10 behind it; r7 counts turns. */
function assembly(name: string, body: readonly string[]): string {
  const clear = [0, 1, 2, 3, 4, 5, 6].map((register) => `movs r${register}, #0`);
  const lines = [
    ...[".balign 32", `.global ${name}`, `.type ${name}, %function`, `${name}:`, "push {r4-r11, lr}"],
    ...["mov r9, r0", "add.w r10, r0, #64", "mov r11, r0", ...clear, `mov.w r7, #${turns}`],
    ...[".balign 8", "isb", ...body, "isb", "pop {r4-r11, pc}", `.size ${name}, . - ${name}`],
  ];
  return lines.join("\n");
}

const split = (text: string): string[] => text.split("; ");

function sourceOf(): string {
  const repeated = sequences.flatMap(([, , code], i) =>
    copies.map((count) => assembly(`sequence_${i}_${count}`, Array(count).fill(split(code)).flat())),
  );
  const turned = loops.map(([, , code], i) => assembly(`loop_${i}`, [".balign 8", "1:", ...split(code)]));
  return [".syntax unified", ".thumb", ".text", ...repeated, ...turned, ""].join("\n");
}

/** Every function in a region of its own, in order. */
function driverOf(): string {
  const names = [
    ...sequences.flatMap((_, i) => copies.map((count) => `sequence_${i}_${count}`)),
    ...loops.map((_, i) => `loop_${i}`),
  ];
  const calls = names.map(
    (name, region) =>
      `    harness_begin_region(${region});\n    ${name}(memory);\n    harness_end_region(${region});`,
  );
  return `#include "harness.h"
static uint32_t memory[64];
${names.map((name) => `void ${name}(uint32_t *at);`).join("\n")}
int main(void)
{
${calls.join("\n")}
    return 0;
}
`;
}

const withEmulator = hasEmulator() && hasNativeCompiler() ? test : test.skip;

withEmulator("the model agrees with published sequences", () =>
  withPlugin(async () => {
    const regions = await measureProgram({ "sequences.S": sourceOf() }, driverOf(), []);
    const cycles = regions.map(({ timing }) => timing!.cycles);
    const found = sequences.map(([meaning, , code], i): Sequence => {
      const [few, many] = [cycles[2 * i], cycles[2 * i + 1]];
      return [meaning, (many - few) / (copies[1] - copies[0]), code];
    });
    const turned = loops.map(([meaning, , code], i): Sequence => {
      // Beside the turns: entry and exit.
      return [meaning, Math.round(cycles[2 * sequences.length + i] / (turns / 10)) / 10, code];
    });
    assert.equal([...found, ...turned], [...sequences, ...loops]);
  }),
);

test.run();
