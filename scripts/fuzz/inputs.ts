/** Input `index` of a run: the same bytes whenever it is asked for with the same seed. */

import { randomOf, type Random } from "../random.js";
import { setModelField } from "./model-fields.js";
import { binaryMutations, type Mutation } from "./mutations.js";
import type { Format, Seed } from "./seeds.js";
import { textMutations } from "./text-mutations.js";

export interface Input {
  readonly format: Format;
  readonly seedFile: string;
  readonly mutations: readonly string[];
  readonly bytes: Uint8Array;
}

/** Out of 1000. Models take a hundred times as long as the others: TypeScript checks their types. */
const shares: readonly (readonly [Format, number])[] = [
  ["tflite", 500],
  ["safetensors", 140],
  ["npy", 120],
  ["mcu", 70],
  ["ld", 70],
  ["limits", 85],
  ["ts", 12],
  ["json", 3],
];

const binary = new Set<Format>(["tflite", "safetensors", "npy"]);

/** Twice this size, half as often. */
const ordinaryBytes = 4096;

export function inputAt(seeds: Record<Format, readonly Seed[]>, seed: number, index: number): Input {
  const random = randomOf(seed, index);
  const format = pickFormat(random);
  const file = pickSeed(seeds[format], random);
  let bytes = file.bytes();
  const mutations: string[] = [];
  for (let count = random.pick([1, 1, 1, 2, 2, 3, 4, 8]); count > 0 && bytes.length > 0; count--) {
    const mutate = pickMutation(format, bytes.length, random);
    const mutated = mutate(bytes, random, random.pick(seeds[format]).bytes());
    bytes = mutated.bytes;
    mutations.push(mutated.done);
  }
  return { format, seedFile: file.name, mutations, bytes };
}

/** Headers of the other two binary formats are texts. */
function pickMutation(format: Format, length: number, random: Random): Mutation {
  if (format === "tflite" && random.chance(0.6)) return setModelField;
  const texts = !binary.has(format) || (format !== "tflite" && random.chance(0.3));
  return random.pick(texts && length < 1 << 16 ? textMutations : binaryMutations);
}

function pickFormat(random: Random): Format {
  let rest = random.below(1000);
  for (const [format, share] of shares) {
    if (rest < share) return format;
    rest -= share;
  }
  return "tflite";
}

/** Every file, large ones more rarely. */
function pickSeed(seeds: readonly Seed[], random: Random): Seed {
  for (;;) {
    const seed = random.pick(seeds);
    if (random.next() < ordinaryBytes / Math.max(ordinaryBytes, seed.size)) return seed;
  }
}
