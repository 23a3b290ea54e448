/**
 * test/diagnostics/*.md: every code of the catalogue as a user meets it. `UPDATE=1` writes the outputs anew: then read them.
 * Pages of 1-read, which have no console, are run by test/1-read/diagnostics.test.ts.
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { catalogue } from "../../compiler/diagnostics/catalogue.js";
import { consoleBlock, isPossible, parseCase, runCase } from "./page.js";

const folder = fileURLToPath(new URL("./", import.meta.url));

/** Codes that no page can show, and why. */
const shownElsewhere: Readonly<Record<string, string>> = {
  MCU1005: "needs a model that is not a regular file: test/1-read/hostile.test.ts",
  MCU1014: "needs hundreds of parentheses: test/1-read/hostile.test.ts",
  MCU1015: "needs types that keep the checker busy for seconds",
  MCU5022: "needs a generated program that crashes: test/run",
  MCU5023: "needs a generated program that never ends: test/run",
  MCU6013: "needs a cost that was predicted wrongly: test/search/winners.test.ts",
  MCU6014: "needs a cost that was predicted wrongly: test/search/winners.test.ts",
  MCU6020: "needs a package that is not installed: test/search/accuracy/translation.test.ts",
  MCU6026: "needs an engine that fails: test/search/accuracy/translation.test.ts",
};

/** What the cost model estimates changes with every kernel. */
function withoutEstimates(text: string): string {
  return text
    .replace(/\bcode \(.*?\) need .*? of flash/g, "code need flash")
    .replace(/\b(code|stack) about [\d,]+/g, "$1")
    .replace(/latency +\S+ ms/g, "latency");
}

for (const name of readdirSync(folder).filter((one) => /\.md$/.test(one))) {
  const document = readFileSync(folder + name, "utf8");
  if (!consoleBlock.test(document)) continue;
  const updated: string[] = [];
  for (const section of document.split(/^(?=## )/m)) {
    const one = section.startsWith("## ") ? parseCase(section) : undefined;
    if (!one || !isPossible(one)) {
      updated.push(section);
      continue;
    }
    const output = await runCase(one);
    test(`${name}: ${one.title}`, () => {
      if (!process.env.UPDATE) assert.is(withoutEstimates(output), withoutEstimates(one.console));
      if (name.startsWith("MCU")) assert.match(output, name.replace(".md", ""));
    });
    updated.push(section.replace(consoleBlock, () => `\`\`\`console\n${output}\`\`\``));
  }
  if (process.env.UPDATE) writeFileSync(folder + name, updated.join(""));
}

test("every code has its page, or a reason", () => {
  const missing = Object.keys(catalogue).filter((code) => !existsSync(`${folder}${code}.md`) && !(code in shownElsewhere));
  assert.equal(missing, []);
  const needless = Object.keys(shownElsewhere).filter((code) => existsSync(`${folder}${code}.md`));
  assert.equal(needless, []);
  const pages = readdirSync(folder).filter((name) => /^MCU\d+\.md$/.test(name));
  const unknown = pages.filter((name) => !(name.replace(".md", "") in catalogue));
  assert.equal(unknown, []);
});

test.run();
