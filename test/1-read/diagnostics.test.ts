/**
 * test/diagnostics/MCU1xxx.md: for each code of this stage, models and exactly what is said about them. A case is a
 * heading, files (```ts net.ts), and the output (```text); the other codes' pages: test/diagnostics/pages.test.ts. `UPDATE=1` writes the outputs anew: then read them.
 */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { renderedDiagnosticsOf, writeModel } from "./model.js";

const folder = fileURLToPath(new URL("../diagnostics/", import.meta.url));

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

test.run();
