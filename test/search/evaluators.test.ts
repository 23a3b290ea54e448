/** Programs as evaluators, well-behaved and hostile. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import { splitCommand } from "../../compiler/search/evaluators/command-line.js";
import { openCommandEvaluator } from "../../compiler/search/evaluators/command.js";
import type { Evaluator, Scorable } from "../../compiler/search/evaluators/evaluator.js";
import { lineReader, type Line } from "../../compiler/search/evaluators/lines.js";
import { sizeEvaluator } from "../../compiler/search/evaluators/size.js";
import { Failure } from "../../compiler/search/pool.js";

const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-evaluators "));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** `answer(one)` is called for each network; `say` writes a line, `good(id)` the right answer. */
function script(answer: string, first = `say({ ready: true })`): string {
  const file = join(folder, `${scripts++}.mjs`);
  writeFileSync(
    file,
    `import { createInterface } from "node:readline";
import { appendFileSync, existsSync, writeFileSync, writeSync } from "node:fs";
const raw = (text) => writeSync(1, text);
const say = (line) => raw(JSON.stringify(line) + "\\n");
const good = (id) => say({ id, score: 10 * id });
const once = (name) => { const file = ${JSON.stringify(file)} + name; if (existsSync(file)) return false; writeFileSync(file, ""); return true; };
const answer = (one) => { const { id } = one; ${answer} };
${first};
createInterface({ input: process.stdin }).on("line", (line) => answer(JSON.parse(line)));
`,
  );
  return `"${process.execPath}" "${file}"`;
}
let scripts = 0;

const candidates = (count: number, from = 0): Scorable[] =>
  Array.from({ length: count }, (_, index) => ({
    id: from + index,
    answers: { depth: from + index, kind: "é" },
    cost: { macs: 1e6 * (index + 1), parameters: 2, flash: 3, sram: 4, seconds: 0.5 },
  }));

const noWarning = ({ message }: Diagnostic) => assert.unreachable(message);

interface Told {
  readonly results: readonly (number | Failure)[];
  readonly warnings: readonly Diagnostic[];
  readonly notes: readonly string[];
  readonly measure: string;
}

async function ask(command: string, count = 5, silenceSeconds = 20): Promise<Told> {
  const warnings: Diagnostic[] = [];
  const notes: string[] = [];
  const evaluator = await openCommandEvaluator(command, {
    silenceSeconds,
    warn: (warning) => void warnings.push(warning),
    note: (text) => void notes.push(text),
  });
  try {
    const results = await evaluator.score(candidates(count));
    return { results, warnings, notes, measure: evaluator.measure };
  } finally {
    await evaluator.close();
  }
}

const rejection = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Rejected) return error.message;
    throw error;
  }
  return assert.unreachable("nothing was rejected") as never;
};

const codes = ({ warnings }: Told) => warnings.map(({ code }) => code);
const scores = ({ results }: Told) => results.map((one) => (one instanceof Failure ? undefined : one));

test("answers in any order", async () => {
  const told = await ask(
    script(
      `all.push(one); if (all.length === 5) for (const { id, choices, macs, seconds } of all.reverse()) say({ id, score: choices.depth + macs + seconds })`,
      `const all = []; say({ ready: true, measure: "F1 (%)" })`,
    ),
  );
  assert.equal(
    scores(told),
    [0, 1, 2, 3, 4].map((index) => index + 1e6 * (index + 1) + 0.5),
  );
  assert.equal([told.measure, told.warnings], ["F1 (%)", []]);
});

test("many generations, one process, and nobody left at the end", async () => {
  const command = script(`say({ id, score: process.pid })`);
  const evaluator: Evaluator = await openCommandEvaluator(command, { warn: noWarning });
  let done = 0;
  const first = await evaluator.score(candidates(600), (count) => (done = count));
  const second = await evaluator.score(candidates(600, 600));
  assert.is(done, 600);
  assert.is(new Set([...first, ...second]).size, 1);
  await evaluator.close();
  assert.throws(() => process.kill(first[0] as number, 0));
});

const failing: readonly [title: string, body: string, code: string, message: RegExp][] = [
  ["not JSON", `raw("{id: 3}\\n")`, "MCU6042", /a line that is not JSON: \{id: 3\}/],
  [
    "NaN",
    `raw('{"id": 3, "score": NaN}\\n')`,
    "MCU6042",
    /not JSON: .* network 3 \(depth=3, kind=é\) counts/,
  ],
  ["infinite", `raw('{"id": 3, "score": 1e999}\\n')`, "MCU6042", /not a finite number.* network 3 /],
  ["a text", `say({ id: 3, score: "87" })`, "MCU6042", /a score that is not a finite number.* network 3 /],
  ["an unknown id", `say({ id: 1003, score: 1 })`, "MCU6042", /that is not asked for: \{"id":1003,/],
  ["no id", `say({ score: 1 })`, "MCU6042", /an answer without the id of a network: \{"score":1\}/],
  ["an error", `say({ id, error: "out of\\nmemory" })`, "MCU6047", /^network 3 \(depth=3, kind=é\) could not be scored and is left out: out of memory$/], // prettier-ignore
  [
    "not UTF-8",
    `writeSync(1, Buffer.from([...Buffer.from('{"score": "'), 0xff, 10]))`,
    "MCU6042",
    /a line that is not UTF-8/,
  ],
  ["a huge line", `raw('{"id": 3, "score":' + " ".repeat(1 << 20) + '1}\\n')`, "MCU6042", /more than 64 KiB: .* network 3 /], // prettier-ignore
  ["control characters", `raw("{id: \\u001b[2J\\u0007\\n")`, "MCU6042", /^[^\u001b\u0007]*$/],
];

for (const [title, body, code, message] of failing)
  test(`one answer of five: ${title}`, async () => {
    const told = await ask(script(`if (id !== 3) good(id); else { ${body} }`));
    assert.equal(scores(told), [0, 10, 20, undefined, 40]);
    const isNamed = /network 3 /.test(told.warnings[0].message);
    assert.equal(codes(told), isNamed ? [code] : [code, "MCU6047"]);
    assert.match(told.warnings.at(-1)!.message, "network 3 (depth=3, kind=é)");
    assert.match(told.warnings[0].message, message);
  });

test("what else is on standard output is no answer, and a second answer is none", async () => {
  const body = `raw("Epoch 1 of 5\\n[1, 2]\\n"); good(id); if (id === 2) say({ id, score: -1 })`;
  const told = await ask(script(body, `raw("Downloading…\\n"); say({ ready: true })`));
  assert.equal(scores(told), [0, 10, 20, 30, 40]);
  assert.ok(told.warnings.length <= 11);
  assert.ok(
    told.warnings.every(({ code, message }) => code === "MCU6042" && !/counts as failed/.test(message)),
  );
});

test("a network that ends the process is found among many", async () => {
  const told = await ask(script(`if (id === 7) process.exit(3); all.push(id); setTimeout(() => good(id), 20)`, `const all = []; say({ ready: true })`), 12); // prettier-ignore
  assert.equal(scores(told), [0, 10, 20, 30, 40, 50, 60, undefined, 80, 90, 100, 110]);
  assert.equal(codes(told), ["MCU6043", "MCU6043"]);
  assert.match(told.warnings[0].message, /ended \(status 3\).* the 12 networks .* again, one at a time$/);
  assert.match(told.warnings[1].message, /network 7 \(depth=7, kind=é\) counts as failed$/);
});

test("a process that was unlucky once is forgiven", async () => {
  const told = await ask(script(`if (id === 2 && once("a")) process.kill(process.pid, "SIGSEGV"); good(id)`));
  assert.equal(scores(told), [0, 10, 20, 30, 40]);
  assert.equal(codes(told), ["MCU6043"]);
  assert.match(told.warnings[0].message, /ended \(signal SIGSEGV\)/);
});

test("a process that ends between generations is started again", async () => {
  const command = script(`good(id); if (id % 5 === 4) process.exit(0)`);
  const evaluator = await openCommandEvaluator(command, { warn: noWarning });
  assert.equal(await evaluator.score(candidates(5)), [0, 10, 20, 30, 40]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await evaluator.score(candidates(5, 5)), [50, 60, 70, 80, 90]);
  await evaluator.close();
});

test("silence for one network", async () => {
  const told = await ask(script(`if (id !== 1) good(id)`), 3, 1);
  assert.equal(scores(told), [0, undefined, 20]);
  assert.equal(codes(told), ["MCU6044"]);
  assert.match(
    told.warnings[0].message,
    /nothing for 1 s and was stopped; network 1 \(.*\) counts as failed/,
  );
});

test("a process that always ends, is never ready, or is none", async () => {
  assert.match(
    await rejection(ask(script(`process.exit(1)`))),
    /MCU6045.*ended \(status 1\) 3 times in a row/,
  );
  assert.match(
    await rejection(ask(script("", "process.exit(9)"))),
    /MCU6045.*ended \(status 9\) before it was ready/,
  );
  assert.match(await rejection(ask(script("", "raw('{}\\n')"), 1, 0.5)), /MCU6045.*nothing for 0.5 s before/);
  assert.match(await rejection(ask("no-such-program-here --x")), /MCU6045.*there is no such program/);
  const late = script(`process.exit(1)`, `if (once("b")) say({ ready: true }); else process.exit(4)`);
  assert.match(await rejection(ask(late)), /MCU6045.*ended \(status 4\) 3 times/);
});

test("a flood is not kept", async () => {
  const flood = `const piece = "x".repeat(1 << 16); for (let i = 0; i < 1024; i++) raw(i % 3 ? piece : "{" + piece + "\\n");
    for (let i = 0; i < 20000; i++) process.stderr.write("note\\n"); raw("\\n")`;
  const before = process.memoryUsage().rss;
  const told = await ask(script(`if (id === 0) { ${flood} } good(id)`), 3);
  assert.equal(scores(told), [0, 10, 20]);
  assert.ok(process.memoryUsage().rss - before < 64 << 20, "more than 64 MiB");
  assert.ok(told.warnings.length <= 10 && told.notes.length <= 1001);
});

test("notes come through, fit for a terminal", async () => {
  const told = await ask(script(`good(id)`, `process.stderr.write("\\u001b[31mred\\u001b[0m\\tsay\\n", () => say({ ready: true }))`)); // prettier-ignore
  assert.equal(told.notes, ["red say"]);
});

test("commands are split without a shell", () => {
  assert.equal(splitCommand(` python3  "my file.py" --x='a "b"' c\\ d "" C:\\dir "\\"" `), ["python3", "my file.py", '--x=a "b"', "c d", "", "C:\\dir", '"']); // prettier-ignore
  assert.throws(() => splitCommand(`python3 "x`), /MCU6049: the evaluator's command has no end of its "/);
  for (const none of ["", "  ", '""']) assert.throws(() => splitCommand(none), /MCU6049.*names no program/);
});

test("lines of any length and any cut", () => {
  const text = Buffer.from(`é\n\nabc\r\n${"x".repeat(300)}\nlast`);
  const expected = ["é", "", "abc", "x".repeat(100), "last"];
  for (const size of [1, 2, 3, 7, 1000]) {
    const found: Line[] = [];
    const take = lineReader(100, (line) => void found.push(line));
    for (let at = 0; at < text.length; at += size) take(text.subarray(at, at + size));
    take(undefined);
    assert.equal(found.map((line) => line.text), expected); // prettier-ignore
    assert.equal(found.map(({ problem }) => problem), [undefined, undefined, undefined, "longer", undefined]); // prettier-ignore
  }
});

test("without an evaluator the largest network is the best", async () => {
  assert.equal(await sizeEvaluator.score(candidates(3)), [1, 2, 3]);
});

test("the example of the documentation works", async () => {
  if (spawnSync("python3", ["--version"]).status !== 0) return;
  const readme = new URL("../../compiler/search/evaluators/README.md", import.meta.url);
  const [, example] = readFileSync(readme, "utf8").match(/```python\n([^]*?)```/)!;
  const file = join(folder, "evaluate.py");
  writeFileSync(file, example.replace("from my_networks import accuracy_of\n", "accuracy_of = lambda choices: 50 + 10 / (choices['depth'] - 1)\n")); // prettier-ignore
  const told = await ask(`python3 "${file}"`);
  assert.equal(scores(told), [40, undefined, 60, 55, 50 + 10 / 3]);
  assert.equal(told.warnings.map(({ message }) => message), ["network 1 (depth=1, kind=é) could not be scored and is left out: division by zero"]); // prettier-ignore
  assert.is(told.measure, "accuracy (%)");
});

test.run();
