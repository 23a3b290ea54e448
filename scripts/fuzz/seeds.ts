/** Well-formed files to start from: all of ../shared, and what the project has itself. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const formats = ["tflite", "safetensors", "npy", "mcu", "ld", "limits", "ts", "json"] as const;
export type Format = (typeof formats)[number];

export interface Seed {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  readonly size: number;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** `.json` only as far as models import it. */
const limits = [
  "sram <= 32 KiB; flash <= 64 KiB; latency <= 10 ms",
  "sram(DTCM) <= 2 * 16 KiB - 512 B; stack <= 1 kB; macs <= 3.5 M; energy <= 1_000 uJ",
  "# a comment\nsram <= (64 + 64) KiB / 2; latency <= 1 s / 30;",
  "flash<=1MiB",
];

const json = ['{ "blocks": [1, 2, 3], "name": "a", "wide": true, "nothing": null }', "[8, 16, 32]", '"text"'];

const models = [
  `import { conv2d, dense, input, network, type Tensor } from "tsc-mcu";
import table from "./table.json";
interface Block { readonly filters: number; readonly stride?: number }
const blocks: Block[] = [{ filters: 4 }, { filters: 8, stride: 2 }];
function block(x: Tensor<3>, { filters, stride = 1 }: Block): Tensor<3> {
  return conv2d(x, { filters, kernel: 3, stride, padding: "same", activation: "relu" });
}
void table;
export default network("small", { limits: "sram <= 32 KiB" }, () => {
  let x = input("x", [8, 8, 3]);
  for (const one of blocks) x = block(x, one);
  return dense(x, { units: Math.max(...[1, 2].map((n) => n * 2)) });
});
`,
];

/** By format, in an order that does not depend on the machine. */
export function allSeeds(): Record<Format, readonly Seed[]> {
  const shared = join(root, "..", "shared");
  const stored = [join(root, "examples"), join(root, "compiler"), join(root, "runtime-c"), shared].flatMap(
    files,
  );
  const ending = (end: string, accept: (file: string) => boolean = () => true): Seed[] =>
    stored.filter((file) => file.endsWith(end) && accept(file)).map(storedSeed);
  return {
    tflite: ending(".tflite"),
    safetensors: ending(".safetensors"),
    npy: ending(".npy"),
    mcu: ending(".mcu"),
    ld: ending(".ld"),
    limits: limits.map((text, index) => textSeed(`limits ${index}`, text)),
    ts: [...ending("net.ts", (file) => file.includes("examples")), ...textSeeds(models, "model"), ...pages()],
    json: textSeeds(json, "json"),
  };
}

function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

/** Read when first used, and kept while small. */
function storedSeed(file: string): Seed {
  const { size } = statSync(file);
  let kept: Uint8Array | undefined;
  const bytes = (): Uint8Array => {
    if (kept) return kept;
    const read = Uint8Array.from(readFileSync(file));
    if (size < 1 << 20) kept = read;
    return read;
  };
  return { name: relative(root, file), bytes, size };
}

function textSeed(name: string, text: string): Seed {
  const bytes = new TextEncoder().encode(text);
  return { name, bytes: () => bytes, size: bytes.length };
}

const textSeeds = (texts: readonly string[], name: string): Seed[] =>
  texts.map((text, index) => textSeed(`${name} ${index}`, text));

/** The models of test/diagnostics: close to the borders of the model language. */
function pages(): Seed[] {
  const folder = join(root, "test", "diagnostics");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .sort()
    .flatMap((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      const blocks = [...text.matchAll(/^```ts net\.ts\n([^]*?)^```$/gm)];
      return blocks.map(([, model], index) => textSeed(`${name} ${index}`, model));
    });
}
