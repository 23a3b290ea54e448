/** The C of an imported model, and of the project that the import writes: the same, but for the places that its comments name. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { read } from "../../compiler/1-read/index.js";
import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { emit } from "../../compiler/6-emit/index.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { importTflite, printProject, type Imported } from "../../compiler/import/index.js";
import type { Net } from "../../dsl/graph.js";
import { cases, networks, pathOf } from "./models.js";

const dsl = fileURLToPath(new URL("../../dsl/index.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "import-build-"));
writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
test.after(() => rmSync(folder, { recursive: true }));

/** The text of all C files without comments. */
function build(net: Net, from: { file: string } & Partial<Imported>): string {
  const { file, tensors, origins } = from;
  const checked = check(net, { file, tensors, origins, loadCalibration: true });
  const files = emit(lower(plan(simplify(checked, { calibrate: true }))), {});
  const sources = files.filter(({ path }) => /\.[ch]$/.test(path));
  assert.ok(sources.length >= 3);
  return sources.map(({ path, content }) => `${path}\n${withoutComments(String(content))}`).join("\n");
}

const withoutComments = (text: string): string => text.replace(/\/\*[^]*?\*\//g, "");

/** The project on disk; returns its model file. */
async function write(model: string, project: Imported): Promise<string> {
  const own = join(folder, model.replace("/", "_"));
  mkdirSync(own);
  for (const { path, content } of await printProject(project)) writeFileSync(join(own, path), content);
  return join(own, "net.ts");
}

/** Runs a model file under Node. */
async function execute(file: string, project: Imported): Promise<Net> {
  const text = String((await printProject(project))[0].content);
  const runnable = file.replace("net.ts", "run.ts");
  writeFileSync(runnable, text.replace(`"tsc-mcu"`, JSON.stringify(pathToFileURL(dsl).href)));
  return (await import(pathToFileURL(runnable).href)).default;
}

/** Compared as texts, not by uvu: a difference of megabytes would take it minutes to show. */
function assertEqual(actual: string, expected: string, model: string): void {
  if (actual === expected) return;
  const [a, b] = [actual.split("\n"), expected.split("\n")];
  const line = a.findIndex((text, index) => text !== b[index]);
  assert.unreachable(`${model}: "${a[line]}" instead of "${b[line]}"`);
}

for (const model of networks) {
  test(`${model}: the C of the project, read statically, is that of the model`, async () => {
    const project = importTflite(pathOf(model));
    const file = await write(model, project);
    assertEqual(build(read(file), { file }), build(project.net, { file: pathOf(model), ...project }), model);
  });
}

test("the same for the conformance models, run under Node", async () => {
  let count = 0;
  for (const model of cases) {
    let project: Imported;
    try {
      project = importTflite(pathOf(model));
    } catch (error) {
      if (error instanceof Rejected) continue;
      throw error;
    }
    const file = await write(model, project);
    const net = await execute(file, project);
    assertEqual(build(net, { file }), build(project.net, { file: pathOf(model), ...project }), model);
    count++;
  }
  assert.ok(count > 100, `${count} models`);
});

test.run();
