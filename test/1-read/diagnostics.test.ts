/**
 * test/diagnostics/MCU1xxx.md: for each code of this stage, models and exactly what is said about them. A case is a
 * heading, files (```ts net.ts), and the output (```text). `UPDATE=1` writes the outputs anew: then read them.
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readMessages } from "../../compiler/diagnostics/catalogue/read.js";
import { renderedDiagnosticsOf, writeModel } from "./model.js";

const folder = fileURLToPath(new URL("../diagnostics/", import.meta.url));

/** Codes that no readable model shows: a missing file, 500 parentheses, types that keep the checker busy. */
const shownElsewhere = ["MCU1005", "MCU1014", "MCU1015"];

for (const name of readdirSync(folder).filter((one) => /^(MCU1|typescript).*\.md$/.test(one))) {
  const document = readFileSync(folder + name, "utf8");
  const updated = document.split(/^(?=## )/m).map((section) => {
    const title = section.match(/^## (.*)/)?.[1];
    if (title === undefined) return section;
    for (const [, file, text] of section.matchAll(/^```(?:ts|json) (\S+)\n([^]*?)^```$/gm))
      writeModel(file, text);
    const output = renderedDiagnosticsOf(
      writeModel("net.ts", section.match(/^```ts net\.ts\n([^]*?)^```$/m)![1]),
    );
    test(`${name}: ${title}`, () => {
      if (!process.env.UPDATE) assert.is(output, section.match(/^```text\n([^]*?)^```$/m)?.[1]);
      if (name.startsWith("MCU")) assert.match(output, name.replace(".md", ""));
    });
    return section.replace(/^```text\n[^]*?^```$/m, () => `\`\`\`text\n${output}\`\`\``);
  });
  if (process.env.UPDATE) writeFileSync(folder + name, updated.join(""));
}

test("every code has its page", () => {
  const codes = Object.keys(readMessages).filter((code) => !shownElsewhere.includes(code));
  assert.equal(
    codes.filter((code) => !existsSync(`${folder}${code}.md`)),
    [],
  );
});

test.run();
