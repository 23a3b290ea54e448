/** Files from anywhere: nothing is executed, nothing but the model is opened, everything ends soon. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { diagnosticsOf, evaluateFile, folder, renderedDiagnosticsOf, writeModel } from "./model.js";

const codes = (file: string): readonly string[] => diagnosticsOf(file).map((one) => one.code);

/** Reads a file and demands that it took less than `seconds`. */
function codesWithin(seconds: number, text: string): readonly string[] {
  const start = Date.now();
  const found = codes(writeModel("hostile.ts", text));
  assert.ok(Date.now() - start < seconds * 1000, `took ${Date.now() - start} ms`);
  return found;
}

test("a file that is not there, a folder, a file of another kind, a pipe", () => {
  assert.is(
    renderedDiagnosticsOf(join(folder, "none.ts")),
    "none.ts - error MCU1005: cannot read the model file: there is no such file\n",
  );
  mkdirSync(join(folder, "folder.ts"));
  assert.equal(codes(join(folder, "folder.ts")), ["MCU1005"]);
  assert.equal(codes(writeModel("net.js", "")), ["MCU1005"]);
  if (process.platform === "win32") return;
  execFileSync("mkfifo", [join(folder, "pipe.ts")]);
  assert.equal(codes(join(folder, "pipe.ts")), ["MCU1005"]);
  assert.equal(codes(writeModel("imports-pipe.ts", `import { x } from "./pipe.ts";`)), ["TS2307"]);
  rmSync(join(folder, "pipe.ts"));
});

test("a file that is too large", () => {
  const file = writeModel("large.ts", "");
  truncateSync(file, 1e9);
  assert.equal(codes(file), ["MCU1005"]);
});

test("files outside of the model's imports are not opened", () => {
  const references = `/// <reference path="/etc/passwd" />\n/// <reference types="node" />\n`;
  assert.equal(codes(writeModel("references.ts", references)), ["TS6231", "TS2688"]);
});

test("syntax nested beyond reason", () => {
  const deep = (open: string, close: string, count: number) =>
    `const a: any = ${open.repeat(count)}1${close.repeat(count)};`;
  assert.equal(codesWithin(10, deep("(", ")", 600)), ["MCU1014"]);
  assert.equal(codesWithin(10, deep("[", "]", 50_000)), ["MCU1014"]);
  assert.equal(codesWithin(10, deep("1+", "", 50_000)), ["MCU1014"]);
  assert.equal(codesWithin(10, "{".repeat(5_000) + "}".repeat(5_000)), ["MCU1014"]);
  writeModel("deep.json", "[".repeat(5_000) + "]".repeat(5_000));
  assert.equal(codesWithin(10, `import deep from "./deep.json";`), ["MCU1014"]);
});

test("deep, but not beyond reason", () => {
  const file = writeModel("nested.ts", `export const a = ${"(1+".repeat(150)}0${")".repeat(150)};`);
  assert.equal(evaluateFile(file), { a: 150 });
});

test("the deepest calls with the deepest frames fit the stack", () => {
  const f = `const f = (n: number): number => [[n]].map((x) => ({ a: [...x.map((y) => { for (const k of [1]) { switch (k) { case 1: { if (y) {
    return (1 + (2 * (3 + (f(n - 1) + 1)))); } } } } return 0; })] }))[0].a[0]; f(1000);`;
  assert.equal(codesWithin(10, f), ["MCU1011"]);
});

test("ways out", () => {
  for (const way of [
    `({} as any).constructor`,
    `({} as any)["con" + "structor"]`,
    `([] as any).constructor.constructor("return process")()`,
    `(() => 1).constructor("return process")()`,
    `((() => 1) as any).call.constructor`,
    `(Math.max as any).bind(null)`,
    `(Object as any).getPrototypeOf([])`,
    `(Object as any).defineProperty({}, "a", {})`,
    `(Object as any).prototype`,
    `(Array as any)["prototype"].push`,
    `({} as any).__defineGetter__("a", () => 1)`,
    `(new Map() as any).constructor`,
    `(new Error("x") as any).stack`,
    `(new Error("x") as any).constructor`,
    `([].values() as any).__proto__`,
    `Object.fromEntries([["__proto__", 1]])`,
    `(JSON as any).parse("{}")`,
    `"x".concat.constructor`,
    `([1] as any).toString.constructor`,
    `(input as any).constructor("return process")()`,
    `(weights("./w", { layout: "pytorch" }).conv as any).constructor`,
  ]) {
    const text = `import { input, weights } from "tsc-mcu"; export const found = ${way};`;
    assert.equal(codes(writeModel("way.ts", text)), ["MCU1003"], way);
  }
  const destructured = `const { constructor: escape } = [] as any; export { escape };`;
  assert.equal(codes(writeModel("way.ts", destructured)), ["MCU1003"]);
});

test("work and memory that multiply", () => {
  const grow = `let a: any = [1]; for (let i = 0; i < 50; i++) a = [a, a];`;
  assert.equal(codesWithin(10, `${grow} const t = \`\${a}\`;`), ["MCU1034"]);
  assert.equal(codesWithin(10, `${grow} a.join();`), ["MCU1034"]);
  assert.equal(codesWithin(10, `${grow} a.sort();`), ["MCU1034"]);
  assert.equal(codesWithin(10, `${grow} const t = "x".includes(a);`), ["MCU1034"]);
  assert.equal(codesWithin(10, `${grow} const t = a == "1";`), ["MCU1034"]);
  assert.equal(codesWithin(10, `${grow} const t = Math.max(a);`), ["MCU1034"]);
  assert.equal(codesWithin(10, `const e: any = []; ${grow.replace("[1]", "[]")} a.flat(Infinity);`), [
    "MCU1012",
  ]);
  assert.equal(codesWithin(10, `const a: any = []; a.push(a); a.flat(Infinity);`), ["MCU1014"]);
  assert.equal(codesWithin(10, `const a = Array(90000).fill(0); a.flatMap(() => a);`), ["MCU1013"]);
  assert.equal(codesWithin(10, `const s = "ab".repeat(400000); s.replaceAll("a", s);`), ["MCU1013"]);
  assert.equal(codesWithin(10, `const s = "ab".repeat(40000); s.replaceAll("a", "$'$'");`), ["MCU1013"]);
  assert.equal(codesWithin(10, `const s = "a".repeat(900000); Array(1000).fill("").join(s);`), ["MCU1013"]);
  assert.equal(codesWithin(10, `const s = "ab".repeat(400000); s.split("");`), ["MCU1013"]);
  assert.equal(codesWithin(10, `const a = Array(90000).fill(0); while (true) a.indexOf(1);`), ["MCU1010"]);
  assert.equal(codesWithin(10, `const a: any[] = []; while (true) a.push(Array(90000).fill(0));`), [
    "MCU1010",
  ]);
  assert.equal(codesWithin(10, `const m = new Map(); for (let i = 0; ; i++) m.set(i, i);`), ["MCU1013"]);
  assert.equal(codesWithin(10, `const m = new Set([1]); for (const x of m) { m.delete(x); m.add(x + 1); }`), [
    "MCU1010",
  ]);
  assert.equal(codesWithin(10, `const o: any = {}; for (let i = 0; ; i++) o["k" + i] = i;`), ["MCU1010"]);
  assert.equal(codesWithin(10, `for (;;);`), ["MCU1010"]);
});

test.run();
