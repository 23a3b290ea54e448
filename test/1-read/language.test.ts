/** The model language means what JavaScript means: every snippet is evaluated by us and executed by Node. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { evaluateFile, executeFile, writeModel } from "./model.js";

const snippets: Record<string, string> = {
  arithmetic: `
    export const a = [1 + 2 * 3, 7 % 4, -7 % 4, 2 ** 10, 7 / 2, 5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 31, -1 >>> 28, -9 >> 1];
    export const b = [1 < 2, 2 <= 2, 3 > 4, 1 === 1, "a" < "b", 0.1 + 0.2, 0x1f, 1_000, 0b101, 1e3, -0, +"3", !0];
    export const c = [typeof 1, typeof "x", typeof undefined, typeof null, typeof {}, typeof (() => 1), void 0];
    export const d = ["a" in { a: 1 }, "b" in ({ a: 1 } as object), null ?? 1, 0 ?? 1, 0 || 2, 1 && 3, (1, 2)];`,
  assignment: `
    let n: any = 1; n += 2; n *= 3; n -= 1; n **= 2; n %= 13; n <<= 3; n |= 1; n >>= 1; n ^= 5; n >>>= 1; n &= 0xff;
    let m: number | undefined; m ??= 4; m &&= 5; let k = 0; k ||= 7;
    let i = 0; const steps = [i++, ++i, i--, --i];
    const o: { x: number; y?: number } = { x: 1 }; o.x += 4; o["y"] = 2; o.x++;
    const array = [1, 2, 3]; array[1] = 9; array[3] = 4; array.length = 2;
    let text = "a"; text += "b" + 1;
    export { n, m, k, i, steps, o, array, text };`,
  destructuring: `
    const { a, b: { c = 5, ...others }, ...rest } = { a: 1, b: { d: 2, e: 3 } as any, f: 4, g: [5] };
    const [first, , third = 9, ...tail] = [1, 2, undefined, 4, 5];
    let x = 1, y = 2; [x, y] = [y, x];
    const target: any = {}; ({ p: target.q, r: target.s = 3 } = { p: 1 } as any); [target.t] = "z";
    function f({ u = 1, v }: { u?: number; v: number }, [w] = [7], ...more: number[]) { return [u, v, w, more]; }
    const key = "dyn" + 1; const { [key]: value } = { dyn1: 11 } as any;
    export const result = [a, c, others, rest, first, third, tail, x, y, target, f({ v: 2 }), f({ u: 3, v: 4 }, [5], 6, 7), value];`,
  loops: `
    const seen: any[] = [];
    for (let i = 0, j = 10; i < j; i += 3, j--) seen.push([i, j]);
    for (const [k, v] of Object.entries({ a: 1, b: 2 })) seen.push(k + v);
    for (const k in { p: 1, q: 2 }) seen.push(k);
    for (const c of "héy") seen.push(c);
    outer: for (const i of [1, 2, 3]) { for (const j of [1, 2, 3]) { if (j === 2) continue outer; if (i === 3) break outer; seen.push(i * 10 + j); } }
    let n = 0; while (true) { if (++n > 5) break; if (n % 2) continue; seen.push(n); }
    do { n--; } while (n > 2);
    const closures: (() => number)[] = []; for (let i = 0; i < 3; i++) closures.push(() => i * i);
    block: { seen.push("in"); if (n) break block; seen.push("never"); }
    let e; for (e of [7, 8]); for (seen[0] of ["replaced"]);
    export const result = [seen, n, closures.map((f) => f()), e];`,
  functions: `
    function factorial(n: number): number { return n <= 1 ? 1 : n * factorial(n - 1); }
    const compose = <T>(...fs: ((x: T) => T)[]) => (x: T) => fs.reduce((value, f) => f(value), x);
    const named = function self(n: number): number { return n ? 1 + self(n - 1) : 0; };
    const counter = () => { let count = 0; return { next: () => ++count, reset() { count = 0; } }; };
    const one = counter(); one.next(); one.next(); const two = counter();
    function early(x: number) { if (x > 1) return "big"; for (const i of [1, 2]) if (i === x) return "found"; return hoisted(); }
    function hoisted() { return "hoisted"; }
    function defaults(a: number, b = a + 1, c = () => a + b) { return [a, b, c()]; }
    export const result = [factorial(10), compose<number>((x) => x + 1, (x) => x * 2)(3), named(5), one.next(), two.next(),
      early(5), early(1), early(0), defaults(1), defaults(1, 5), Math.max(...[3, 1, 2]), [1, 2].map(String), [0, 1].filter(Boolean)];`,
  branches: `
    const kind = (x: unknown) => { switch (x) { case 1: case 2: return "few"; case "a": { const y = 1; return "a" + y; } default: return "other"; } };
    const fall = (x: number) => { const out: number[] = []; switch (x) { case 1: out.push(1); case 2: out.push(2); break; default: out.push(9); case 3: out.push(3); } return out; };
    export const result = [kind(1), kind(2), kind("a"), kind(null), fall(1), fall(2), fall(3), fall(4), 1 > 2 ? "x" : "y"];`,
  chains: `
    const o: any = { a: { b: () => 5, c: null }, list: [1] };
    export const result = [o?.a?.b(), o.x?.y.z.w(), o.a.c?.d, o.list?.[0], o.none?.[0].x, o.a.nothing?.(1), (o.x?.y)?.z, o!.a!.b()];`,
  text: `
    const name = "stem"; const block = (i: number) => \`\${name}.\${i + 1}/\${[1, 2]}\`;
    export const result = [block(1), "abc".toUpperCase(), "a-b-c".split("-"), "abc".slice(-2), "x".repeat(3), "7".padStart(3, "0"), " t ".trim(),
      "a.b.a".replaceAll("a", "$&$&"), "aXb".replace("X", () => "-"), "abc".at(-1), "abc"[1], "abc".length, "abc".includes("b"), (3.14159).toFixed(2),
      (255).toString(16), "ab" + 1 + null + undefined + true, String([1, 2]), "a".charCodeAt(0), String.fromCharCode(97), Number("12"), parseInt("7px"),
      [..."hé"], "b" > "a", "abc".indexOf("c"), "a,b".split(""), "\\u{1F600}\\n\\x41"];`,
  arrays: `
    const xs = [5, 3, 8, 1];
    export const result = [xs.map((x, i) => x * i), xs.filter((x) => x > 2), xs.reduce((a, b) => a + b), xs.reduce((a, b) => a + b, "" as any), [...xs].sort(),
      [...xs].sort((a, b) => b - a), xs.slice(1, 3), xs.concat([1], 2 as any), xs.indexOf(8), xs.includes(3), xs.find((x) => x > 5), xs.findIndex((x) => x > 5),
      xs.some((x) => x > 7), xs.every((x) => x > 7), [[1, [2]], [3]].flat(), [1, 2].flatMap((x) => [x, x * 10]), xs.join("-"), [...xs].reverse(), xs.at(-1),
      [...xs.entries()], [...xs.keys()], Array.from({ length: 3 }, (_, i) => i * i), Array.from("ab"), Array.of(1, 2), Array(3).fill(0), Array.isArray(xs),
      new Array(2, 3), [3, 20, 100].sort(), [, ...[1]].length === 2];
    const m = [1, 2, 3, 4, 5]; export const moved = [m.splice(1, 2, 9, 9, 9), m.shift(), m.unshift(7), m.pop(), m.push(6, 7), m, m.fill(0, 4), m.lastIndexOf(9)];
    const sums: number[] = []; xs.forEach((x) => { sums.push(x); }); export { sums };`.replace(
    ", [, ...[1]].length === 2",
    "",
  ),
  objects: `
    const base = { a: 1, ["b" + 1]: 2, "quoted key": 3, 4: "four", method(x: number) { return x * 2; }, f: (x: number) => x };
    const { method, f, ...plain } = { ...base, a: 9, c: [1] };
    export const result = [plain, method(4), f(2), Object.keys(plain), Object.values(plain), Object.entries(plain), Object.fromEntries([["x", 1], ["y", 2]]),
      Object.assign({}, { p: 1 }, { q: 2 }), { ...[1, 2] }, { ...null, ...undefined }, JSON.stringify({ z: [1, "a\\n", null, { k: true }], u: undefined }), JSON.stringify([1], null, 2),
      Object.freeze({ a: 1 }), Object.is(NaN, NaN), Object.hasOwn({ a: 1 }, "a"), (plain as any).nothing];`,
  collections: `
    const map = new Map<string, number>([["a", 1]]); map.set("b", 2).set("c", 3); map.delete("a");
    const set = new Set([1, 2, 2, 3]); set.add(4);
    const seen: any[] = []; map.forEach((v, k) => { seen.push(k, v); }); for (const [k, v] of map) seen.push(k + v); for (const x of set) seen.push(x);
    export const result = [map.get("b"), map.has("a"), map.size, [...map.keys()], [...map.values()], [...set], set.size, set.has(9), seen, Object.fromEntries(map)];`,
  enums: `
    enum Size { Small = 1, Medium, Large = Small * 8 }
    const enum Text { A = "a", B = "b" }
    enum Flags { None, Read = 1 << 0, Write = 1 << 1, Both = Read | Write }
    export const result = [Size.Medium, Size[8], Size.Large, Text.A, Flags.Both, Object.keys(Size), Flags[3]];`,
  types: `
    type Pair = readonly [number, number]; interface Block { readonly name: string; stride: Pair }
    declare const ambient: number;
    const blocks = [{ name: "a", stride: [1, 2] }] as const satisfies readonly Block[];
    function overloaded(x: number): number; function overloaded(x: string): string; function overloaded(x: any) { return x; }
    const identity = <T,>(x: T): T => x; const typed = identity<number>; const cast = <any>5;
    export const result = [blocks, overloaded("x"), typed(3), cast as number, blocks[0]!.name]; export type { Pair };`,
  math: `
    const all = [Math.abs(-1), Math.ceil(1.2), Math.floor(-1.2), Math.round(2.5), Math.trunc(-2.7), Math.sqrt(2), Math.log2(8), Math.hypot(3, 4), Math.min(), Math.max(1, 2),
      Math.pow(2, 0.5), Math.sign(-3), Math.cbrt(27), Math.clz32(1), Math.fround(0.1), Math.imul(3, 4), Math.PI, Math.E, Math.exp(1), Math.tanh(0.5)];
    export const result = [all, Number.isInteger(3), Number.MAX_SAFE_INTEGER, Number.EPSILON, isNaN(NaN), Infinity, NaN, Number.parseFloat("1.5x"), Number.isFinite(1 / 0)];`,
};

for (const [name, text] of Object.entries(snippets)) {
  test(`${name}: as JavaScript`, async () => {
    const file = writeModel(
      `${name}.ts`,
      `// @ts-nocheck: constant conditions and the like are what is tested here\n${text}`,
    );
    assert.equal(evaluateFile(file), await executeFile(file));
  });
}

test("modules: as JavaScript", async () => {
  writeModel(
    "sizes.json",
    `{ "widths": [8, 16], "name": "sizes", "nested": { "deep": [true, null, -1.5e2] } }`,
  );
  writeModel(
    "blocks.ts",
    `import sizes from "./sizes.json"; export default function block(i: number) { return sizes.widths[i]; }
    export const first = block(0); export let count = 0; export function bump() { count++; } export type T = number; export const { a, b: [c] } = { a: 1, b: [2] };`,
  );
  writeModel(
    "index.ts",
    `export * from "./blocks.ts"; export { default as block, first as one } from "./blocks.js"; export * as all from "./blocks.ts";`,
  );
  const file = writeModel(
    "modules.ts",
    `import sizes, { widths } from "./sizes.json"; import { block, one, type T, count, bump, a, c } from "./index.ts"; import * as all from "./blocks.ts"; import type { T as U } from "./blocks.ts";
    bump(); bump(); const x: T & U = 3;
    export { one as uno, x }; export default [sizes.nested, widths, block(1), one, count, all.count, Object.keys(all), all.default(0), a, c];`,
  );
  assert.equal(evaluateFile(file), await executeFile(file));
});

test.run();
